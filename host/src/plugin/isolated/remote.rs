//! The host's side: adapters and sessions whose code runs in another process.

use super::ended::Ended;
use super::frame::{Frame, Kind};
use super::limits::Limits;
use super::link::{Answer, Link, gone, locked};
use super::start::{ChildProgram, start};
use super::start_error::StartError;
use crate::plugin::Expected;
use dapter_plugin_api::abi::{CallFuture, OpenFuture, Source, Transport, operation, refusal};
use dapter_plugin_api::{AdapterError, ErrorKind};
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// A plugin in a process of its own, which is started when something is opened, and again if it has ended since.
#[derive(Clone)]
pub struct Isolated {
    process: Arc<Process>,
}

struct Process {
    file: PathBuf,
    expected: Expected,
    program: ChildProgram,
    limits: Limits,
    link: Mutex<Option<Arc<Link>>>,
    ports: AtomicU64,
}

impl fmt::Debug for Isolated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Isolated")
            .field("file", &self.process.file)
            .finish_non_exhaustive()
    }
}

impl Isolated {
    /// Starts a process that loads the plugin, if its file is what is expected.
    ///
    /// # Errors
    /// Why it does not serve.
    pub fn start(
        file: PathBuf,
        expected: Expected,
        program: ChildProgram,
        limits: Limits,
    ) -> Result<Isolated, StartError> {
        let process = Process {
            file,
            expected,
            program,
            limits,
            link: Mutex::default(),
            ports: AtomicU64::new(0),
        };
        process.link()?;
        Ok(Isolated {
            process: Arc::new(process),
        })
    }

    /// Ends the process at once, as a crash would; what is opened next starts another.
    pub fn kill(&self) {
        let link = locked(&self.process.link).clone();
        if let Some(link) = link {
            link.kill(None);
        }
    }
}

impl Process {
    /// The process that serves now.
    fn link(&self) -> Result<Arc<Link>, StartError> {
        let mut link = locked(&self.link);
        if let Some(link) = link.as_ref().filter(|link| !link.has_ended()) {
            return Ok(Arc::clone(link));
        }
        let started = start(&self.file, &self.expected, &self.program, self.limits)?;
        *link = Some(Arc::clone(&started));
        Ok(started)
    }

    async fn open(self: &Arc<Self>, document: &[u8]) -> Result<RemotePort, Vec<u8>> {
        let link = self.link().map_err(|error| {
            let hint = error.hint();
            let error = AdapterError::from_source(ErrorKind::Other, &error);
            refusal(error.with_hint(hint))
        })?;
        let port = self.ports.fetch_add(1, Ordering::Relaxed) + 1;
        let operation = operation(document);
        let answer = link.request(Kind::Open, port, operation, document);
        let waiting = Waiting::new(&link, answer);
        let opened = waiting.end().await;
        match opened {
            Ok(Frame {
                kind: Kind::Reply, ..
            }) => Ok(RemotePort {
                link,
                port,
                _process: Arc::clone(self),
            }),
            Ok(refused) => Err(refused.document),
            Err(ended) => Err(refusal(ended.during(operation))),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(link) = locked(&self.link).take() {
            link.kill(None);
        }
    }
}

impl Source for Isolated {
    fn open<'a>(&'a self, document: &'a [u8]) -> OpenFuture<'a> {
        Box::pin(async move {
            let port = self.process.open(document).await?;
            Ok(match operation(document) {
                "open" => Arc::new(RemoteAdapter {
                    process: Arc::clone(&self.process),
                    document: document.to_vec(),
                    port: Mutex::new(Arc::new(port)),
                }) as Arc<dyn Transport>,
                _ => Arc::new(port),
            })
        })
    }
}

/// A session in another process. It ends with the process.
struct RemotePort {
    link: Arc<Link>,
    port: u64,
    /// Ended when nothing of it is in use any more.
    _process: Arc<Process>,
}

impl Transport for RemotePort {
    fn call<'a>(&'a self, document: &'a [u8]) -> CallFuture<'a> {
        let operation = operation(document);
        let was_over = self.link.has_ended();
        let answer = self
            .link
            .request(Kind::Call, self.port, operation, document);
        let waiting = Waiting::new(&self.link, answer);
        Box::pin(async move {
            match waiting.end().await {
                Ok(frame) => frame.document,
                Err(ended) if was_over => refusal(ended.before()),
                Err(ended) => refusal(ended.during(operation)),
            }
        })
    }

    fn cancel(&self) {
        self.link.cancel(self.port);
    }
}

impl Drop for RemotePort {
    /// Waits until the session is closed, as one in this process would be.
    fn drop(&mut self) {
        if self.link.has_ended() {
            return;
        }
        let closed = self.link.request(Kind::Close, self.port, "close", &[]);
        // A process that ends meanwhile has closed it too.
        let _ = closed.wait();
    }
}

/// An adapter without a connection: it may be asked again when its process has ended, of another one.
struct RemoteAdapter {
    process: Arc<Process>,
    document: Vec<u8>,
    port: Mutex<Arc<RemotePort>>,
}

impl RemoteAdapter {
    async fn port(&self) -> Result<Arc<RemotePort>, Vec<u8>> {
        let port = Arc::clone(&locked(&self.port));
        if !port.link.has_ended() {
            return Ok(port);
        }
        let opened = Arc::new(self.process.open(&self.document).await?);
        *locked(&self.port) = Arc::clone(&opened);
        Ok(opened)
    }
}

impl Transport for RemoteAdapter {
    fn call<'a>(&'a self, document: &'a [u8]) -> CallFuture<'a> {
        Box::pin(async move {
            match self.port().await {
                Ok(port) => port.call(document).await,
                Err(error) => error,
            }
        })
    }

    fn cancel(&self) {
        let port = Arc::clone(&locked(&self.port));
        port.cancel();
    }
}

/// An answer that is waited for; if it is not any more, the other side is told.
struct Waiting<'l> {
    link: &'l Link,
    answer: Option<Answer>,
    call: u64,
}

impl<'l> Waiting<'l> {
    fn new(link: &'l Link, answer: Answer) -> Self {
        Waiting {
            link,
            call: answer.call,
            answer: Some(answer),
        }
    }

    async fn end(mut self) -> Result<Frame<Vec<u8>>, Ended> {
        let answered = match &mut self.answer {
            Some(answer) => (&mut answer.frame).await.unwrap_or_else(|_| Err(gone())),
            None => Err(gone()),
        };
        self.answer = None;
        answered
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.answer.is_some() {
            self.link.abandon(self.call);
        }
    }
}
