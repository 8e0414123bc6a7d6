//! The capability `lock-timeout`.

use crate::bench::{Bench, needs_transactions};
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, presentable, refused};
use dapter_plugin_api::{Capability, ErrorKind};
use std::time::Duration;

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::LockTimeout) =>
        a_statement_does_not_wait_for_ever,
        a_session_that_waited_in_vain_is_usable,
    ),
    promises!(Gate::Undeclared(Capability::LockTimeout) => undeclared_it_is_unsupported),
];

/// The least that can be said: some databases count in seconds.
const SHORT: Duration = Duration::from_millis(1);

/// Two transactions write the same: the second is told that it waited long enough.
fn a_statement_does_not_wait_for_ever(bench: &Bench) -> Verdict {
    needs_transactions(bench)?;
    let database = bench.prepared()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    other.set_lock_timeout(SHORT)?;
    one.begin()?;
    one.execute(bench.put())?;
    let error = refused(other.execute(bench.put()), ErrorKind::Busy)?;
    presentable(&error)?;
    holds(error.retryable, "the error is not marked as retryable")?;
    one.rollback()?;
    Ok(())
}

fn a_session_that_waited_in_vain_is_usable(bench: &Bench) -> Verdict {
    needs_transactions(bench)?;
    let database = bench.prepared()?;
    let (mut one, mut other) = (database.connect()?, database.connect()?);
    other.set_lock_timeout(SHORT)?;
    one.begin()?;
    one.execute(bench.put())?;
    refused(other.execute(bench.put()), ErrorKind::Busy)?;
    one.rollback()?;
    other.set_lock_timeout(Duration::ZERO)?;
    other.execute(bench.put())?;
    holds(
        bench.has_put(&mut other)?,
        "what `put` did when nobody was in the way is not there",
    )
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let mut client = bench.kept()?.connect()?;
    refused(client.set_lock_timeout(SHORT), ErrorKind::Unsupported).map(drop)
}
