//! The asynchronous driver, crate `tokio-postgres`, on the plugin's own runtime.

use crate::cancel::Running;
use crate::error::in_session;
use crate::link::{Answer, Answers, Link, Route};
use crate::notices::hand_on;
use crate::request;
use crate::runtime;
use bytes::Bytes;
use dapter_plugin_api::{Canceller, ErrorKind, Notices, Result};
use futures_util::{SinkExt as _, StreamExt as _};
use std::fmt;
use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::types::Type;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Error};

/// How much of the data of a `COPY` is handed over at once.
const CHUNK: usize = 64 * 1024;

/// A connection whose calls wait without blocking.
pub struct AsyncLink {
    client: Client,
    stopper: Arc<Stopper>,
}

/// What stops the running call.
struct Stopper {
    token: CancelToken,
    route: Route,
    running: Running,
}

impl Stopper {
    /// Asks the server to stop what is running, on the plugin's runtime.
    fn stop(self: &Arc<Self>) {
        if !self.running.may_send() {
            return;
        }
        let stopper = Arc::clone(self);
        match runtime::get() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    request::send(&stopper.token, &stopper.route).await;
                    stopper.running.sent();
                });
            }
            Err(_) => self.running.sent(),
        }
    }
}

/// A call that runs; dropped before it has its answer, it is stopped.
struct Call<'s>(&'s Arc<Stopper>);

impl Call<'_> {
    fn answered(self) {
        self.0.running.end();
        std::mem::forget(self);
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.0.stop();
        self.0.running.end();
    }
}

impl AsyncLink {
    /// Runs a call that may be stopped.
    async fn call<T>(
        stopper: &Arc<Stopper>,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T> {
        // A call that was dropped before this one may still be about to be stopped.
        stopper.running.settled().await;
        stopper.running.begin();
        let guard = Call(stopper);
        let result = call.await;
        guard.answered();
        let requests = stopper.running.settled().await;
        result.map_err(|error| {
            let mut error = in_session(&error);
            if error.sqlstate.as_deref() == Some("57014") && requests > 0 {
                error.kind = ErrorKind::Cancelled;
                error.hint = None;
            }
            error
        })
    }
}

impl fmt::Debug for AsyncLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncLink").finish_non_exhaustive()
    }
}

impl Link for AsyncLink {
    async fn resolve(name: &str, port: u16) -> std::io::Result<Vec<IpAddr>> {
        let addresses = tokio::net::lookup_host((name, port)).await?;
        Ok(addresses.map(|address| address.ip()).collect())
    }

    async fn open(route: &Route, notices: &Notices) -> Result<Self, Error> {
        let (client, mut connection) = route.config.connect(route.tls.clone()).await?;
        let notices = notices.clone();
        tokio::spawn(async move {
            // Ends with the client, or with an error that the running call is told too.
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let AsyncMessage::Notice(notice) = message {
                    hand_on(&notices, &notice);
                }
            }
        });
        let stopper = Stopper {
            token: client.cancel_token(),
            route: route.clone(),
            running: Running::default(),
        };
        Ok(AsyncLink {
            client,
            stopper: Arc::new(stopper),
        })
    }

    async fn send(&mut self, message: &str) -> Result<Vec<Answer>> {
        let client = &self.client;
        Self::call(&self.stopper, async {
            let mut answers = Answers::default();
            let mut parts = pin!(client.simple_query_raw(message).await?);
            while let Some(part) = parts.next().await {
                answers.add(part?)?;
            }
            Ok(answers.finish())
        })
        .await
    }

    async fn copy_in(&mut self, command: &str, data: &str) -> Result<u64> {
        let client = &self.client;
        Self::call(&self.stopper, async {
            let mut sink = pin!(client.copy_in::<_, Bytes>(command).await?);
            for chunk in data.as_bytes().chunks(CHUNK) {
                // What goes wrong here is told at the end, with the server's words.
                if sink.send(Bytes::copy_from_slice(chunk)).await.is_err() {
                    break;
                }
            }
            sink.finish().await
        })
        .await
    }

    async fn types(&mut self, statement: &str) -> Result<Vec<Type>> {
        let client = &self.client;
        Self::call(&self.stopper, async {
            let prepared = client.prepare(statement).await?;
            let types = prepared
                .columns()
                .iter()
                .map(|column| column.type_().clone());
            Ok(types.collect())
        })
        .await
    }

    async fn pause(time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn aside<T: Send + 'static>(
        limit: Duration,
        task: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        tokio::time::timeout(limit, task).await.ok()
    }

    fn canceller(&self) -> Canceller {
        let stopper = Arc::clone(&self.stopper);
        Box::new(move || stopper.stop())
    }
}
