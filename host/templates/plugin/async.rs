//! A database of notes in a text file, `toy:notes.txt`, and the history of its migrations among them.
//!
//! Its language is `set KEY VALUE` and `unset KEY`, a command a line; `#` begins a comment. Calls wait on a runtime that
//! this library owns: the host's executor knows nothing of it, and polls futures inside `enter`.

mod store;

use dapter_plugin_api::{
    AdapterError, AsyncMigrationAdapter, AsyncSession, Comment, ConnectOptions, Description,
    ErrorKind, History, HistoryChange, LogEntry, Notices, Record, Result, Statement,
    export_adapter,
};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use store::{Store, failed};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{AbortHandle, spawn_blocking};

static RUNTIME: LazyLock<io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
});

#[derive(Default)]
pub struct ToyAdapter;

impl AsyncMigrationAdapter for ToyAdapter {
    type Session = ToyConnection;
    const DESCRIPTION: Description = Description {
        schemes: &["toy"],
        extension: "toy",
        comment: Comment::Hash,
        ..Description::new("toy")
    };

    async fn connect(&self, options: &ConnectOptions, _: &Notices) -> Result<ToyConnection> {
        if let Err(error) = &*RUNTIME {
            return Err(AdapterError::from_source(ErrorKind::Other, error));
        }
        let refuse = |why: &str| Err(AdapterError::new(ErrorKind::Connect, why));
        let (url, option) = (&options.url, options.options.keys().next());
        match (url.strip_prefix("toy:"), option) {
            (None | Some(""), _) => refuse("the URL is not toy:FILE"),
            (_, Some(option)) => refuse(&format!("there is no option `{option}`")),
            (Some(file), None) => {
                let path = options.base_directory.join(file);
                Ok(ToyConnection(Arc::new(Mutex::new(path))))
            }
        }
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(Statement::lines(script, &["#"]))
    }

    fn enter(&self, poll: &mut dyn FnMut()) {
        let _entered = RUNTIME.as_ref().ok().map(Runtime::enter);
        poll();
    }
}

/// The path of the file. Whoever works on it holds the lock, so that calls of a session follow each other, also behind one
/// that was dropped.
pub struct ToyConnection(Arc<Mutex<PathBuf>>);

/// Work that nobody waits for any more does not begin.
struct Wanted(AbortHandle);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl ToyConnection {
    /// Works on the file, on a thread that may block. What has begun gets to its end, also if the call is dropped.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let path = Arc::clone(&self.0);
        let working = spawn_blocking(move || {
            let path = path.lock().unwrap_or_else(PoisonError::into_inner);
            work(&path)
        });
        let _wanted = Wanted(working.abort_handle());
        working.await.map_err(|error| failed(error.into()))?
    }
}

impl AsyncSession for ToyConnection {
    async fn ensure_history(&mut self) -> Result<()> {
        let ready = |store: &mut Store| {
            store.history.ready = true;
            Ok(())
        };
        self.work(move |path| Store::change(path, ready)).await
    }
    async fn read_history(&mut self) -> Result<History> {
        Ok(self.work(Store::read).await?.history)
    }
    async fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        let change = change.clone();
        self.work(move |path| Store::change(path, |store| store.record(&change)))
            .await
    }
    async fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        Ok(self.work(Store::read).await?.log)
    }
    async fn execute(&mut self, statement: &str) -> Result<u64> {
        let statement = statement.to_owned();
        self.work(move |path| Store::change(path, |store| store.execute(&statement)))
            .await
    }
    async fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        let (statement, change) = (statement.to_owned(), record.change.clone());
        let both = move |store: &mut Store| {
            let rows = store.execute(&statement)?;
            store.record(&change)?;
            Ok(rows)
        };
        self.work(move |path| Store::change(path, both)).await
    }
}

export_adapter!(async ToyAdapter);
