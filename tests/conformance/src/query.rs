//! Queries.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, presentable, refused, same};
use dapter_plugin_api::{Capability, ErrorKind};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Query) =>
        rows_tell_what_was_written,
        a_query_changes_nothing,
        a_failing_query_is_an_error,
    ),
    promises!(Gate::Undeclared(Capability::Query) => undeclared_it_is_unsupported),
];

fn rows_tell_what_was_written(bench: &Bench) -> Verdict {
    let look = bench.look()?;
    let database = bench.prepared()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    let before = one.query(&look.query)?;
    same("the rows before `put`", &before.rows, &look.before)?;
    one.execute(bench.put())?;
    for client in [&mut one, &mut other] {
        let after = client.query(&look.query)?;
        same("the rows after `put`", &after.rows, &look.after)?;
        same("the columns after `put`", &after.columns, &before.columns)?;
        let fit = after
            .rows
            .iter()
            .all(|row| row.len() == after.columns.len());
        holds(fit, "a row is not as long as the list of columns")?;
    }
    Ok(())
}

fn a_query_changes_nothing(bench: &Bench) -> Verdict {
    let look = bench.look()?;
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    let before = client.read_history()?;
    let first = client.query(&look.query)?;
    same("the second answer", &client.query(&look.query)?, &first)?;
    same("the history", &client.read_history()?, &before)?;
    database.connect()?.execute(bench.put())?;
    same(
        "the rows after another session's `put`",
        &client.query(&look.query)?.rows,
        &look.after,
    )
}

fn a_failing_query_is_an_error(bench: &Bench) -> Verdict {
    let look = bench.look()?;
    let mut client = bench.prepared()?.connect()?;
    match client.query(bench.fail()) {
        Ok(rows) => return Err(format!("the statement that fails returned {rows:?}").into()),
        Err(refused) => presentable(&refused.error)?,
    }
    same(
        "the rows after the failure",
        &client.query(&look.query)?.rows,
        &look.before,
    )
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let mut client = bench.prepared()?.connect()?;
    refused(client.query(bench.put()), ErrorKind::Unsupported)?;
    holds(
        !bench.has_put(&mut client)?,
        "the query that is unsupported took effect",
    )
}
