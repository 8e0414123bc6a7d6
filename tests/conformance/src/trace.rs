//! The capability `trace`.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use dapter_plugin_api::{Capability, ErrorKind};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Trace) =>
        what_a_transaction_writes_is_locked_until_its_end,
        it_comes_with_transactional_ddl,
    ),
    promises!(Gate::Undeclared(Capability::Trace) => undeclared_it_is_unsupported),
];

fn what_a_transaction_writes_is_locked_until_its_end(bench: &Bench) -> Verdict {
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.begin()?;
    client.execute(bench.put())?;
    let held = client.held_locks()?;
    holds(!held.is_empty(), "no lock is held on what was written")?;
    let are_named = held
        .iter()
        .all(|lock| !lock.object.is_empty() && !lock.kind.is_empty() && !lock.mode.is_empty());
    holds(are_named, "a lock leaves out what is locked, or how")?;
    client.rollback()?;
    same("the locks afterwards", &client.held_locks()?, &Vec::new())
}

fn it_comes_with_transactional_ddl(bench: &Bench) -> Verdict {
    holds(
        bench.info().has(Capability::TransactionalDdl),
        "a trace is rolled back, and structure cannot be",
    )
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let mut client = bench.empty()?.connect()?;
    refused(client.held_locks(), ErrorKind::Unsupported).map(drop)
}
