//! Statements that define structure, in transactions.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use crate::client::patiently;
use crate::outcome::Ended;
use crate::samples::{add, row};
use dapter_plugin_api::{Capability, History};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::TransactionalDdl) =>
        a_commit_keeps_structure_and_record,
        a_rollback_leaves_no_trace_of_structure,
        a_failure_and_a_rollback_leave_no_trace_of_structure,
        a_session_that_ends_leaves_no_trace_of_structure,
        ensuring_the_history_is_rolled_back_too,
    ),
    promises!(Gate::Declared(Capability::Transactions) => a_rollback_after_structure_succeeds),
];

fn a_commit_keeps_structure_and_record(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    client.execute(&bench.ddl()?.statement)?;
    client.swap(&add([row("a", 1)]))?;
    client.commit()?;
    same("the rows", &database.history()?.rows, &vec![row("a", 1)])?;
    holds(
        bench.has_ddl(&mut database.connect()?)?,
        "the structure is not there after the commit",
    )
}

fn a_rollback_leaves_no_trace_of_structure(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    client.swap(&add([row("a", 1)]))?;
    client.execute(&bench.ddl()?.statement)?;
    client.execute(bench.put())?;
    client.rollback()?;
    same("the rows", &client.read_history()?.rows, &Vec::new())?;
    holds(
        !bench.has_ddl(&mut client)?,
        "the structure is there after the rollback",
    )?;
    holds(
        !bench.has_put(&mut client)?,
        "the data is there after the rollback",
    )
}

fn a_failure_and_a_rollback_leave_no_trace_of_structure(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    client.execute(&bench.ddl()?.statement)?;
    client.swap(&add([row("a", 1)]))?;
    refused(client.execute(bench.fail()), bench.subject.fail.kind)?;
    client.rollback()?;
    same("the rows", &client.read_history()?.rows, &Vec::new())?;
    holds(
        !bench.has_ddl(&mut client)?,
        "the structure is there after the rollback",
    )?;
    client.begin()?;
    client.execute(&bench.ddl()?.statement)?;
    client.commit()?;
    holds(
        bench.has_ddl(&mut client)?,
        "the structure is not there after the second attempt",
    )
}

fn a_session_that_ends_leaves_no_trace_of_structure(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    client.execute(&bench.ddl()?.statement)?;
    drop(client);
    holds(
        !bench.has_ddl(&mut database.connect()?)?,
        "the structure is there after the end of its session",
    )
}

fn ensuring_the_history_is_rolled_back_too(bench: &Bench) -> Verdict {
    let database = bench.empty()?;
    let mut client = database.connect()?;
    client.begin()?;
    client.ensure_history()?;
    holds(
        client.read_history()?.ready,
        "the transaction does not see the history that it made",
    )?;
    client.swap(&add([row("a", 1)]))?;
    client.rollback()?;
    same(
        "the history after the rollback",
        &client.read_history()?,
        &History::default(),
    )?;
    client.begin()?;
    client.ensure_history()?;
    client.swap(&add([row("a", 1)]))?;
    client.commit()?;
    same(
        "the rows after the commit",
        &database.history()?.rows,
        &vec![row("a", 1)],
    )
}

/// Where a statement that defines structure ends the transaction, the host learns it from the history, not from an error.
fn a_rollback_after_structure_succeeds(bench: &Bench) -> Verdict {
    let Some(ddl) = &bench.subject.ddl else {
        return Err(Ended::inapplicable("the subject has no `ddl`"));
    };
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    client.execute(&ddl.statement)?;
    client.rollback()?;
    patiently(|| client.begin())?;
    client.swap(&add([row("a", 1)]))?;
    client.commit()?;
    same("the rows", &database.history()?.rows, &vec![row("a", 1)])
}
