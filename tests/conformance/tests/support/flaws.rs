//! The flaws, one promise each.

use super::flawed::{Connection, Flaw, connect};
use dapter_plugin_api::memory::{MemoryAdapter, MemorySession};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, Canceller, Capability, ConnectOptions, ErrorKind, Expect,
    Finding, History, HistoryChange, LintScript, LockChange, LockOutcome, LockRow, LogEntry,
    Notices, Record, Result, RowChange, Rows, Schema, SchemaObject, Statement,
    SyncMigrationAdapter, SyncSession, Value,
};
use std::time::Duration;

/// Declares flaws: a name, and the methods of [`Flaw`] that are wrong in it.
macro_rules! flaws {
    ($($(#[$doc:meta])* $name:ident { $($wrong:item)+ })+) => {
        $($(#[$doc])* #[derive(Default)] pub(crate) struct $name; impl Flaw for $name { $($wrong)+ })+
    };
}

pub(crate) use flaws;

fn broken(what: &str) -> AdapterError {
    AdapterError::new(ErrorKind::Statement, what)
}

/// A finding for every statement.
fn found_everywhere(script: &LintScript<'_>) -> Result<Vec<Finding>> {
    let rules = MemoryAdapter.lint_rules()?;
    let found = |index| rules[0].finding(index, &[]);
    Ok((0..script.statements.len()).map(found).collect())
}

fn with_messages(change: &HistoryChange, edit: impl Fn(&str) -> String) -> HistoryChange {
    let mut change = change.clone();
    for row in change.rows.iter_mut().filter_map(|row| row.row.as_mut()) {
        row.message = edit(&row.message);
    }
    change
}

flaws! {
    DdlWithoutTransactions {
        const CAPABILITIES: &'static [Capability] = &[Capability::TransactionalDdl];
    }
    InventsCodes {
        fn lint(script: &LintScript<'_>) -> Result<Vec<Finding>> {
            let invents = |finding| Finding { code: "MEM999".to_owned(), ..finding };
            Ok(found_everywhere(script)?.into_iter().map(invents).collect())
        }
    }
    FindsWhatIsHarmless {
        fn lint(script: &LintScript<'_>) -> Result<Vec<Finding>> { found_everywhere(script) }
    }
    PointsBehindTheEnd {
        fn lint(script: &LintScript<'_>) -> Result<Vec<Finding>> {
            Ok(found_everywhere(script)?.into_iter().map(|finding| finding.at(1_000_000)).collect())
        }
    }
    InspectsTheHistory {
        fn inspect(c: &mut Connection) -> Result<Schema> {
            let mut schema = c.inner.inspect()?;
            if c.inner.read_history()?.ready {
                schema.objects.push(SchemaObject::default());
            }
            Ok(schema)
        }
    }
    SeesNothing {
        fn inspect(_: &mut Connection) -> Result<Schema> { Ok(Schema::default()) }
    }
    TriesInTheDatabase {
        fn create_scratch(options: &ConnectOptions, _: &Notices) -> Result<ConnectOptions> { Ok(options.clone()) }
        fn drop_scratch(_: &ConnectOptions, _: &Notices) -> Result<()> { Ok(()) }
    }
    IgnoresOptions {
        fn connect(options: &ConnectOptions, notices: &Notices) -> Result<MemorySession> {
            connect(&ConnectOptions::new(options.url.clone()), notices)
        }
    }
    PrintsTheUrl {
        fn connect(options: &ConnectOptions, notices: &Notices) -> Result<MemorySession> {
            connect(options, notices).map_err(|error| AdapterError::new(error.kind, format!("no {}", options.url)))
        }
    }
    ConnectingMakesAHistory {
        fn connected(c: &mut Connection) { let _ = c.inner.ensure_history(); }
    }
    ReadingMakesAHistory {
        fn read_history(c: &mut Connection) -> Result<History> {
            let history = c.inner.read_history()?;
            c.inner.ensure_history()?;
            Ok(history)
        }
    }
    EnsuringEmpties {
        fn ensure_history(c: &mut Connection) -> Result<()> {
            c.inner.ensure_history()?;
            let rows = c.inner.read_history()?.rows;
            let remove = |row: &AppliedRevision| RowChange {
                revision: row.revision.clone(),
                expect: Expect::exactly(Some(row)),
                row: None,
            };
            let rows = rows.iter().map(remove).collect();
            c.inner.swap_history(&HistoryChange { rows, ..HistoryChange::default() })
        }
    }
    SortsRowsByName {
        fn read_history(c: &mut Connection) -> Result<History> {
            let mut history = c.inner.read_history()?;
            history.rows.sort_by(|a, b| a.revision.cmp(&b.revision));
            Ok(history)
        }
    }
    TrimsText {
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            c.inner.swap_history(&with_messages(change, |text| text.trim().to_owned()))
        }
    }
    /// As a `TEXT` column of MySQL does when it is not strict.
    CutsLongText {
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            c.inner.swap_history(&with_messages(change, |text| text.chars().take(65_535).collect()))
        }
    }
    /// As most collations of MySQL do.
    IdsWithoutCase {
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            let mut change = change.clone();
            for row in &mut change.rows {
                row.revision = row.revision.to_lowercase();
            }
            c.inner.swap_history(&change)
        }
    }
    SwapsInPieces {
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            for row in &change.rows {
                c.inner.swap_history(&HistoryChange { rows: vec![row.clone()], ..HistoryChange::default() })?;
            }
            c.inner.swap_history(&HistoryChange { rows: Vec::new(), ..change.clone() })
        }
    }
    SwapsWithoutComparing {
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> { c.force(change) }
    }
    ComparesOnlyPresence {
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            let history = c.inner.read_history()?;
            let mut change = change.clone();
            for row in &mut change.rows {
                let found = history.row(&row.revision);
                if found.is_some() && row.expect != Expect::Absent {
                    row.expect = Expect::exactly(found);
                }
            }
            c.inner.swap_history(&change)
        }
    }
    LogsConflicts {
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            let log = HistoryChange { log: change.log.clone(), ..HistoryChange::default() };
            c.inner.swap_history(&log)?;
            c.inner.swap_history(&HistoryChange { log: Vec::new(), ..change.clone() })
        }
    }
    ConflictsAreFailures {
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            c.inner.swap_history(change).map_err(|error| broken(&error.message))
        }
    }
    LogsNewestFirst {
        fn read_log(c: &mut Connection) -> Result<Vec<LogEntry>> {
            c.inner.read_log().map(|log| log.into_iter().rev().collect())
        }
    }
    SortsTheLogByTime {
        fn read_log(c: &mut Connection) -> Result<Vec<LogEntry>> {
            let mut log = c.inner.read_log()?;
            log.sort_by(|a, b| a.at.cmp(&b.at));
            Ok(log)
        }
    }
    ForgetsEqualLines {
        fn read_log(c: &mut Connection) -> Result<Vec<LogEntry>> {
            let mut log = c.inner.read_log()?;
            log.dedup();
            Ok(log)
        }
    }
    GivesAHeldLockAway {
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            match &change.lock {
                LockChange::Take { .. } => c.force(change),
                _ => c.inner.swap_history(change),
            }
        }
    }
    ReleasesForAnybody {
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            match &change.lock {
                LockChange::Release(_) => c.force(change),
                _ => c.inner.swap_history(change),
            }
        }
    }
    RenewsForAnybody {
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            match &change.lock {
                LockChange::Renew { .. } => c.force(change),
                _ => c.inner.swap_history(change),
            }
        }
    }
    KeepsTheAnnouncement {
        fn execute_recorded(c: &mut Connection, statement: &str, record: &Record) -> Result<u64> {
            let mut change = record.change.clone();
            let announced = record.intent.iter().flat_map(|intent| &intent.rows).find_map(|row| row.row.clone());
            for row in change.rows.iter_mut().filter_map(|row| row.row.as_mut()) {
                row.in_flight = announced.as_ref().and_then(|row| row.in_flight.clone());
            }
            let rows = c.execute(statement)?;
            c.inner.swap_history(&change).map(|()| rows)
        }
    }
    ForgetsTheHoldersUser {
        fn read_history(c: &mut Connection) -> Result<History> {
            let mut history = c.inner.read_history()?;
            if let Some(lock) = &mut history.lock {
                lock.user.clear();
            }
            Ok(history)
        }
    }
    /// Compares with what the session read when it connected: whoever was faster is overwritten.
    ComparesWithAnOldReading {
        fn connected(c: &mut Connection) { c.memo = c.inner.read_history().ok(); }
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            c.memo.as_mut().ok_or_else(|| broken("nothing was read"))?.apply(change)?;
            c.force(change)
        }
    }
    CountsNoRows {
        fn execute(c: &mut Connection, statement: &str) -> Result<u64> { c.execute(statement).map(|_| 0) }
    }
    SwallowsErrors {
        fn execute(c: &mut Connection, statement: &str) -> Result<u64> { Ok(c.execute(statement).unwrap_or_default()) }
    }
    LosesTheCode {
        fn execute(c: &mut Connection, statement: &str) -> Result<u64> {
            c.execute(statement).map_err(|error| AdapterError::new(error.kind, error.message))
        }
    }
    PanicsOnNonsense {
        fn execute(c: &mut Connection, statement: &str) -> Result<u64> {
            assert!(!statement.is_empty(), "the statement is empty");
            c.execute(statement)
        }
    }
    /// After an error no call is answered any more.
    DiesOfAnError {
        fn execute(c: &mut Connection, statement: &str) -> Result<u64> {
            if c.memo.is_some() {
                return Err(AdapterError::new(ErrorKind::ConnectionLost, "the session is gone"));
            }
            let result = c.execute(statement);
            c.memo = result.is_err().then(History::default);
            result
        }
    }
    RecordsFirst {
        fn execute_recorded(c: &mut Connection, statement: &str, record: &Record) -> Result<u64> {
            c.inner.swap_history(&record.change)?;
            c.execute(statement)
        }
    }
    ForgetsTheRecord {
        fn execute_recorded(c: &mut Connection, statement: &str, _: &Record) -> Result<u64> {
            c.execute(statement)
        }
    }
    QueriesNothing {
        fn query(c: &mut Connection, statement: &str) -> Result<Rows> {
            c.inner.query(statement).map(|rows| Rows { rows: Vec::new(), ..rows })
        }
    }
    CountsLinesFromZero {
        fn split(script: &str) -> Result<Vec<Statement>> {
            let lower = |statement: Statement| Statement { line: statement.line - 1, ..statement };
            Ok(Statement::lines(script, &["#"]).into_iter().map(lower).collect())
        }
    }
    SplitsComments {
        fn split(script: &str) -> Result<Vec<Statement>> { Ok(Statement::lines(script, &[])) }
    }
    KeepsTheCarriageReturn {
        fn split(script: &str) -> Result<Vec<Statement>> {
            let longer = |statement: Statement| match script.as_bytes().get(statement.end) {
                Some(b'\r') => Statement { end: statement.end + 1, ..statement },
                _ => statement,
            };
            Ok(Statement::lines(script, &["#"]).into_iter().map(longer).collect())
        }
    }
    FindsAStatementInNothing {
        fn split(script: &str) -> Result<Vec<Statement>> {
            let mut found = Statement::lines(script, &["#"]);
            if found.is_empty() {
                found.push(Statement { start: 0, end: 0, line: 1, column: 1, alone: false });
            }
            Ok(found)
        }
    }
    PanicsOnACutScript {
        fn split(script: &str) -> Result<Vec<Statement>> {
            assert!(script.is_empty() || script.ends_with(char::is_whitespace), "the last line does not end");
            Ok(Statement::lines(script, &["#"]))
        }
    }
    BeginsNothing {
        fn begin(_: &mut Connection) -> Result<()> { Ok(()) }
        fn commit(_: &mut Connection) -> Result<()> { Ok(()) }
    }
    CommitsInsteadOfRollingBack {
        fn rollback(c: &mut Connection) -> Result<()> { c.inner.commit().or(Ok(())) }
    }
    RollsBackInsteadOfCommitting {
        fn commit(c: &mut Connection) -> Result<()> { c.inner.rollback() }
    }
    HistorySurvivesRollback {
        fn rollback(c: &mut Connection) -> Result<()> {
            let history = c.inner.read_history()?;
            c.inner.rollback()?;
            let missing = |row: &AppliedRevision| RowChange {
                revision: row.revision.clone(),
                expect: Expect::Absent,
                row: Some(row.clone()),
            };
            let now = c.inner.read_history()?;
            let rows = history.rows.iter().filter(|row| now.row(&row.revision).is_none()).map(missing).collect();
            c.inner.swap_history(&HistoryChange { rows, ..HistoryChange::default() })
        }
    }
    DataSurvivesRollback {
        fn rollback(c: &mut Connection) -> Result<()> {
            let before = c.inner.query("all")?;
            c.inner.rollback()?;
            for row in before.rows {
                if let [Value::Text(key), Value::Text(value)] = &row[..] {
                    c.inner.execute(&format!("put {key} {value}"))?;
                }
            }
            Ok(())
        }
    }
    RollbackNeedsATransaction {
        fn begin(c: &mut Connection) -> Result<()> {
            c.inner.begin()?;
            c.memo = Some(History::default());
            Ok(())
        }
        fn rollback(c: &mut Connection) -> Result<()> {
            c.memo.take().ok_or_else(|| broken("no transaction is open"))?;
            c.inner.rollback()
        }
    }
    TheEndCommits {
        fn end(c: &mut Connection) { let _ = c.inner.commit(); }
    }
    BusyIsAFailure {
        fn begin(c: &mut Connection) -> Result<()> { c.inner.begin().map_err(|error| broken(&error.message)) }
    }
    /// Writes of others come through: the transaction only starts with its own first write.
    BeginsLate {
        fn begin(c: &mut Connection) -> Result<()> {
            c.memo = Some(History::default());
            Ok(())
        }
        fn execute(c: &mut Connection, statement: &str) -> Result<u64> {
            c.memo.take().map_or(Ok(()), |_| c.inner.begin())?;
            c.execute(statement)
        }
        fn swap_history(c: &mut Connection, change: &HistoryChange) -> Result<()> {
            c.memo.take().map_or(Ok(()), |_| c.inner.begin())?;
            c.inner.swap_history(change)
        }
        fn commit(c: &mut Connection) -> Result<()> { c.memo.take().map_or_else(|| c.inner.commit(), |_| Ok(())) }
        fn rollback(c: &mut Connection) -> Result<()> {
            c.memo = None;
            c.inner.rollback()
        }
    }
    /// As MySQL and Oracle do, which do not declare transactional DDL for it.
    DdlCommits {
        fn execute(c: &mut Connection, statement: &str) -> Result<u64> {
            if statement != "put made 1" || c.inner.commit().is_err() {
                return c.execute(statement);
            }
            let rows = c.execute(statement);
            c.inner.begin()?;
            rows
        }
    }
    TheHistoryIsMadeOutsideTheTransaction {
        fn ensure_history(c: &mut Connection) -> Result<()> {
            let open = c.inner.commit().is_ok();
            c.inner.ensure_history()?;
            if open { c.inner.begin() } else { Ok(()) }
        }
    }
    EverybodyGetsTheLock {
        fn lock(_: &mut Connection, _: &LockRow, _: Duration) -> Result<LockOutcome> { Ok(LockOutcome::Acquired) }
    }
    NamesTheWrongHolder {
        fn lock(c: &mut Connection, holder: &LockRow, wait: Duration) -> Result<LockOutcome> {
            Ok(match c.lock(holder, wait) {
                LockOutcome::Held(_) => LockOutcome::Held(Some(holder.clone())),
                acquired => acquired,
            })
        }
    }
    AnybodyUnlocks {
        fn unlock(c: &mut Connection) -> Result<()> { c.unlock().or(Ok(())) }
    }
    TheEndKeepsTheLock {
        fn lock(c: &mut Connection, holder: &LockRow, _: Duration) -> Result<LockOutcome> {
            Ok(c.lock(holder, Duration::ZERO))
        }
        fn end(_: &mut Connection) {}
    }
    DeclaresLocksOnly {
        fn lock(_: &mut Connection, _: &LockRow, _: Duration) -> Result<LockOutcome> {
            Err(AdapterError::unsupported("locks"))
        }
    }
    CancelsNothing {
        fn canceller(_: &Connection) -> Option<Canceller> { None }
    }
    CancelsAsFailure {
        fn execute(c: &mut Connection, statement: &str) -> Result<u64> {
            c.execute(statement).map_err(|error| broken(&error.message))
        }
    }
    CancelsForGood {
        fn execute(c: &mut Connection, statement: &str) -> Result<u64> {
            if c.was_stopped() {
                return Err(AdapterError::new(ErrorKind::Cancelled, "the session was stopped"));
            }
            c.execute(statement)
        }
    }
}
