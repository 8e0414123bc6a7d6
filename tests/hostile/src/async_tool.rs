//! An asynchronous adapter that drives a tool: that of [`Tool`], each call of which waits for another thread first.

use crate::async_memory::AsyncMemorySession;
use crate::session::memory;
use crate::tool::Tool;
use crate::turn::Turn;
use dapter_plugin_api::{
    AsyncMigrationAdapter, ConnectOptions, Description, NewRevision, Notices, Result, Statement,
    SyncMigrationAdapter, ToolScript,
};

/// The adapter: `async-tool:FOLDER` is the project in that folder.
#[derive(Debug, Default)]
pub(crate) struct AsyncTool;

impl AsyncMigrationAdapter for AsyncTool {
    type Session = AsyncMemorySession;

    const DESCRIPTION: Description = Description {
        key: "async-tool",
        schemes: &["async-tool"],
        ..Tool::DESCRIPTION
    };

    async fn connect(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> Result<AsyncMemorySession> {
        Turn::default().await;
        Ok(AsyncMemorySession::new(memory(options, notices)?))
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Tool.split(script)
    }

    async fn list_scripts(&self, options: &ConnectOptions) -> Result<Vec<ToolScript>> {
        Turn::default().await;
        Tool.list_scripts(options)
    }

    async fn create_script(
        &self,
        options: &ConnectOptions,
        revision: &NewRevision,
    ) -> Result<Option<ToolScript>> {
        Turn::default().await;
        Tool.create_script(options, revision)
    }
}
