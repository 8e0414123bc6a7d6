//! Signs of life of a lock row's holder, and how others read them.
//!
//! No clocks are compared: the holder counts up a number in its row, and whoever waits measures, with a clock of its own
//! that never steps back, how long that number has stayed the same.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{ErrorKind, HistoryChange, LockChange, LockRow};

use super::thread::{Connector, Placement};

/// How often a holder gives a sign of life.
const INTERVAL: Duration = Duration::from_secs(5);

/// How long a holder of another machine may be silent before it counts as dead: several signs may be lost.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// Gives signs of life, over a connection of its own, until it is dropped.
#[derive(Debug)]
pub(super) struct Heartbeat {
    /// Dropped with the rest: the thread ends then.
    _running: Sender<()>,
}

impl Heartbeat {
    /// Begins to give signs of life for the holder with this token.
    pub(super) fn start(connector: &Connector, token: &str) -> Self {
        let (running, ended) = mpsc::channel::<()>();
        let connector = Connector {
            placement: Placement::Here,
            ..connector.clone()
        };
        let token = token.to_owned();
        // Without a thread the holder is silent; if it is taken for dead, its next change fails and harms nothing.
        let _ = thread::Builder::new()
            .name("dapter-heartbeat".to_owned())
            .spawn(move || {
                let mut session = None;
                let mut beat = 0;
                while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                    beat += 1;
                    let change = HistoryChange {
                        lock: LockChange::Renew {
                            token: token.clone(),
                            beat,
                        },
                        ..HistoryChange::default()
                    };
                    if session.is_none() {
                        session = block_on(connector.connect()).ok();
                    }
                    let Some(connected) = &mut session else {
                        continue;
                    };
                    match block_on(connected.swap_history(&change)) {
                        Err(error) if error.kind == ErrorKind::Conflict => return,
                        // Somebody is in the way: the next sign may get through.
                        Err(error) if error.kind == ErrorKind::Busy => {}
                        Err(_) => session = None,
                        Ok(()) => {}
                    }
                }
            });
        Self { _running: running }
    }
}

/// How long the holder that somebody waits for has been silent.
#[derive(Debug, Default)]
pub(super) struct Silence(Option<(LockRow, Instant)>);

impl Silence {
    /// Takes notice of the holder as it is now; whether it has been silent for longer than a lease.
    pub(super) fn is_too_long(&mut self, holder: &LockRow) -> bool {
        match &self.0 {
            Some((last, since)) if last == holder => since.elapsed() >= LEASE,
            _ => {
                self.0 = Some((holder.clone(), Instant::now()));
                false
            }
        }
    }

    /// The database was busy: somebody is at work in it, and may be the reason that no sign of life gets through.
    pub(super) fn is_broken(&mut self) {
        self.0 = None;
    }
}
