//! The runtime that the plugin owns: a host's executor knows nothing of it.

use dapter_plugin_api::{AdapterError, ErrorKind, Result};
use std::io;
use std::sync::LazyLock;
use tokio::runtime::{Builder, Runtime};

/// Threads that move bytes for all connections of the asynchronous adapter.
const THREADS: usize = 2;

static RUNTIME: LazyLock<io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("dapter-postgres")
        .enable_all()
        .build()
});

/// The runtime.
///
/// # Errors
/// The system gave it no threads.
pub(crate) fn get() -> Result<&'static Runtime> {
    RUNTIME.as_ref().map_err(|source| {
        let mut error = AdapterError::new(ErrorKind::Other, "cannot start threads");
        error.chain.push(source.to_string());
        error
    })
}
