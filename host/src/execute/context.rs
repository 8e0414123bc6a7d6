//! What a run is told from outside.

use std::time::Duration;

use dapter_plugin_api::abi::Session;

use super::event::{Event, Observer};
use super::identity::Identity;
use super::interrupt::Interrupt;
use super::patience::Patience;
use super::thread::Placement;
use crate::project::DatabaseUrl;

/// What a run is told from outside.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) lock_timeout: Duration,
    pub(crate) placement: Placement,
    /// Knows the secrets that must be taken out of what the database says before it is written down.
    pub(crate) url: &'a DatabaseUrl,
}

impl Context<'_> {
    pub(crate) fn patience(&self) -> Patience {
        Patience::new(self.lock_timeout, self.placement, self.interrupt.clone())
    }

    pub(super) fn tell_notices(&self, session: &mut Session) {
        for notice in session.take_notices() {
            self.observer.event(&Event::Notice(&notice));
        }
    }
}
