//! Where a session's calls run.
//!
//! A blocking session on an executor's thread would hold up everything else there, so an asynchronous program's
//! blocking sessions live on a thread of their own, and documents go to it and back.

use std::future::Future;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use dapter_plugin_api::abi::{Adapter, CallFuture, Session, Transport, block_on};
use dapter_plugin_api::{
    AdapterError, ConnectOptions, ErrorKind, Execution, NewRevision, Result, ToolScript,
};
use futures_channel::oneshot;

/// Where blocking work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placement {
    /// On the thread that asks: it is the caller's own.
    Here,
    /// On a thread made for it: the one that asks belongs to an executor.
    OwnThread,
}

/// Opens sessions whose calls run where they should.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    pub(crate) adapter: Adapter,
    pub(crate) options: ConnectOptions,
    pub(crate) placement: Placement,
}

impl Connector {
    pub(crate) async fn connect(&self) -> Result<Session> {
        if self.holds_nobody_up() {
            return self.adapter.connect(&self.options).await;
        }
        connect_on_own_thread(self.adapter.clone(), self.options.clone()).await
    }

    /// Makes the database; `false` if it was there.
    pub(crate) async fn create_database(&self) -> Result<bool> {
        if self.holds_nobody_up() {
            return self.adapter.create_database(&self.options).await;
        }
        let (adapter, options) = (self.adapter.clone(), self.options.clone());
        offload(move || block_on(adapter.create_database(&options))).await
    }

    /// The scripts of the tool that the adapter drives.
    pub(crate) async fn list_scripts(&self) -> Result<Vec<ToolScript>> {
        if self.holds_nobody_up() {
            return self.adapter.list_scripts(&self.options).await;
        }
        let (adapter, options) = (self.adapter.clone(), self.options.clone());
        offload(move || block_on(adapter.list_scripts(&options))).await
    }

    /// Has the tool make a revision; `None` where it finds nothing to make.
    pub(crate) async fn create_script(&self, revision: NewRevision) -> Result<Option<ToolScript>> {
        if self.holds_nobody_up() {
            return self.adapter.create_script(&self.options, &revision).await;
        }
        let (adapter, options) = (self.adapter.clone(), self.options.clone());
        offload(move || block_on(adapter.create_script(&options, &revision))).await
    }

    /// Whether the adapter's calls may be made where they are awaited.
    fn holds_nobody_up(&self) -> bool {
        self.placement == Placement::Here || self.adapter.info().execution == Execution::Async
    }
}

async fn connect_on_own_thread(adapter: Adapter, options: ConnectOptions) -> Result<Session> {
    let (calls, waiting) = mpsc::channel::<Job>();
    let (ready, opened) = oneshot::channel();
    spawn(move || {
        let session = block_on(adapter.connect(&options));
        let mut inner = None;
        let session = session.map(|session| {
            session.through(|transport| {
                inner = Some(Arc::clone(&transport));
                Arc::new(OnThread { calls, transport })
            })
        });
        // Nobody waits any more: the session ends here, on its thread.
        if ready.send(session).is_err() {
            return;
        }
        let Some(transport) = inner else { return };
        for job in waiting {
            let reply = block_on(transport.call(&job.document));
            // A caller that has gone away needs no answer.
            let _ = job.reply.send(reply);
        }
    })?;
    opened.await.unwrap_or_else(|_| Err(gone()))
}

/// Begins blocking work on a thread of its own; the future waits for it without blocking.
///
/// # Panics
/// If the work panics: it is this program's own, and a panic in it is a defect.
pub(crate) fn offload<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> impl Future<Output = T> + Send {
    let (done, result) = oneshot::channel();
    thread::spawn(move || {
        // A caller that has gone away needs no result.
        let _ = done.send(work());
    });
    async { result.await.expect("the work was done") }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<()> {
    thread::Builder::new()
        .name("dapter-session".to_owned())
        .spawn(work)
        .map(drop)
        .map_err(|error| AdapterError::from_source(ErrorKind::Other, &error))
}

fn gone() -> AdapterError {
    AdapterError::new(ErrorKind::ConnectionLost, "the session's thread has ended")
}

struct Job {
    document: Vec<u8>,
    reply: oneshot::Sender<Vec<u8>>,
}

/// Carries documents to the session's thread. When it is dropped, the thread ends and the session with it.
struct OnThread {
    calls: mpsc::Sender<Job>,
    transport: Arc<dyn Transport>,
}

impl Transport for OnThread {
    fn call<'a>(&'a self, document: &'a [u8]) -> CallFuture<'a> {
        let (reply, answer) = oneshot::channel();
        let job = Job {
            document: document.to_vec(),
            reply,
        };
        let sent = self.calls.send(job);
        Box::pin(async move {
            let mut cancelling = CancelOnDrop(Some(&*self.transport));
            let answered = match sent {
                Ok(()) => answer.await.ok(),
                Err(_) => None,
            };
            cancelling.0 = None;
            // An empty document reads as a protocol error that says so.
            answered.unwrap_or_default()
        })
    }

    fn cancel(&self) {
        self.transport.cancel();
    }
}

/// Cancels the running call when the future that waits for it is dropped.
struct CancelOnDrop<'a>(Option<&'a dyn Transport>);

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(transport) = self.0 {
            transport.cancel();
        }
    }
}
