//! From a choice to an adapter.

use super::capabilities::contradiction;
use super::catalog::{Catalog, Choice};
use super::error::PluginError;
use super::facts::Panics;
#[cfg(unix)]
use super::isolated::{ChildProgram, Isolated, Limits};
use super::load::load_expected;
use super::load_error::LoadError;
use super::place::Origin;
use super::ready::Ready;
use super::trust::Trust;
use dapter_plugin_api::AdapterError;
use dapter_plugin_api::abi::{Adapter, block_on};
#[cfg(unix)]
use std::sync::Arc;

impl Catalog {
    /// Chooses the adapter for a URL scheme and opens it: [`choose`](Self::choose), then [`Choice::open`].
    ///
    /// # Errors
    /// Those of both.
    pub fn open(&self, scheme: &str) -> Result<Adapter, PluginError> {
        self.choose(scheme)?.open()
    }
}

impl Choice<'_> {
    /// Loads the plugin, unless it is loaded already, and opens the adapter; connects to nothing. What its descriptor says of
    /// capabilities is checked before anything of it runs.
    ///
    /// # Errors
    /// [`PluginError::Capabilities`], [`PluginError::Load`], and [`PluginError::Open`] if the adapter fails while it is
    /// made.
    pub fn open(&self) -> Result<Adapter, PluginError> {
        self.check_capabilities()?;
        let plugin = load_expected(&self.file.path, &self.file.expected)?;
        // Opening an adapter waits for nothing: it makes a value that holds no connection.
        block_on(plugin.adapter(self.adapter.clone())).map_err(|source| self.failed(source))
    }

    /// Starts a process that loads the plugin, and opens the adapter there; connects to nothing.
    ///
    /// # Errors
    /// [`PluginError::Capabilities`], [`PluginError::Process`], and [`PluginError::Open`] if the adapter fails while it is made.
    #[cfg(unix)]
    pub fn open_isolated(
        &self,
        program: ChildProgram,
        limits: Limits,
    ) -> Result<Adapter, PluginError> {
        self.check_capabilities()?;
        let isolated = self.start(program, limits)?;
        block_on(Adapter::of(Arc::new(isolated), self.adapter.clone()))
            .map_err(|source| self.failed(source))
    }

    /// Loads the plugin in a process that then ends: what its code does to a process while it starts shows there (P06).
    ///
    /// # Errors
    /// [`PluginError::Process`].
    #[cfg(unix)]
    pub fn probe(&self, program: ChildProgram, limits: Limits) -> Result<(), PluginError> {
        self.start(program, limits).map(drop)
    }

    #[cfg(unix)]
    fn start(&self, program: ChildProgram, limits: Limits) -> Result<Isolated, PluginError> {
        let (file, expected) = (self.file.path.clone(), self.file.expected.clone());
        Isolated::start(file, expected, program, limits).map_err(|source| PluginError::Process {
            path: self.file.path.clone(),
            source,
        })
    }

    /// Whether nobody has tried it: somebody put it into a folder. What was installed was tried then, what lies beside the
    /// program came with it or was built with it, and who names a file wants that one.
    #[must_use]
    pub fn is_untried(&self) -> bool {
        let was_put_there = matches!(
            self.file.origin,
            Origin::PathVariable | Origin::Configuration | Origin::UserData
        );
        was_put_there && self.file.installed.is_none()
    }

    /// Whether its code may run in this process: it came with the program, somebody known has signed it, or the project
    /// names its hash; and a panic of it does not end the process.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        let is_known = match self.file.trust {
            Trust::Bundled | Trust::Verified { .. } | Trust::Locked => true,
            // What lies beside a program that was just built was built with it.
            Trust::Development => matches!(
                self.file.origin,
                Origin::BesideExecutable | Origin::Installation
            ),
            Trust::Unsigned | Trust::Modified | Trust::Revoked { .. } => false,
        };
        let facts = self.file.facts.as_ref();
        is_known && facts.and_then(|facts| facts.panics) != Some(Panics::Abort)
    }

    fn check_capabilities(&self) -> Result<(), PluginError> {
        let Some(source) = contradiction(self.adapter) else {
            return Ok(());
        };
        // What refuses the file in a step before is told instead.
        let ready = Ready::of(&self.file.path, &self.file.expected);
        ready.map_err(|problem| LoadError {
            path: self.file.path.clone(),
            problem,
        })?;
        Err(PluginError::Capabilities {
            path: self.file.path.clone(),
            key: self.adapter.key.clone(),
            source,
        })
    }

    fn failed(&self, source: AdapterError) -> PluginError {
        PluginError::Open {
            path: self.file.path.clone(),
            key: self.adapter.key.clone(),
            source,
        }
    }
}
