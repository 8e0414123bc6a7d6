//! The capability `inspect`.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use crate::samples::{add, row};
use dapter_plugin_api::{Capability, ErrorKind, Schema};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Inspect) =>
        the_history_is_no_part_of_the_schema,
        what_is_built_alike_has_the_same_schema,
        objects_come_sorted,
        looking_changes_nothing,
    ),
    promises!(Gate::Undeclared(Capability::Inspect) => undeclared_it_is_unsupported),
];

fn the_history_is_no_part_of_the_schema(bench: &Bench) -> Verdict {
    let database = bench.empty()?;
    let mut client = database.connect()?;
    let before = client.inspect()?;
    client.ensure_history()?;
    client.swap(&add([row("a", 1)]))?;
    same("the schema with a history", &client.inspect()?, &before)
}

fn what_is_built_alike_has_the_same_schema(bench: &Bench) -> Verdict {
    let (one, other) = (bench.prepared()?, bench.prepared()?);
    let first = one.connect()?.inspect()?;
    same("the second schema", &other.connect()?.inspect()?, &first)?;
    let Some(ddl) = &bench.subject.ddl else {
        return Ok(());
    };
    one.connect()?.execute(&ddl.statement)?;
    let changed = one.connect()?.inspect()?;
    holds(changed != first, "a change of structure does not show")?;
    other.connect()?.execute(&ddl.statement)?;
    same(
        "the schema of the other",
        &other.connect()?.inspect()?,
        &changed,
    )
}

fn objects_come_sorted(bench: &Bench) -> Verdict {
    let found = bench.prepared()?.connect()?.inspect()?;
    same(
        "the objects",
        &found.objects,
        &Schema::of(found.objects.clone()).objects,
    )
}

fn looking_changes_nothing(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let before = database.history()?;
    database.connect()?.inspect()?;
    same("the history", &database.history()?, &before)
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let mut client = bench.empty()?.connect()?;
    refused(client.inspect(), ErrorKind::Unsupported).map(drop)
}
