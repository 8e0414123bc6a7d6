//! Reading and changing the history.

use crate::answer::{Failure, ResultSet};
use crate::change;
use crate::connection::{Connection, Returned};
use crate::error::{
    DEADLOCK, DUPLICATE_COLUMN, DUPLICATE_KEY, NO_SUCH_COLUMN, NO_SUCH_TABLE, SEPARATOR,
    SUBQUERY_OF_SEVERAL_ROWS, failed, sets,
};
use crate::rows;
use crate::session::Session;
use crate::tables::{LOCK, LOG, Present, REVISION, TABLES, qualified};
use crate::transaction::Transaction;
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ErrorKind, History, HistoryChange, LockChange, LogEntry, Result,
};

/// All that is read of one moment in time, without anybody's transaction being open.
const SNAPSHOT: &str = "START TRANSACTION WITH CONSISTENT SNAPSHOT";

impl<C: Connection> Session<C> {
    /// Makes the tables, or adds the columns they lack; does nothing if they are complete.
    pub(crate) async fn ensure(&mut self) -> Result<()> {
        let present = self.present().await?;
        if present.is_complete() {
            return Ok(());
        }
        for table in TABLES {
            for statement in table.ensure(&self.database, &present)? {
                match self.send(vec![statement]).await.whole() {
                    Ok(_) => {}
                    // Somebody else was faster.
                    Err(failure) if failure.code() == Some(DUPLICATE_COLUMN) => {}
                    Err(failure) => return Err(failed(failure)),
                }
            }
        }
        self.transaction.committed_implicitly();
        Ok(())
    }

    async fn present(&mut self) -> Result<Present> {
        let query = Present::query(&self.database);
        Ok(Present::of(self.one(query).await?))
    }

    /// The only result set of a query.
    pub(crate) async fn one(&mut self, query: String) -> Result<ResultSet> {
        let sets = sets(self.send(vec![query]).await)?;
        Ok(sets.into_iter().next().unwrap_or_default())
    }

    /// All that the database remembers. Where everything is in today's form that is one message; the last query in it fails
    /// where Alembic has never been.
    pub(crate) async fn read(&mut self) -> Result<History> {
        let alone = !self.transaction.is_open();
        let mut batch = vec![
            REVISION.select(&self.database) + " ORDER BY position",
            LOCK.select(&self.database) + " WHERE id = 1",
            LOG.select(&self.database) + " LIMIT 0",
        ];
        if alone {
            batch.insert(0, SNAPSHOT.to_owned());
            batch.push("COMMIT".to_owned());
        }
        let own = batch.len();
        batch.push(self.alembic());
        let answer = self.send(batch).await;
        let missing = answer.failure.as_ref().is_some_and(is_missing);
        if missing && answer.sets.len() < own {
            return self.read_present().await;
        }
        let mut sets = answer.sets.into_iter().skip(usize::from(alone));
        let (revisions, locks) = (sets.next(), sets.next());
        let alembic_heads = match answer.failure {
            None => rows::texts(sets.next_back().unwrap_or_default())?,
            Some(_) if missing => Vec::new(),
            Some(failure) => return Err(self.after_reading(failure).await),
        };
        let revisions = rows::revisions(revisions.unwrap_or_default())?;
        Ok(History {
            ready: true,
            rows: self.judged(revisions).await?,
            lock: rows::locks(locks.unwrap_or_default())?.pop(),
            alembic_heads,
        })
    }

    fn alembic(&self) -> String {
        format!(
            "SELECT CAST(version_num AS BINARY) FROM {} ORDER BY 1",
            qualified(&self.database, "alembic_version")
        )
    }

    /// The history where some of it is missing.
    async fn read_present(&mut self) -> Result<History> {
        let alone = !self.transaction.is_open();
        if alone {
            self.one("ROLLBACK".to_owned()).await?;
        }
        let present = self.present().await?;
        let revisions = REVISION.select_present(&self.database, &present)?;
        let locks = LOCK.select_present(&self.database, &present)?;
        let alembic = present
            .has_column("alembic_version", "version_num")
            .then(|| self.alembic());
        let (has_revisions, has_locks) = (revisions.is_some(), locks.is_some());
        let mut batch: Vec<String> = Vec::new();
        batch.extend(alone.then(|| SNAPSHOT.to_owned()));
        batch.extend(revisions.map(|select| select + " ORDER BY position"));
        batch.extend(locks.map(|select| select + " WHERE id = 1"));
        batch.extend(alembic);
        batch.extend(alone.then(|| "COMMIT".to_owned()));
        let answer = self.send(batch).await;
        if let Some(failure) = answer.failure {
            return Err(self.after_reading(failure).await);
        }
        let mut sets = answer.sets.into_iter().skip(usize::from(alone));
        let mut next = |there: bool| match there {
            true => sets.next().unwrap_or_default(),
            false => ResultSet::default(),
        };
        let revisions = rows::revisions(next(has_revisions))?;
        let lock = rows::locks(next(has_locks))?.pop();
        let alembic_heads =
            rows::texts(next(present.has_column("alembic_version", "version_num")))?;
        Ok(History {
            ready: present.is_complete(),
            rows: self.judged(revisions).await?,
            lock,
            alembic_heads,
        })
    }

    /// Ends the transaction that was begun for reading.
    async fn after_reading(&mut self, failure: Failure) -> AdapterError {
        let mut error = failed(failure);
        if !self.transaction.is_open()
            && error.kind != ErrorKind::ConnectionLost
            && let Err(second) = self.one("ROLLBACK".to_owned()).await
        {
            error.chain.push(second.message);
        }
        error
    }

    /// The log, oldest line first.
    pub(crate) async fn read_all_log(&mut self) -> Result<Vec<LogEntry>> {
        let select = LOG.select(&self.database) + " ORDER BY id";
        match self.send(vec![select]).await.whole() {
            Ok(sets) => rows::log(sets.into_iter().next().unwrap_or_default()),
            Err(failure) if is_missing(&failure) => {
                let present = self.present().await?;
                match LOG.select_present(&self.database, &present)? {
                    Some(select) => rows::log(self.one(select + " ORDER BY 1").await?),
                    None => Ok(Vec::new()),
                }
            }
            Err(failure) => Err(failed(failure)),
        }
    }

    /// Checks and makes a change, all of it or nothing.
    pub(crate) async fn swap(&mut self, change: &HistoryChange) -> Result<()> {
        if matches!(
            change.lock,
            LockChange::Take { .. } | LockChange::Release(_)
        ) {
            self.wait_for_work().await?;
        }
        let brackets = self.transaction.brackets();
        let mut batch = vec![brackets.open.to_owned()];
        batch.extend(change::guards(&self.database, change));
        batch.extend(change::writes(&self.database, change, "NULL"));
        batch.push(brackets.close.to_owned());
        self.unsettled = true;
        let answer = self.send(batch).await;
        let result = match answer.failure {
            None => Ok(()),
            Some(failure) => Err(self.undo(failure, change).await),
        };
        self.unsettled = false;
        result
    }

    /// The lock row does not change hands as long as the server runs a statement that was announced under it, be it for a
    /// program that is gone: whoever came next could not tell whether it takes effect.
    async fn wait_for_work(&mut self) -> Result<()> {
        let at_work = self.one(change::at_work(&self.database)).await?;
        let Some(connection) = at_work.first() else {
            return Ok(());
        };
        let connection = String::from_utf8_lossy(connection);
        Err(AdapterError::new(
            ErrorKind::Busy,
            format!(
                "the server still runs a statement of the lock's holder, on connection {connection}"
            ),
        )
        .with_hint("wait until it has ended, or end it with KILL: the history knows how to go on"))
    }

    /// Undoes a change that failed, and says why it did.
    pub(crate) async fn undo(&mut self, failure: Failure, change: &HistoryChange) -> AdapterError {
        if !matches!(
            failure.code(),
            Some(DUPLICATE_KEY | SUBQUERY_OF_SEVERAL_ROWS)
        ) {
            return self.undo_all(failure).await;
        }
        let [lock, rows] = change::diagnosis(&self.database, change);
        let undo = self.transaction.brackets().undo.to_owned();
        match self.send(vec![lock, rows, undo]).await.whole() {
            // Whoever holds the rows now has changed them, or is about to.
            Err(second) => self.undo_all(second).await,
            Ok(sets) => conflict(change, sets).unwrap_or_else(|error| error),
        }
    }

    /// Undoes what a message did before it failed.
    async fn undo_all(&mut self, failure: Failure) -> AdapterError {
        if failure.code() == Some(DEADLOCK) {
            // The server has rolled everything back.
            self.transaction.lost();
            return failed(failure);
        }
        let undo = self.transaction.brackets().undo.to_owned();
        self.with_undoing(failed(failure), vec![undo]).await
    }

    /// Runs statements that undo, after an error.
    pub(crate) async fn with_undoing(
        &mut self,
        mut error: AdapterError,
        statements: Vec<String>,
    ) -> AdapterError {
        if error.kind == ErrorKind::ConnectionLost {
            return error;
        }
        if let Err(second) = sets(self.send(statements).await) {
            if error.kind == ErrorKind::Busy {
                error.kind = ErrorKind::Other;
                error.retryable = false;
            }
            error.chain.push(second.message);
        }
        error
    }

    /// The rows with this revision's name, as they are now.
    pub(crate) async fn rows_of(&mut self, change: &HistoryChange) -> Result<Vec<AppliedRevision>> {
        let [_, rows] = change::diagnosis(&self.database, change);
        let found = rows::revisions(self.one(rows).await?)?;
        Ok(found.into_iter().map(|found| found.row).collect())
    }

    /// Runs statements, keeping what they return.
    pub(crate) async fn send(&mut self, statements: Vec<String>) -> crate::answer::Answer {
        self.connection
            .run(statements.join(SEPARATOR), Returned::Kept)
            .await
    }
}

/// Whether a table or column is missing.
fn is_missing(failure: &Failure) -> bool {
    matches!(failure.code(), Some(NO_SUCH_TABLE | NO_SUCH_COLUMN))
}

/// What of a change is not as expected.
fn conflict(change: &HistoryChange, sets: Vec<ResultSet>) -> Result<AdapterError> {
    let mut sets = sets.into_iter();
    let lock = rows::locks(sets.next().unwrap_or_default())?.pop();
    let found = rows::revisions(sets.next().unwrap_or_default())?;
    change.lock.check(lock.as_ref())?;
    for row in &change.rows {
        let found = found
            .iter()
            .find(|found| found.row.revision == row.revision);
        row.expect
            .check(&row.revision, found.map(|found| &found.row))?;
    }
    // Whoever was in the way is gone again.
    Ok(AdapterError::conflict(
        "the history was being changed by somebody else",
    ))
}

impl Transaction {
    /// The statements around a change, so that it is all or nothing.
    pub(crate) fn brackets(&self) -> Brackets {
        if self.is_open() {
            Brackets {
                open: "SAVEPOINT dapter",
                close: "RELEASE SAVEPOINT dapter",
                undo: "ROLLBACK TO SAVEPOINT dapter",
            }
        } else {
            Brackets {
                open: "START TRANSACTION",
                close: "COMMIT",
                undo: "ROLLBACK",
            }
        }
    }
}

/// What begins a change, makes it last, and undoes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Brackets {
    pub(crate) open: &'static str,
    pub(crate) close: &'static str,
    pub(crate) undo: &'static str,
}
