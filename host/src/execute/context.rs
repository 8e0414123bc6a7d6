//! What a run is told from outside.

use std::time::Duration;

use dapter_plugin_api::abi::Session;

use super::event::{Event, Observer};
use super::identity::Identity;
use super::interrupt::Interrupt;
use super::patience::Patience;
use super::thread::Placement;
use crate::plan::Step;
use crate::project::DatabaseUrl;

/// What a run is told from outside.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) interrupt: &'a Interrupt,
    /// How long to wait for others in all.
    pub(crate) lock_wait: Duration,
    /// How long a single attempt of a statement waits for others.
    pub(crate) lock_timeout: Duration,
    /// How long a statement may run; zero is as long as it takes.
    pub(crate) statement_timeout: Duration,
    pub(crate) placement: Placement,
    /// Knows the secrets that must be taken out of what the database says before it is written down.
    pub(crate) url: &'a DatabaseUrl,
}

impl Context<'_> {
    pub(crate) fn patience(&self) -> Patience {
        Patience::new(self.lock_wait, self.placement, self.interrupt.clone())
    }

    pub(super) fn lock_timeout_of(&self, step: &Step) -> Duration {
        step.timeouts.lock.unwrap_or(self.lock_timeout)
    }

    pub(super) fn statement_timeout_of(&self, step: &Step) -> Duration {
        step.timeouts.statement.unwrap_or(self.statement_timeout)
    }

    pub(super) fn tell_notices(&self, session: &mut Session) {
        for mut notice in session.take_notices() {
            notice.message = self.url.redact(&notice.message);
            self.observer.event(&Event::Notice(&notice));
        }
    }
}
