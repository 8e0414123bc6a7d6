//! Running a statement so that it and its record take effect together, or so that it is known afterwards whether it ran.
//!
//! | the statement | one message to the server | killed on the way |
//! |---|---|---|
//! | never commits by itself | `START TRANSACTION`, check, statement, record, `COMMIT` | neither took effect |
//! | commits by itself | `START TRANSACTION`, check, announcement, statement; `START TRANSACTION`, check, record, `COMMIT` | announced; what its objects look like tells whether it ran |
//! | may commit in its middle | `START TRANSACTION`, check, announcement, statement, record, `COMMIT` | neither, if it did not commit; else announced, and nobody can tell |
//! | sets something for the session | statement; `START TRANSACTION`, check, record, `COMMIT` | it runs again |
//! | the script's `BEGIN` | statement, check, record | neither took effect |
//! | any in the script's transaction | check, statement, record | as before the `BEGIN` |
//! | the script's `COMMIT` | check, record, statement | as before the `BEGIN` |
//! | the script's `ROLLBACK` | statement; check and record | as before the `BEGIN` |
//!
//! A server stops at the first statement of a message that fails, and a statement that commits by itself commits the
//! announcement with what was open before it runs. If it turned out not to commit, announcement and effect would be one
//! transaction: safe as well.

use crate::answer::{Answer, Failure};
use crate::change;
use crate::connection::Connection;
use crate::error::{NO_SUCH_SAVEPOINT, SEPARATOR, failed, refused};
use crate::form::Form;
use crate::object::Trace;
use crate::rows;
use crate::session::{Session, unfinished};
use crate::settings::goes_on;
use crate::transaction::Transaction;
use dapter_plugin_api::{AdapterError, ErrorKind, HistoryChange, Record, Result, RevisionState};

/// A column that is in no other result: it tells where the results of a statement end that may have several.
const MARKER: &str = "dapter_has_run";

impl<C: Connection> Session<C> {
    /// Runs a statement and makes the change that records it.
    pub(crate) async fn run_recorded(&mut self, text: &str, record: &Record) -> Result<u64> {
        let text = self.for_this_server(text);
        let form = self.check(text)?;
        if let Some(row) = record.change.rows.first() {
            self.restore_settings(row, goes_on(row)).await?;
        }
        self.unsettled = true;
        let result = self.run_by_form(text, form, record).await;
        self.unsettled = false;
        result
    }

    async fn run_by_form(&mut self, text: &str, form: Form, record: &Record) -> Result<u64> {
        let change = &record.change;
        let open = self.transaction.is_open();
        if open && finishes(change) && !ends_transaction(form) {
            return Err(unfinished());
        }
        match form {
            Form::Implicit => self.announced(text, record).await,
            Form::Mixed => self.mixed(text, record).await,
            Form::Setting => self.setting(text, change).await,
            Form::Begin if finishes(change) => Err(unfinished()),
            Form::Begin if open => self.closing(text, form, change).await,
            Form::Begin => self.opening(text, change).await,
            Form::Commit | Form::Chain if open => self.closing(text, form, change).await,
            Form::Rollback | Form::Savepoint if open => self.rolling_back(text, form, change).await,
            // There is nothing for these to end.
            Form::Commit | Form::Chain | Form::Rollback | Form::Savepoint | Form::Plain => {
                self.together(text, form, change).await
            }
        }
    }

    /// Statement and record in one transaction.
    async fn together(&mut self, text: &str, form: Form, change: &HistoryChange) -> Result<u64> {
        if matches!(
            form,
            Form::Commit | Form::Chain | Form::Rollback | Form::Savepoint
        ) {
            self.execute_text(text, form).await?;
            return self.swap(change).await.map(|()| 0);
        }
        let brackets = self.transaction.brackets();
        let mut batch = vec![brackets.open.to_owned()];
        batch.extend(change::guards(&self.database, change));
        let at = batch.len();
        batch.push(text.to_owned());
        batch.extend(change::writes(&self.database, change, "NULL"));
        batch.push(brackets.close.to_owned());
        let answer = self.run(batch).await;
        let done = answer.sets.len();
        match answer.failure {
            None => Ok(affected(&answer, at)),
            Some(failure) if done == at => {
                self.transaction.follow_failure(&failure);
                let in_script = self.transaction == Transaction::Script;
                let lost = failure.code() == Some(crate::error::DEADLOCK);
                let error = refused(failure, text);
                if lost {
                    return Err(self.script_lost(error, in_script));
                }
                Err(self
                    .with_undoing(error, vec![brackets.undo.to_owned()])
                    .await)
            }
            Some(failure) => Err(self.undo(failure, change).await),
        }
    }

    /// A deadlock rolled the script's transaction back: repeating the call alone would not bring back what it held.
    fn script_lost(&self, mut error: AdapterError, in_script: bool) -> AdapterError {
        if in_script {
            error.kind = ErrorKind::Statement;
            error.retryable = false;
            error.hint = Some(
                "run the same command again: it goes on before the script's `BEGIN`".to_owned(),
            );
        }
        error
    }

    /// A statement that commits by itself: announced, run, recorded.
    async fn announced(&mut self, text: &str, record: &Record) -> Result<u64> {
        let fingerprint = match &record.intent {
            Some(_) => {
                let trace = Trace::of(text, &self.rules(), self.current_database());
                self.fingerprint(trace).await?
            }
            None => String::new(),
        };
        let mut batch = Vec::new();
        if !self.transaction.is_open() {
            batch.push("START TRANSACTION".to_owned());
        }
        let announced = self.announce(&mut batch, record, &fingerprint);
        let at = batch.len();
        batch.push(text.to_owned());
        let after = record.after_intent();
        batch.push("START TRANSACTION".to_owned());
        batch.extend(change::guards(&self.database, &after));
        batch.extend(change::writes(&self.database, &after, "NULL"));
        batch.push("COMMIT".to_owned());
        let mut answer = self.send(batch).await;
        let (rows, done) = (affected(&answer, at), answer.sets.len());
        let Some(failure) = answer.failure.take() else {
            self.transaction = Transaction::None;
            return Ok(rows);
        };
        if done < at {
            return Err(self.undo(failure, announced.change).await);
        }
        self.transaction = Transaction::None;
        if done > at {
            let error = self.undo(failure, &after).await;
            return Err(error.after_effect());
        }
        let error = refused(failure, text);
        let mut undoing = vec!["ROLLBACK".to_owned()];
        undoing.extend(self.withdrawal(record, &announced, &mut answer)?);
        Err(self.with_undoing(error, undoing).await)
    }

    /// Adds the announcement to a message; without one, what the record expects is checked.
    fn announce<'r>(
        &self,
        batch: &mut Vec<String>,
        record: &'r Record,
        fingerprint: &str,
    ) -> Announced<'r> {
        let Some(intent) = &record.intent else {
            batch.extend(change::checks(&self.database, &record.change));
            return Announced {
                change: &record.change,
                before: None,
            };
        };
        batch.extend(change::guards(&self.database, intent));
        let before = change::rows_before(&self.database, intent);
        let at = before.is_some().then_some(batch.len());
        batch.extend(before);
        batch.extend(change::writes(&self.database, intent, fingerprint));
        batch.extend(change::work_of(&self.database, &intent.lock));
        Announced {
            change: intent,
            before: at,
        }
    }

    /// The statements that take an announcement back which was made last.
    fn withdrawal(
        &self,
        record: &Record,
        announced: &Announced<'_>,
        answer: &mut Answer,
    ) -> Result<Vec<String>> {
        let Some(intent) = &record.intent else {
            return Ok(Vec::new());
        };
        let before = announced.before.and_then(|at| answer.sets.get_mut(at));
        let before = before.map(std::mem::take).unwrap_or_default();
        let mut statements = vec!["START TRANSACTION".to_owned()];
        statements.extend(change::withdrawals(
            &self.database,
            intent,
            &rows::revisions(before)?,
        ));
        statements.push("COMMIT".to_owned());
        Ok(statements)
    }

    /// A statement that may commit in its middle: a savepoint tells afterwards whether it did.
    async fn mixed(&mut self, text: &str, record: &Record) -> Result<u64> {
        let alone = !self.transaction.is_open();
        let after = record.after_intent();
        let mut batch = Vec::new();
        batch.extend(alone.then(|| "START TRANSACTION".to_owned()));
        batch.push("SAVEPOINT dapter".to_owned());
        let announced = self.announce(&mut batch, record, "NULL");
        let at = batch.len();
        batch.push(text.to_owned());
        batch.push(format!("SELECT 1 AS {MARKER}"));
        batch.push("RELEASE SAVEPOINT dapter".to_owned());
        batch.extend(change::writes(&self.database, &after, "NULL"));
        batch.extend(alone.then(|| "COMMIT".to_owned()));
        let mut answer = self.send(batch).await;
        let marker = answer
            .sets
            .iter()
            .position(|set| set.columns.iter().any(|column| column.name == MARKER));
        let (rows, done) = (affected(&answer, at), answer.sets.len());
        let Some(failure) = answer.failure.take() else {
            return Ok(rows);
        };
        match marker {
            None if done < at => Err(self.undo(failure, announced.change).await),
            None => {
                let withdrawal = self.withdrawal(record, &announced, &mut answer)?;
                Err(self.stopped_in_middle(failure, text, withdrawal).await)
            }
            Some(marker) if done == marker + 1 && is_savepoint_gone(&failure) => {
                self.transaction = Transaction::None;
                self.record_alone(record, &after).await.map(|()| rows)
            }
            Some(_) => {
                let undo = if alone {
                    "ROLLBACK"
                } else {
                    "ROLLBACK TO SAVEPOINT dapter"
                };
                Err(self
                    .with_undoing(failed(failure), vec![undo.to_owned()])
                    .await)
            }
        }
    }

    /// The statement committed what was open, or rolled it back: the record is made by itself.
    async fn record_alone(&mut self, record: &Record, after: &HistoryChange) -> Result<()> {
        // Whatever the statement left open is its own, and finished like everything else that it did.
        self.one("COMMIT".to_owned()).await?;
        match self.swap(after).await {
            Err(error) if error.kind == ErrorKind::Conflict && record.intent.is_some() => {
                self.swap(&record.change).await
            }
            swapped => swapped,
        }
        .map_err(AdapterError::after_effect)
    }

    /// The statement failed: was anything of it committed before?
    async fn stopped_in_middle(
        &mut self,
        failure: Failure,
        text: &str,
        withdrawal: Vec<String>,
    ) -> AdapterError {
        self.transaction.follow_failure(&failure);
        let deadlock = failure.code() == Some(crate::error::DEADLOCK);
        let mut error = refused(failure, text);
        if error.kind == ErrorKind::ConnectionLost || deadlock {
            return error;
        }
        let undo = self
            .send(vec!["ROLLBACK TO SAVEPOINT dapter".to_owned()])
            .await;
        let committed = undo.failure.as_ref().is_some_and(is_savepoint_gone);
        let mut undoing = Vec::new();
        if committed || !self.transaction.is_open() {
            self.transaction = Transaction::None;
            undoing.push("ROLLBACK".to_owned());
        }
        if committed {
            if error.kind == ErrorKind::Busy {
                error.kind = ErrorKind::Statement;
                error.retryable = false;
            }
            error.chain.push(
                "it had committed in its middle: part of it may have taken effect".to_owned(),
            );
            undoing.extend(withdrawal);
        }
        if undoing.is_empty() {
            return error;
        }
        self.with_undoing(error, undoing).await
    }

    /// A statement that sets something for the session, and is remembered for whoever goes on with the step.
    async fn setting(&mut self, text: &str, change: &HistoryChange) -> Result<u64> {
        self.execute_text(text, Form::Setting).await?;
        let brackets = self.transaction.brackets();
        let mut batch = vec![brackets.open.to_owned()];
        batch.extend(change::guards(&self.database, change));
        batch.extend(change::writes(&self.database, change, "NULL"));
        batch.extend(change::add_setting(&self.database, change, text));
        batch.push(brackets.close.to_owned());
        match self.run(batch).await.failure {
            None => Ok(0),
            Some(failure) => Err(self.undo(failure, change).await),
        }
    }

    /// Runs statements, dropping what they return but for the marker.
    pub(crate) async fn run(&mut self, batch: Vec<String>) -> Answer {
        self.connection
            .run(batch.join(SEPARATOR), crate::connection::Returned::Dropped)
            .await
    }
}

/// An announcement in a message.
struct Announced<'r> {
    /// What was expected.
    change: &'r HistoryChange,
    /// Which of the results are the rows as they were before it.
    before: Option<usize>,
}

fn affected(answer: &Answer, at: usize) -> u64 {
    answer.sets.get(at).map_or(0, |set| set.affected)
}

fn is_savepoint_gone(failure: &Failure) -> bool {
    failure.code() == Some(NO_SUCH_SAVEPOINT)
}

fn ends_transaction(form: Form) -> bool {
    matches!(form, Form::Commit | Form::Rollback | Form::Implicit)
}

/// Whether a change says that the step of a revision is done.
fn finishes(change: &HistoryChange) -> bool {
    change.rows.iter().any(|row| {
        row.row
            .as_ref()
            .is_none_or(|row| row.state == RevisionState::Applied)
    })
}
