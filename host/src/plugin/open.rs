//! From a choice to an adapter.

use super::catalog::{Catalog, Choice};
use super::error::PluginError;
#[cfg(unix)]
use super::isolated::{ChildProgram, Isolated, Limits};
use super::load::load;
use super::place::Origin;
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
    /// Loads the plugin, unless it is loaded already, and opens the adapter; connects to nothing.
    ///
    /// # Errors
    /// [`PluginError::Load`], and [`PluginError::Open`] if the adapter fails while it is made.
    pub fn open(&self) -> Result<Adapter, PluginError> {
        let plugin = load(&self.file.path)?;
        // Opening an adapter waits for nothing: it makes a value that holds no connection.
        block_on(plugin.adapter(self.adapter.clone())).map_err(|source| self.failed(source))
    }

    /// Starts a process that loads the plugin, and opens the adapter there; connects to nothing.
    ///
    /// # Errors
    /// [`PluginError::Process`], and [`PluginError::Open`] if the adapter fails while it is made.
    #[cfg(unix)]
    pub fn open_isolated(
        &self,
        program: ChildProgram,
        limits: Limits,
    ) -> Result<Adapter, PluginError> {
        let file = self.file.path.clone();
        let isolated = Isolated::start(file, program, limits);
        let isolated = isolated.map_err(|source| PluginError::Process {
            path: self.file.path.clone(),
            source,
        })?;
        block_on(Adapter::of(Arc::new(isolated), self.adapter.clone()))
            .map_err(|source| self.failed(source))
    }

    /// Whether the plugin came with the program: then its code may run in this process.
    #[must_use]
    pub fn is_bundled(&self) -> bool {
        matches!(
            self.file.origin,
            Origin::BesideExecutable | Origin::Installation
        )
    }

    fn failed(&self, source: AdapterError) -> PluginError {
        PluginError::Open {
            path: self.file.path.clone(),
            key: self.adapter.key.clone(),
            source,
        }
    }
}
