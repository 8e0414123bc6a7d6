//! Stopping the running text, and no other.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Who runs, and who is about to stop it.
#[derive(Debug, Default)]
pub(crate) struct Cancelling {
    state: Mutex<State>,
    done: Condvar,
}

#[derive(Debug, Default)]
struct State {
    running: bool,
    /// Somebody is telling the server to stop what runs.
    stopping: bool,
    /// The server was told, and it is not known what that met.
    told: bool,
}

impl Cancelling {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A text is about to run: waits for whoever is stopping the last one. Returns whether the server may hold a
    /// cancellation that has met nothing yet.
    pub(crate) fn begin(&self) -> bool {
        let mut state = self.state();
        while state.stopping {
            state = self
                .done
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.running = true;
        std::mem::take(&mut state.told)
    }

    /// The text has ended.
    pub(crate) fn end(&self) {
        self.state().running = false;
    }

    /// Stops the running text with `tell`; does nothing if none runs, or if it is being stopped.
    pub(crate) fn cancel(&self, tell: impl FnOnce()) {
        {
            let mut state = self.state();
            if !state.running || state.stopping {
                return;
            }
            state.stopping = true;
        }
        tell();
        let mut state = self.state();
        state.stopping = false;
        state.told = true;
        drop(state);
        self.done.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_runs_is_stopped_and_the_next_is_told() {
        let cancelling = Cancelling::default();
        cancelling.cancel(|| panic!("nothing runs"));
        assert!(!cancelling.begin());
        let mut told = 0;
        cancelling.cancel(|| told += 1);
        cancelling.end();
        cancelling.cancel(|| panic!("nothing runs any more"));
        assert_eq!(told, 1);
        assert!(cancelling.begin());
        cancelling.end();
        assert!(!cancelling.begin());
    }
}
