//! Waits for somebody else who is in the way.

use std::future::Future;
use std::thread;
use std::time::{Duration, Instant};

use dapter_plugin_api::{AdapterError, ErrorKind, HistoryChange, Result, abi::Session};

use super::interrupt::Interrupt;
use super::thread::{Placement, offload};

/// The first pause, and the longest: short enough that nobody notices, long enough to leave the database alone.
const PAUSES: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(200));

/// How long at least to try to give a lock back: others wait for it, whatever time this run was given.
const GRACE: Duration = Duration::from_secs(5);

/// How long to wait for others, and how.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    deadline: Option<Instant>,
    started: Instant,
    pause: Duration,
    placement: Placement,
    interrupt: Interrupt,
}

impl Patience {
    pub(crate) fn new(timeout: Duration, placement: Placement, interrupt: Interrupt) -> Self {
        let started = Instant::now();
        Self {
            deadline: started.checked_add(timeout),
            started,
            pause: PAUSES.0,
            placement,
            interrupt,
        }
    }

    /// For what must be done also by a run that was told to stop or may not wait: giving the lock back.
    pub(super) fn to_give_back(timeout: Duration, placement: Placement) -> Self {
        Self::new(timeout.max(GRACE), placement, Interrupt::new())
    }

    /// How long it has lasted.
    pub(crate) fn waited(&self) -> Duration {
        self.started.elapsed()
    }

    /// Pauses, each time a little longer; `false` if the time is up.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] if the run was told to stop.
    pub(crate) async fn pause(&mut self) -> Result<bool> {
        check(&self.interrupt)?;
        let left = self.deadline.map_or(Duration::MAX, |deadline| {
            deadline.saturating_duration_since(Instant::now())
        });
        if left.is_zero() {
            return Ok(false);
        }
        let pause = self.pause.mul_f64(jitter()).min(left);
        match self.placement {
            Placement::Here => thread::sleep(pause),
            Placement::OwnThread => offload(move || thread::sleep(pause)).await,
        }
        self.pause = (self.pause * 2).min(PAUSES.1);
        check(&self.interrupt)?;
        Ok(true)
    }

    /// Repeats a call as long as it finds somebody in the way and there is time left. A call that answers
    /// [`ErrorKind::Busy`] has changed nothing, so it may be repeated.
    pub(crate) async fn repeat<T>(
        &self,
        session: &mut Session,
        mut call: impl for<'s> FnMut(&'s mut Session) -> Call<'s, T>,
    ) -> Result<T> {
        let mut patience = Self::new(
            self.deadline.map_or(Duration::MAX, |deadline| {
                deadline.saturating_duration_since(self.started)
            }),
            self.placement,
            self.interrupt.clone(),
        );
        loop {
            match call(session).await {
                Err(error) if error.kind == ErrorKind::Busy => {
                    if !patience.pause().await? {
                        return Err(error);
                    }
                }
                other => return other,
            }
        }
    }
}

/// Changes the history as soon as nobody is in the way.
pub(crate) async fn swap(
    session: &mut Session,
    change: &HistoryChange,
    patience: &Patience,
) -> Result<()> {
    patience
        .repeat(session, |session| {
            let change = change.clone();
            Box::pin(async move { session.swap_history(&change).await })
        })
        .await
}

/// A call of a session, under way.
pub(crate) type Call<'s, T> = std::pin::Pin<Box<dyn Future<Output = Result<T>> + Send + 's>>;

/// The error of a run that was told to stop, if it was.
pub(super) fn check(interrupt: &Interrupt) -> Result<()> {
    if interrupt.is_interrupted() {
        return Err(AdapterError::new(ErrorKind::Cancelled, "told to stop"));
    }
    Ok(())
}

/// Between a half and one, so that those who wait do not all ask at once.
fn jitter() -> f64 {
    let mut byte = [0];
    match getrandom::fill(&mut byte) {
        Ok(()) => 0.5 + f64::from(byte[0]) / 510.0,
        Err(_) => 1.0,
    }
}
