//! The blocking driver, crate `postgres`.

use crate::cancel::Running;
use crate::error::in_session;
use crate::knock::knock;
use crate::link::{Answer, Answers, Link, Route};
use crate::notices::hand_on;
use crate::runtime;
use dapter_plugin_api::{Canceller, ErrorKind, Notices, Result};
use postgres::Client;
use std::fmt;
use std::future::Future;
use std::io::Write as _;
use std::net::{IpAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio_postgres::Error;
use tokio_postgres::types::Type;

/// A server that was asked to stop something answers nothing, so this is how long the request may be on its way inside
/// the server. A request that arrives while nothing runs does nothing.
const LATE: Duration = Duration::from_millis(100);

/// How much of the data of a `COPY` is handed over at once.
const CHUNK: usize = 64 * 1024;

/// A connection whose calls block.
pub struct BlockingLink {
    client: Client,
    route: Route,
    running: Arc<Running>,
}

impl BlockingLink {
    /// Runs a call that may be stopped.
    fn call<T>(&mut self, call: impl FnOnce(&mut Client) -> Result<T, Error>) -> Result<T> {
        self.running.begin();
        let result = call(&mut self.client);
        self.running.end();
        let requests = self.running.settle();
        let mut result = result.map_err(|error| in_session(&error));
        if let Err(error) = &mut result
            && error.sqlstate.as_deref() == Some("57014")
            && requests > 0
        {
            error.kind = ErrorKind::Cancelled;
            error.hint = None;
        }
        let stopped = matches!(&result, Err(error) if error.kind == ErrorKind::Cancelled);
        if requests > u32::from(stopped) {
            knock(&self.route);
            thread::sleep(LATE);
        }
        result
    }
}

impl fmt::Debug for BlockingLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingLink").finish_non_exhaustive()
    }
}

impl Link for BlockingLink {
    async fn resolve(name: &str, port: u16) -> std::io::Result<Vec<IpAddr>> {
        let addresses = (name, port).to_socket_addrs()?;
        Ok(addresses.map(|address| address.ip()).collect())
    }

    async fn open(route: &Route, notices: &Notices) -> Result<Self, Error> {
        let mut config = postgres::Config::from(route.config.clone());
        let notices = notices.clone();
        config.notice_callback(move |notice| hand_on(&notices, &notice));
        Ok(BlockingLink {
            client: config.connect(route.tls.clone())?,
            route: route.clone(),
            running: Arc::default(),
        })
    }

    async fn send(&mut self, message: &str) -> Result<Vec<Answer>> {
        self.call(|client| {
            let mut answers = Answers::default();
            for part in client.simple_query(message)? {
                answers.add(part)?;
            }
            Ok(answers.finish())
        })
    }

    async fn copy_in(&mut self, command: &str, data: &str) -> Result<u64> {
        self.call(|client| {
            let mut writer = client.copy_in(command)?;
            for chunk in data.as_bytes().chunks(CHUNK) {
                // What goes wrong here is told at the end, with the server's words.
                if writer.write_all(chunk).is_err() {
                    break;
                }
            }
            writer.finish()
        })
    }

    async fn types(&mut self, statement: &str) -> Result<Vec<Type>> {
        self.call(|client| {
            let prepared = client.prepare(statement)?;
            let types = prepared
                .columns()
                .iter()
                .map(|column| column.type_().clone());
            Ok(types.collect())
        })
    }

    async fn pause(time: Duration) {
        thread::sleep(time);
    }

    async fn aside<T: Send + 'static>(
        limit: Duration,
        task: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let runtime = runtime::get().ok()?;
        // Waits here, as everything in this driver does.
        runtime.block_on(async { tokio::time::timeout(limit, task).await.ok() })
    }

    fn canceller(&self) -> Canceller {
        let (token, tls) = (self.client.cancel_token(), self.route.tls.clone());
        let running = Arc::clone(&self.running);
        Box::new(move || {
            if !running.may_send() {
                return;
            }
            let (token, tls) = (token.clone(), tls.clone());
            let sending = Arc::clone(&running);
            let sender = move || {
                // A request that does not get through leaves the call running; whoever asked may ask again.
                let _ = token.cancel_query(tls);
                sending.sent();
            };
            // On a thread of its own: the caller may be one that must not block.
            if thread::Builder::new()
                .name("dapter-cancel".to_owned())
                .spawn(sender)
                .is_err()
            {
                running.sent();
            }
        })
    }
}
