//! Whether a call is running, and whether somebody is asking the server to stop it.
//!
//! A request to stop travels over a connection of its own and may arrive late. So a call is not over before the requests
//! that were made in it are: the next statement must not be hit.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Longest wait for a request to stop that does not come to its end.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is running on one connection.
#[derive(Debug, Default)]
pub(crate) struct Running {
    progress: Mutex<Progress>,
    sent: Condvar,
    sent_async: Notify,
}

#[derive(Debug, Default)]
struct Progress {
    running: bool,
    sending: bool,
    requests: u32,
}

impl Running {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call begins.
    pub(crate) fn begin(&self) {
        let mut progress = self.progress();
        progress.running = true;
        progress.requests = 0;
    }

    /// The call has its answer: nobody begins to stop it any more.
    pub(crate) fn end(&self) {
        self.progress().running = false;
    }

    /// Whether a request to stop is to be sent now; then it must be followed by [`sent`](Self::sent).
    pub(crate) fn may_send(&self) -> bool {
        let mut progress = self.progress();
        if !progress.running || progress.sending {
            return false;
        }
        progress.sending = true;
        progress.requests += 1;
        true
    }

    /// The request has arrived, or failed.
    pub(crate) fn sent(&self) {
        self.progress().sending = false;
        self.sent.notify_all();
        self.sent_async.notify_one();
    }

    /// Waits for the request that is on its way; returns how many there were in this call.
    pub(crate) fn settle(&self) -> u32 {
        let progress = self.progress();
        let waited = self
            .sent
            .wait_timeout_while(progress, PATIENCE, |progress| progress.sending);
        waited.unwrap_or_else(PoisonError::into_inner).0.requests
    }

    /// As [`settle`](Self::settle), without blocking.
    pub(crate) async fn settled(&self) -> u32 {
        loop {
            {
                let progress = self.progress();
                if !progress.sending {
                    return progress.requests;
                }
            }
            self.sent_async.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_sent_only_while_something_runs_and_one_at_a_time() {
        let running = Running::default();
        assert!(!running.may_send());
        running.begin();
        assert!(running.may_send());
        assert!(!running.may_send());
        running.sent();
        assert!(running.may_send());
        running.end();
        running.sent();
        assert!(!running.may_send());
        assert_eq!(running.settle(), 2);
    }
}
