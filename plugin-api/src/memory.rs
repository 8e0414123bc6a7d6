//! A complete adapter without a database: the executable specification.
//!
//! Its databases are named maps from keys to values that live as long as the process. Its language has one command a
//! line: `put KEY VALUE`, `del KEY`, `say TEXT` (a notice), `fail TEXT`, `panic`. It declares transactions and locks nothing, so a host keeps the
//! lock row. Tests of hosts run on it; authors read it to see what is meant.

use crate::{
    AdapterError, Capability, Comment, ConnectOptions, Description, ErrorKind, Finding,
    ForeignChange, History, HistoryChange, LintRule, LintScript, LogEntry, Notices, ObjectName,
    Record, Result, Rows, Schema, SchemaObject, ServerFacts, Severity, Statement,
    SyncMigrationAdapter, SyncSession, Value,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

static DATABASES: LazyLock<Mutex<HashMap<String, Arc<Mutex<Database>>>>> =
    LazyLock::new(Mutex::default);

/// What one database holds.
#[derive(Debug, Default)]
struct Database {
    content: Content,
    transaction: Option<Transaction>,
    sessions: u64,
}

/// The one open transaction of a database.
#[derive(Debug)]
struct Transaction {
    session: u64,
    /// What the database held when it began: what every other session reads until the commit.
    before: Content,
}

#[derive(Debug, Default, Clone)]
struct Content {
    values: BTreeMap<String, String>,
    history: History,
    log: Vec<LogEntry>,
    foreign: BTreeMap<String, Rows>,
}

/// The adapter: `memory:NAME` is the database of that name.
#[derive(Debug, Default)]
pub struct MemoryAdapter;

impl SyncMigrationAdapter for MemoryAdapter {
    type Session = MemorySession;

    const DESCRIPTION: Description = Description {
        schemes: &["memory"],
        extension: "mem",
        comment: Comment::Hash,
        capabilities: &[
            Capability::Transactions,
            Capability::TransactionalDdl,
            Capability::Query,
            Capability::Lint,
            Capability::Inspect,
            Capability::Scratch,
            Capability::ForeignHistory,
            Capability::ServerFacts,
        ],
        ..Description::new("memory")
    };

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<MemorySession> {
        let database = Arc::clone(locked(&DATABASES).entry(name_of(options)?).or_default());
        let mut inside = locked(&database);
        inside.sessions += 1;
        let id = inside.sessions;
        drop(inside);
        Ok(MemorySession {
            database,
            id,
            notices: notices.clone(),
        })
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(Statement::lines(script, &["#"]))
    }

    fn lint(&self, script: &LintScript<'_>) -> Result<Vec<Finding>> {
        let mut own = BTreeSet::new();
        let mut findings = Vec::new();
        for (index, text) in script.texts().enumerate() {
            match text.split_once(' ') {
                Some(("put", rest)) => {
                    own.insert(rest.split(' ').next().unwrap_or_default());
                }
                Some(("del", key)) if !own.contains(key) => {
                    findings.push(DELETES.finding(index, &[("key", key)]).at("del ".len()));
                }
                _ => {}
            }
        }
        Ok(findings)
    }

    fn lint_rules(&self) -> Result<Vec<LintRule>> {
        Ok(vec![DELETES])
    }

    /// Databases cost nothing and are gone with the process, so nobody can leave one behind.
    fn create_scratch(&self, options: &ConnectOptions, _: &Notices) -> Result<ConnectOptions> {
        name_of(options)?;
        let mut databases = locked(&DATABASES);
        let name = (0..)
            .map(|number| format!("scratch {number}"))
            .find(|name| !databases.contains_key(name))
            .unwrap_or_default();
        let mut scratch = options.clone();
        scratch.options.insert(SCRATCH.to_owned(), name.clone());
        databases.entry(name).or_default();
        Ok(scratch)
    }

    fn drop_scratch(&self, options: &ConnectOptions, _: &Notices) -> Result<()> {
        let removed = options
            .options
            .get(SCRATCH)
            .and_then(|name| locked(&DATABASES).remove(name));
        match removed {
            Some(_) => Ok(()),
            None => Err(AdapterError::new(
                ErrorKind::DatabaseMissing,
                "there is no such scratch database",
            )),
        }
    }
}

/// The option that names a scratch database.
const SCRATCH: &str = "scratch";

/// The name of the database: the URL's, or that of a scratch database.
fn name_of(options: &ConnectOptions) -> Result<String> {
    let name = options
        .url
        .strip_prefix("memory:")
        .filter(|name| !name.is_empty())
        .ok_or_else(|| {
            AdapterError::new(ErrorKind::Connect, "the URL names no database")
                .with_hint("write memory:NAME")
        })?;
    if let Some(option) = options.options.keys().find(|option| *option != SCRATCH) {
        return Err(AdapterError::new(
            ErrorKind::Connect,
            format!("there is no option `{option}`"),
        ));
    }
    let scratch = options.options.get(SCRATCH);
    Ok(scratch.map_or(name, String::as_str).to_owned())
}

/// A key that the script has not put there itself is deleted.
const DELETES: LintRule = LintRule::destroying(
    "MEM401",
    [
        "`del {key}` deletes a value",
        "the value of {key} is gone, and putting the key back does not bring it back",
        "put the value under another key first",
        "dapter_plugin_api::memory",
    ],
);

/// A session of the [`MemoryAdapter`].
#[derive(Debug)]
pub struct MemorySession {
    database: Arc<Mutex<Database>>,
    id: u64,
    notices: Notices,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemorySession {
    fn read<T>(&self, read: impl FnOnce(&Content) -> T) -> T {
        let database = locked(&self.database);
        let theirs = database
            .transaction
            .as_ref()
            .filter(|transaction| transaction.session != self.id);
        read(theirs.map_or(&database.content, |transaction| &transaction.before))
    }

    fn write<T>(&self, write: impl FnOnce(&mut Content) -> Result<T>) -> Result<T> {
        let mut database = locked(&self.database);
        if database
            .transaction
            .as_ref()
            .is_some_and(|transaction| transaction.session != self.id)
        {
            return Err(AdapterError::new(
                ErrorKind::Busy,
                "another session is writing",
            ));
        }
        write(&mut database.content)
    }
}

impl SyncSession for MemorySession {
    fn server_facts(&mut self) -> Result<ServerFacts> {
        Ok(ServerFacts {
            product: "memory".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..ServerFacts::default()
        })
    }

    fn ensure_history(&mut self) -> Result<()> {
        self.write(|content| {
            content.history.ready = true;
            Ok(())
        })
    }

    fn read_history(&mut self) -> Result<History> {
        Ok(self.read(|content| content.history.clone()))
    }

    fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        self.write(|content| {
            content.history.apply(change)?;
            content.log.extend(change.log.iter().cloned());
            Ok(())
        })
    }

    fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        Ok(self.read(|content| content.log.clone()))
    }

    fn execute(&mut self, statement: &str) -> Result<u64> {
        let mut words = statement.splitn(3, ' ');
        let (verb, key, value) = (words.next(), words.next(), words.next());
        match (verb, key, value) {
            (Some("put"), Some(key), Some(value)) => self.write(|content| {
                content.values.insert(key.to_owned(), value.to_owned());
                Ok(1)
            }),
            (Some("del"), Some(key), None) => {
                self.write(|content| Ok(u64::from(content.values.remove(key).is_some())))
            }
            (Some("say"), Some(_), _) => {
                self.notices
                    .push(Severity::Info, &statement["say ".len()..]);
                Ok(0)
            }
            (Some("panic"), ..) => panic!("told to: {statement}"),
            (Some("fail"), ..) => {
                Err(AdapterError::new(ErrorKind::Statement, statement.to_owned()).with_code("TOLD"))
            }
            _ => Err(AdapterError::new(
                ErrorKind::Statement,
                format!("`{statement}` is no command"),
            )
            .with_code("SYNTAX")
            .at(0)
            .with_hint("commands are put, del, say, fail and panic")),
        }
    }

    fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        self.begin()?;
        let result = self
            .execute(statement)
            .and_then(|rows| self.swap_history(&record.change).map(|()| rows));
        match result {
            Ok(rows) => self.commit().map(|()| rows),
            Err(error) => {
                self.rollback()?;
                Err(error)
            }
        }
    }

    fn begin(&mut self) -> Result<()> {
        let mut database = locked(&self.database);
        match &database.transaction {
            Some(transaction) if transaction.session == self.id => Err(AdapterError::new(
                ErrorKind::Statement,
                "a transaction is open already",
            )),
            Some(_) => Err(AdapterError::new(
                ErrorKind::Busy,
                "another session is writing",
            )),
            None => {
                let before = database.content.clone();
                database.transaction = Some(Transaction {
                    session: self.id,
                    before,
                });
                Ok(())
            }
        }
    }

    fn commit(&mut self) -> Result<()> {
        let mut database = locked(&self.database);
        match database
            .transaction
            .take_if(|transaction| transaction.session == self.id)
        {
            Some(_) => Ok(()),
            None => Err(AdapterError::new(
                ErrorKind::Statement,
                "no transaction is open",
            )),
        }
    }

    fn rollback(&mut self) -> Result<()> {
        let mut database = locked(&self.database);
        if let Some(own) = database
            .transaction
            .take_if(|transaction| transaction.session == self.id)
        {
            database.content = own.before;
        }
        Ok(())
    }

    /// A key is what a table is elsewhere, and its value what is in it.
    fn inspect(&mut self) -> Result<Schema> {
        let object =
            |key: &String| SchemaObject::of_definition("key", ObjectName::plain(key), Vec::new());
        Ok(Schema::of(self.read(|content| {
            content.values.keys().map(object).collect()
        })))
    }

    fn read_foreign(&mut self, table: &str) -> Result<Option<Rows>> {
        Ok(self.read(|content| content.foreign.get(table).cloned()))
    }

    fn write_foreign(&mut self, change: &ForeignChange) -> Result<()> {
        self.write(|content| {
            let columns = change.columns.iter().map(|column| column.name.clone());
            let made = || Rows {
                columns: columns.collect(),
                rows: Vec::new(),
            };
            let table = content.foreign.entry(change.table.clone());
            let Rows { columns, rows } = table.or_insert_with(made);
            let at = |name: &String| columns.iter().position(|column| column == name);
            for gone in &change.remove {
                let is_gone = |row: &Vec<Value>| {
                    gone.iter()
                        .all(|(name, value)| at(name).and_then(|at| row.get(at)) == Some(value))
                };
                rows.retain(|row| !is_gone(row));
            }
            for new in &change.insert {
                let value = |name: &String| new.iter().find(|(column, _)| column == name);
                let default = |name: &String| {
                    let column = change.columns.iter().find(|column| column.name == *name);
                    column.and_then(|column| column.default)
                };
                let values = columns.iter().map(|name| match value(name) {
                    Some((_, value)) => value.clone(),
                    None => default(name).map_or(Value::Null, Value::Integer),
                });
                rows.push(values.collect());
            }
            Ok(())
        })
    }

    fn query(&mut self, statement: &str) -> Result<Rows> {
        if statement != "all" {
            return Err(AdapterError::new(
                ErrorKind::Statement,
                "the only query is `all`",
            ));
        }
        Ok(self.read(|content| Rows {
            columns: vec!["key".to_owned(), "value".to_owned()],
            rows: content
                .values
                .iter()
                .map(|(key, value)| vec![Value::Text(key.clone()), Value::Text(value.clone())])
                .collect(),
        }))
    }
}

/// A session that ends takes its open transaction with it.
impl Drop for MemorySession {
    fn drop(&mut self) {
        // Rolling back a map cannot fail.
        let _ = self.rollback();
    }
}
