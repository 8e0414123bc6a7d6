//! One connection, be its driver blocking or asynchronous.

use crate::settings::Host;
use crate::tls::Connector;
use dapter_plugin_api::{Canceller, Notices, Result};
use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;
use tokio_postgres::types::Type;
use tokio_postgres::{Error, SimpleQueryMessage};

/// Where a connection leads, and how it got there: enough for another one to the same place.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) config: tokio_postgres::Config,
    pub(crate) tls: Connector,
    pub(crate) host: Host,
    /// The address behind the host's name; none for a socket in a folder.
    pub(crate) address: Option<IpAddr>,
}

/// What the session needs of a driver. The futures of a blocking one are done when they are first polled.
///
/// Everything is sent as simple queries, several statements in a message where possible. The position of an error counts
/// characters of the message from 0.
pub(crate) trait Link: Sized + Send + 'static {
    /// Looks up the addresses of a name.
    fn resolve(name: &str, port: u16) -> impl Future<Output = std::io::Result<Vec<IpAddr>>> + Send;

    /// Opens a connection.
    fn open(route: &Route, notices: &Notices) -> impl Future<Output = Result<Self, Error>> + Send;

    /// Sends a message and waits for all its answers, one for each statement in it.
    fn send(&mut self, message: &str) -> impl Future<Output = Result<Vec<Answer>>> + Send;

    /// Runs a `COPY … FROM STDIN`.
    fn copy_in(&mut self, command: &str, data: &str) -> impl Future<Output = Result<u64>> + Send;

    /// The types of the columns that a query returns.
    fn types(&mut self, statement: &str) -> impl Future<Output = Result<Vec<Type>>> + Send;

    /// Waits.
    fn pause(time: Duration) -> impl Future<Output = ()> + Send;

    /// Runs something of its own on the plugin's runtime, for a limited time.
    fn aside<T: Send + 'static>(
        limit: Duration,
        task: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = Option<T>> + Send;

    /// What stops the running call.
    fn canceller(&self) -> Canceller;
}

/// What one statement of a message returned.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Option<String>>>,
    pub(crate) affected: u64,
}

impl Answer {
    /// A value of the first row.
    pub(crate) fn value(&self, column: usize) -> Option<&str> {
        self.rows.first()?.get(column)?.as_deref()
    }

    /// Whether a value of the first row is true.
    pub(crate) fn is_true(&self, column: usize) -> bool {
        self.value(column) == Some("t")
    }
}

/// Gathers the answers of a message.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    open: Answer,
    done: Vec<Answer>,
}

impl Answers {
    pub(crate) fn add(&mut self, message: SimpleQueryMessage) -> Result<(), Error> {
        match message {
            SimpleQueryMessage::RowDescription(columns) => {
                let names = columns.iter().map(|column| column.name().to_owned());
                self.open.columns = names.collect();
            }
            SimpleQueryMessage::Row(row) => {
                let values = (0..row.len()).map(|index| Ok(row.try_get(index)?.map(str::to_owned)));
                self.open.rows.push(values.collect::<Result<_, Error>>()?);
            }
            SimpleQueryMessage::CommandComplete(affected) => {
                self.open.affected = affected;
                self.done.push(std::mem::take(&mut self.open));
            }
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Vec<Answer> {
        self.done
    }
}
