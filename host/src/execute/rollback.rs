//! Undoes what a failure leaves open.

use dapter_plugin_api::{AdapterError, ErrorKind, abi::Session};

/// Rolls back what a failure leaves open; if that fails too, the error tells both.
pub(super) async fn rolled_back(session: &mut Session, mut error: AdapterError) -> AdapterError {
    match session.rollback().await {
        // A session that panicked is closed already, and with it the transaction.
        Err(second) if second.kind != ErrorKind::Poisoned => {
            // The database rolls back by itself when the connection ends, which it does right after this.
            error
                .chain
                .push(format!("and rolling back failed too: {second}"));
        }
        _ => {}
    }
    error
}
