//! What the suite must be told about an adapter.

use dapter_plugin_api::abi::Adapter;
use dapter_plugin_api::{ConnectOptions, ErrorKind, Value};
use std::fmt;

/// What makes databases, or names for them.
pub type Fresh = Box<dyn Fn() -> Result<ConnectOptions, String> + Send + Sync>;

/// An adapter under test, with what the suite needs to know of its databases and its language.
///
/// Statements are given as `split` returns them: without a terminator.
pub struct Subject {
    /// The adapter, linked in or loaded.
    pub adapter: Adapter,
    /// Where to connect to a new, empty database; another one at each call. It is called from several threads, and what
    /// it makes may be used by several sessions at once.
    ///
    /// An error is why none can be made: the case fails with it.
    pub fresh: Fresh,
    /// Where to connect to a database that is not there yet; another one at each call. Needed if the adapter declares
    /// `create-database`.
    pub absent: Option<Fresh>,
    /// Connections that must be refused: a malformed URL, a wrong password, a database that is not there.
    pub refused: Vec<Refusal>,
    /// Statements that make a fresh database ready for the others: `CREATE TABLE items …`.
    pub prepare: Vec<String>,
    /// A statement that writes something: data, and no structure.
    pub put: Effect,
    /// A statement that fails, and leaves the session usable.
    pub fail: Failing,
    /// A script and the statements in it. They must run in their order on a prepared database.
    pub script: Script,
    /// A script that cannot be split: with a string that does not end, say. `None` if every text can be.
    pub unsplittable: Option<String>,
    /// A query and what it returns; needed if the adapter declares `query`.
    pub look: Option<Look>,
    /// A statement that defines structure; needed if the adapter declares `transactional-ddl`.
    pub ddl: Option<Effect>,
    /// A statement that runs long, or a query: for about a minute, and then ends by itself, so that a canceller that
    /// does nothing is a failure and no endless test. Needed if the adapter declares `cancel`.
    pub slow: Option<String>,
    /// Statements that, run in one session, have the server end every other session in the same database; none where there
    /// is no server that could.
    pub kill: Vec<String>,
    /// Whether an open transaction keeps other writers out.
    pub writers: Writers,
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("adapter", &self.adapter)
            .finish_non_exhaustive()
    }
}

/// A statement with an effect, and a way to see it that needs no query.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The statement.
    pub statement: String,
    /// How many rows it affects.
    pub rows: u64,
    /// A statement that comes out differently once the first one has taken effect: it affects another number of rows
    /// (`DELETE FROM items WHERE id = 1`), or fails where it would have succeeded or the reverse. It may use the effect
    /// up, and is run outside transactions only.
    pub probe: String,
}

impl Effect {
    /// A statement, the rows it affects, and the statement that shows whether it has run.
    pub fn new(statement: &str, rows: u64, probe: &str) -> Self {
        Effect {
            statement: statement.to_owned(),
            rows,
            probe: probe.to_owned(),
        }
    }
}

/// A statement that fails, and how.
#[derive(Debug, Clone)]
pub struct Failing {
    /// The statement.
    pub statement: String,
    /// The kind of the error.
    pub kind: ErrorKind,
    /// The database's own code, where it has one.
    pub code: Option<String>,
    /// The byte offset of the fault in the statement, where the database tells it.
    pub position: Option<u64>,
}

impl Failing {
    /// A statement that fails with this kind of error, without a code and a position.
    pub fn new(statement: &str, kind: ErrorKind) -> Self {
        Failing {
            statement: statement.to_owned(),
            kind,
            code: None,
            position: None,
        }
    }

    /// Adds the code that the error carries.
    #[must_use]
    pub fn with_code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }

    /// Adds the position that the error carries.
    #[must_use]
    pub fn at(mut self, position: u64) -> Self {
        self.position = Some(position);
        self
    }
}

/// A script and the statements in it.
///
/// The text uses `\n` alone, and ends in a way that it can be written twice in a row: with a terminator or a line break.
#[derive(Debug, Clone)]
pub struct Script {
    /// The text.
    pub text: String,
    /// The texts of its statements, in order: two or more, unless the adapter takes every script as one statement.
    pub statements: Vec<String>,
}

impl Script {
    /// A script and the texts of its statements.
    pub fn new(text: &str, statements: &[&str]) -> Self {
        Script {
            text: text.to_owned(),
            statements: statements
                .iter()
                .map(|&statement| statement.to_owned())
                .collect(),
        }
    }
}

/// A query, and its rows on a prepared database before and after [`Subject::put`].
#[derive(Debug, Clone)]
pub struct Look {
    /// The query.
    pub query: String,
    /// Its rows before.
    pub before: Vec<Vec<Value>>,
    /// Its rows after.
    pub after: Vec<Vec<Value>>,
}

/// A connection that must be refused.
#[derive(Clone)]
pub struct Refusal {
    /// A name for messages: `wrong password`.
    pub name: String,
    /// Where to connect.
    pub options: ConnectOptions,
    /// The kind of the error.
    pub kind: ErrorKind,
    /// The password in the options, which no part of the error may contain.
    pub secret: Option<String>,
}

impl Refusal {
    /// A connection that is refused with this kind of error.
    pub fn new(name: &str, options: ConnectOptions, kind: ErrorKind) -> Self {
        Refusal {
            name: name.to_owned(),
            options,
            kind,
            secret: None,
        }
    }

    /// Names the password in the options.
    #[must_use]
    pub fn with_secret(mut self, secret: &str) -> Self {
        self.secret = Some(secret.to_owned());
        self
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Whether an open transaction keeps other writers out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writers {
    /// One transaction at a time: a second session that begins one or writes is told `Busy`.
    One,
    /// Several at a time: the database sorts them out row by row.
    Many,
}
