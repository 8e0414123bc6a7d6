//! Databases and sessions for the tests.

use dapter_mysql::{MysqlAdapter, MysqlAsyncAdapter};
use dapter_plugin_api::abi::{Adapter, Session, block_on};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ConnectOptions, Expect, History, HistoryChange, InFlight,
    Record, Result, RevisionState, RowChange, Value,
};
use dapter_servers::{Product, Server};
use std::ops::{Deref, DerefMut};

/// One of the adapters, linked in, and the product whose server it is tested on.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) adapter: Adapter,
    product: Product,
}

impl Place {
    pub(crate) fn both(product: Product) -> [Place; 2] {
        let adapters = [
            block_on(Adapter::linked_async::<MysqlAdapter>()),
            block_on(Adapter::linked_async::<MysqlAsyncAdapter>()),
        ];
        adapters.map(|adapter| Place {
            adapter: adapter.expect("linked"),
            product,
        })
    }

    pub(crate) fn product(&self) -> Product {
        self.product
    }

    pub(crate) fn key(&self) -> &str {
        &self.adapter.info().key
    }

    pub(crate) fn scheme(&self) -> &str {
        &self.adapter.info().schemes[0]
    }

    pub(crate) fn server(&self) -> &'static Server {
        Server::shared(self.product).expect("it was looked for")
    }

    pub(crate) fn is_mariadb(&self) -> bool {
        self.product == Product::Mariadb
    }

    /// A fresh database of the shared server.
    pub(crate) fn database(&self) -> Database<'_> {
        let name = self.server().fresh_database();
        Database {
            url: self.server().url(self.scheme(), &name),
            name,
            place: self,
        }
    }

    pub(crate) fn connect(&self, url: &str) -> Result<Client> {
        block_on(self.adapter.connect(&ConnectOptions::new(url))).map(Client)
    }
}

pub(crate) struct Database<'a> {
    pub(crate) place: &'a Place,
    pub(crate) url: String,
    pub(crate) name: String,
}

impl Database<'_> {
    pub(crate) fn connect(&self) -> Client {
        self.place.connect(&self.url).expect("connects")
    }

    /// A session with options behind the URL.
    pub(crate) fn with(&self, options: &str) -> Result<Client> {
        self.place.connect(&format!("{}?{options}", self.url))
    }

    /// A session on a database that keeps a history.
    pub(crate) fn kept(&self) -> Client {
        let mut client = self.connect();
        block_on(client.ensure_history()).expect("can be made");
        client
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

    /// The one value that a query returns.
    pub(crate) fn value(&mut self, query: &str) -> Value {
        let rows =
            block_on(self.0.query(query)).unwrap_or_else(|error| panic!("{query}: {error:?}"));
        rows.rows[0][0].clone()
    }

    pub(crate) fn count(&mut self, table: &str) -> i64 {
        match self.value(&format!("SELECT COUNT(*) FROM {table}")) {
            Value::Integer(count) => count,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn history(&mut self) -> History {
        block_on(self.0.read_history()).expect("can be read")
    }

    pub(crate) fn swap(&mut self, change: &HistoryChange) -> Result<()> {
        block_on(self.0.swap_history(change))
    }

    pub(crate) fn recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        block_on(self.0.execute_recorded(statement, record))
    }

    /// Records a statement as the next one of a step that has `done` behind it.
    pub(crate) fn next(&mut self, done: u64, statement: &str) -> Result<u64> {
        let before = row(done);
        self.recorded(
            statement,
            &record((done > 0).then_some(&before), done + 1, statement),
        )
    }
}

/// The row of a step with so many of its statements done.
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
