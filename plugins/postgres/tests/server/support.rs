//! Databases and sessions for the tests.

use dapter_plugin_api::abi::{self, Session, block_on};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ConnectOptions, Expect, History, HistoryChange, InFlight,
    LockRow, Record, Result, RevisionState, RowChange, Rows, Value,
};
use dapter_postgres::{AsyncPostgresAdapter, PostgresAdapter};
use dapter_servers::{Product, Server};
use std::ops::{Deref, DerefMut};

/// One of the adapters, linked in.
#[derive(Clone)]
pub(crate) struct Adapter(abi::Adapter);

impl Adapter {
    pub(crate) fn both() -> [Adapter; 2] {
        [
            Adapter(block_on(abi::Adapter::linked_async::<PostgresAdapter>()).expect("linked")),
            Adapter(
                block_on(abi::Adapter::linked_async::<AsyncPostgresAdapter>()).expect("linked"),
            ),
        ]
    }

    pub(crate) fn key(&self) -> &str {
        &self.0.info().key
    }

    pub(crate) fn scheme(&self) -> &str {
        &self.0.info().schemes[0]
    }

    pub(crate) fn adapter(&self) -> &abi::Adapter {
        &self.0
    }

    pub(crate) fn connect(&self, url: &str) -> Result<Client> {
        self.connect_with(&ConnectOptions::new(url))
    }

    pub(crate) fn connect_with(&self, options: &ConnectOptions) -> Result<Client> {
        block_on(self.0.connect(options)).map(Client)
    }

    /// A fresh database of the shared server.
    pub(crate) fn database(&self) -> Database<'_> {
        let name = server().fresh_database();
        Database {
            adapter: self,
            url: server().url(self.scheme(), &name),
            name,
        }
    }
}

pub(crate) fn server() -> &'static Server {
    Server::shared(Product::Postgresql).expect("it was looked for")
}

pub(crate) struct Database<'a> {
    pub(crate) adapter: &'a Adapter,
    pub(crate) url: String,
    pub(crate) name: String,
}

impl Database<'_> {
    pub(crate) fn connect(&self) -> Client {
        self.adapter.connect(&self.url).expect("connects")
    }

    /// A session on a database that keeps a history.
    pub(crate) fn kept(&self) -> Client {
        let mut client = self.connect();
        block_on(client.ensure_history()).expect("can be made");
        client
    }

    /// What a client of the server says.
    pub(crate) fn psql(&self, sql: &str) -> Vec<String> {
        server().query(&self.name, sql)
    }
}

/// A session whose calls wait.
pub(crate) struct Client(Session);

impl Deref for Client {
    type Target = Session;
    fn deref(&self) -> &Session {
        &self.0
    }
}

impl DerefMut for Client {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.0
    }
}

impl Client {
    pub(crate) fn run(&mut self, statement: &str) -> u64 {
        block_on(self.0.execute(statement)).unwrap_or_else(|error| panic!("{statement}: {error:?}"))
    }

    pub(crate) fn fails(&mut self, statement: &str) -> AdapterError {
        block_on(self.0.execute(statement)).expect_err(statement)
    }

    pub(crate) fn rows(&mut self, query: &str) -> Rows {
        block_on(self.0.query(query)).unwrap_or_else(|error| panic!("{query}: {error:?}"))
    }

    /// The one value that a query returns.
    pub(crate) fn value(&mut self, query: &str) -> Value {
        self.rows(query).rows[0][0].clone()
    }

    pub(crate) fn history(&mut self) -> History {
        block_on(self.0.read_history()).expect("can be read")
    }

    pub(crate) fn recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        block_on(self.0.execute_recorded(statement, record))
    }

    pub(crate) fn server_facts(&mut self) -> Result<dapter_plugin_api::ServerFacts> {
        block_on(self.0.server_facts())
    }

    pub(crate) fn lock(&mut self) -> Result<dapter_plugin_api::LockOutcome> {
        let holder = LockRow {
            pid: 7,
            host: "here".to_owned(),
            ..LockRow::default()
        };
        block_on(self.0.lock(&holder, std::time::Duration::ZERO))
    }
}

/// The row of a step with so many of three statements done.
pub(crate) fn row(done: u64) -> AppliedRevision {
    AppliedRevision {
        revision: "a".to_owned(),
        position: 1,
        state: RevisionState::Upgrading,
        statements_done: done,
        statements_total: 9,
        ..AppliedRevision::default()
    }
}

/// The record of a statement, as a host makes it that found the row `before`.
pub(crate) fn record(before: Option<&AppliedRevision>, done: u64, statement: &str) -> Record {
    let change = |row| HistoryChange {
        rows: vec![RowChange {
            revision: "a".to_owned(),
            expect: Expect::exactly(before),
            row: Some(row),
        }],
        ..HistoryChange::default()
    };
    let mut announced = row(done - 1);
    announced.in_flight = Some(InFlight {
        statement: statement.to_owned(),
        done_checksum: format!("checksum of {done}"),
        since: "2025-05-16T10:30:00Z".to_owned(),
        took_effect: None,
    });
    Record {
        change: change(row(done)),
        intent: Some(change(announced)),
    }
}
