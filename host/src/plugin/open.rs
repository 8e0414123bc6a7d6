//! From a choice to an adapter.

use super::capabilities::contradiction;
use super::catalog::{Catalog, Choice};
use super::error::PluginError;
use super::load::load_expected;
use dapter_plugin_api::abi::{Adapter, block_on};

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
    /// [`PluginError::Load`], [`PluginError::Capabilities`], and [`PluginError::Open`] if the adapter fails while it is
    /// made.
    pub fn open(&self) -> Result<Adapter, PluginError> {
        let plugin = load_expected(&self.file.path, &self.file.expected)?;
        if let Some(source) = contradiction(self.adapter) {
            return Err(PluginError::Capabilities {
                path: self.file.path.clone(),
                key: self.adapter.key.clone(),
                source,
            });
        }
        // Opening an adapter waits for nothing: it makes a value that holds no connection.
        block_on(plugin.adapter(self.adapter.clone())).map_err(|source| PluginError::Open {
            path: self.file.path.clone(),
            key: self.adapter.key.clone(),
            source,
        })
    }
}
