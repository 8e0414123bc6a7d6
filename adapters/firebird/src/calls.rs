//! Which call of a session runs, and how it is stopped.
//!
//! The client cannot tell the server to stop. Another connection can, by the monitoring tables ("Monitoring Tables" in the
//! language reference: deleting from `MON$STATEMENTS` cancels).

use crate::address::Address;
use crate::attachment::{Attachment, changing};
use crate::values::number;
use dapter_plugin_api::{AdapterError, Canceller, ErrorKind, Result};
use rsfbclient_core::TrLockResolution;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const STOP: &str = "DELETE FROM MON$STATEMENTS WHERE MON$ATTACHMENT_ID = ?";

/// The calls of a session, which count up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls(Arc<Numbers>);

#[derive(Debug, Default)]
struct Numbers {
    begun: AtomicU64,
    /// The call that runs, or 0.
    running: AtomicU64,
    /// The last call that somebody wanted to stop.
    stopped: AtomicU64,
}

/// A call that runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Call {
    calls: Calls,
    number: u64,
}

impl Calls {
    /// A call begins.
    pub(crate) fn begin(&self) -> Call {
        let number = self.0.begun.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.running.store(number, Ordering::SeqCst);
        Call {
            calls: self.clone(),
            number,
        }
    }

    fn running(&self) -> u64 {
        self.0.running.load(Ordering::SeqCst)
    }
}

impl Call {
    /// Whether somebody wants it to stop.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] if so.
    pub(crate) fn go_on(&self) -> Result<()> {
        if self.calls.0.stopped.load(Ordering::SeqCst) == self.number {
            return Err(AdapterError::new(
                ErrorKind::Cancelled,
                "the call was stopped",
            ));
        }
        Ok(())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.calls.0.running.store(0, Ordering::SeqCst);
    }
}

/// What stops the running call of the session with this connection.
pub(crate) fn canceller(address: Address, connection: u64, calls: Calls) -> Canceller {
    Box::new(move || {
        let call = calls.running();
        if call == 0 {
            return;
        }
        calls.0.stopped.store(call, Ordering::SeqCst);
        // Nobody listens to why it cannot be stopped: it goes on.
        let _ = stop(&address, connection, || calls.running() == call);
    })
}

fn stop(address: &Address, connection: u64, still_runs: impl Fn() -> bool) -> Result<()> {
    let mut attachment = Attachment::open(address)?;
    let mut transaction = attachment.begin(changing(TrLockResolution::NoWait))?;
    if still_runs() {
        attachment.run(&mut transaction, STOP, vec![number(connection)?])?;
    }
    attachment.commit(&mut transaction)
}
