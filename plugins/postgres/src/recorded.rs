//! Running a statement so that it and its record take effect together.
//!
//! | the statement | what runs | killed on the way |
//! |---|---|---|
//! | any, with no transaction open | `BEGIN`, statement; record, `COMMIT` | neither took effect |
//! | one that runs by itself | announcement; statement; record | the history tells which, see `fingerprint.rs` |
//! | the script's `BEGIN` | statement, record | neither took effect |
//! | any in the script's transaction | check; statement; record | as before the `BEGIN` |
//! | the script's `COMMIT` | record; statement | as before the `BEGIN` |
//! | the script's `ROLLBACK` | check; statement; record | as before the `BEGIN`, which runs again |
//!
//! A rollback takes the records with it that the expectations are about, so those are checked before it.

use crate::alone::{self, Alone};
use crate::dialect::Form;
use crate::fingerprint::{self, Effect};
use crate::history;
use crate::link::Link;
use crate::session::PostgresSession;
use crate::swap::Rows;
use crate::transaction::{State, wants_no_transaction};
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ErrorKind, Expect, HistoryChange, InFlight, Record, Result,
    RevisionState, RowChange, Severity,
};

impl<L: Link> PostgresSession<L> {
    /// Runs a statement and makes the change that records it.
    pub(crate) async fn run_recorded(&mut self, text: &str, record: &Record) -> Result<u64> {
        let form = Form::of(text);
        match self.state {
            State::Idle => match (form, alone::of(text)) {
                (Form::Begin, _) => self.opening(text, &record.change).await,
                (form, _) if form.ends_transaction() => self.run(text, form).await,
                (_, Some(statement)) => self.announced(text, &statement, record).await,
                (_, None) => self.together(text, form, record).await,
            },
            State::Script if form.commits() => self.closing(text, form, &record.change).await,
            State::Script if form.ends_transaction() => {
                self.rolling_back(text, form, &record.change).await
            }
            State::Script if finishes(&record.change) => Err(unfinished()),
            _ => self.within(text, form, &record.change).await,
        }
    }

    /// In a transaction of its own.
    async fn together(&mut self, text: &str, form: Form, record: &Record) -> Result<u64> {
        self.note_begin()?;
        let result = async {
            let rows = self.run(text, form).await?;
            self.swap(&record.change).await?;
            self.commit_now().await.map(|()| rows)
        }
        .await;
        match result {
            Ok(rows) => Ok(rows),
            Err(error) => {
                let error = self.rolled_back(error).await;
                if wants_no_transaction(&error) && error.kind == ErrorKind::Statement {
                    // A procedure that commits by itself, say: refused before anything happened.
                    return self.announced(text, &Alone::Opaque, record).await;
                }
                Err(error)
            }
        }
    }

    /// By itself, after an announcement.
    async fn announced(&mut self, text: &str, statement: &Alone, record: &Record) -> Result<u64> {
        let Some(intent) = &record.intent else {
            self.swap(&record.change.lock_check()).await?;
            let rows = self.run_alone(text).await?;
            let recorded = self.swap(&record.change).await;
            return recorded.map(|()| rows).map_err(AdapterError::after_effect);
        };
        let before = self.rows_of(intent).await?;
        let fingerprint = match self.earlier(intent, &before).await? {
            Some(fingerprint) => {
                if self.is_done_already(&fingerprint).await? {
                    return self.swap(&record.change).await.map(|()| 0);
                }
                fingerprint
            }
            None => {
                let fingerprint = fingerprint::take(self, statement).await?;
                if self.is_completed(&fingerprint).await? {
                    return self.swap(&record.change).await.map(|()| 0);
                }
                fingerprint
            }
        };
        self.swap_as(intent, Rows::Checked, Some(&fingerprint))
            .await?;
        match self.run_alone(text).await {
            Ok(rows) => {
                let recorded = self.swap(&record.after_intent()).await;
                recorded.map(|()| rows).map_err(AdapterError::after_effect)
            }
            // Whether it took effect is found out by who reads the history next.
            Err(error) if error.kind == ErrorKind::ConnectionLost => Err(error),
            Err(error) => {
                let undo = taken_back(intent, &before);
                Err(self.withdrawn(error, &undo, &fingerprint).await)
            }
        }
    }

    /// The rows as they are that an announcement is about to change.
    async fn rows_of(&mut self, intent: &HistoryChange) -> Result<Vec<AppliedRevision>> {
        let mut rows = Vec::new();
        for row in &intent.rows {
            rows.extend(history::row_of(self, &row.revision).await?);
        }
        Ok(rows)
    }

    /// The fingerprint of an earlier announcement of the same statement, which did not come to its end.
    async fn earlier(
        &mut self,
        intent: &HistoryChange,
        before: &[AppliedRevision],
    ) -> Result<Option<String>> {
        let same = |now: &InFlight, then: &InFlight| {
            now.statement == then.statement && now.done_checksum == then.done_checksum
        };
        for row in intent.rows.iter().filter_map(|row| row.row.as_ref()) {
            let then = before.iter().find(|then| then.revision == row.revision);
            let then = then.and_then(|then| then.in_flight.as_ref());
            if let (Some(now), Some(then)) = (&row.in_flight, then)
                && same(now, then)
            {
                let fingerprint = fingerprint::stored(self, &row.revision).await?;
                return Ok((!fingerprint.is_empty()).then_some(fingerprint));
            }
        }
        Ok(None)
    }

    /// Whether an earlier run of an announced statement took effect; what it left half-made is taken away.
    async fn is_done_already(&mut self, fingerprint: &str) -> Result<bool> {
        match fingerprint::effect(self, fingerprint).await? {
            Effect::Done => Ok(true),
            Effect::Remainder(index) => {
                self.check_not_building(&index).await?;
                self.drop_remainder(&index).await.map(|()| false)
            }
            Effect::Pending(_) => self.is_completed(fingerprint).await,
            Effect::None | Effect::Unknown => Ok(false),
        }
    }

    /// Whether a statement was half done, by whomever, and is completed now.
    async fn is_completed(&mut self, fingerprint: &str) -> Result<bool> {
        let Effect::Pending(rest) = fingerprint::effect(self, fingerprint).await? else {
            return Ok(false);
        };
        self.run_alone(&rest)
            .await
            .map_err(crate::error::unlocated)?;
        self.notices.push(
            Severity::Info,
            format!("it was half done, and was completed by: {rest}"),
        );
        Ok(true)
    }

    /// Refuses to touch an index that a server process is still at work on, whose client has gone.
    async fn check_not_building(&mut self, index: &str) -> Result<()> {
        let query = format!(
            "SELECT pid FROM pg_catalog.pg_stat_progress_create_index \
             WHERE index_relid = pg_catalog.to_regclass({})",
            crate::literal::text(index)?
        );
        let answer = self.ask(&query).await?;
        match answer.value(0) {
            None => Ok(()),
            Some(pid) => Err(AdapterError::new(
                ErrorKind::Busy,
                format!("server process {pid} is still building the index {index}"),
            )
            .with_hint("wait for it, or stop it with `SELECT pg_terminate_backend(…)`")),
        }
    }

    async fn drop_remainder(&mut self, index: &str) -> Result<()> {
        self.run_alone(&format!("DROP INDEX CONCURRENTLY IF EXISTS {index}"))
            .await
            .map_err(crate::error::unlocated)?;
        self.notices.push(
            Severity::Info,
            format!("dropped the index {index}, which was left unfinished and not valid"),
        );
        Ok(())
    }

    /// The announcement taken back, after the statement failed; and with it what the statement left behind.
    async fn withdrawn(
        &mut self,
        mut error: AdapterError,
        undo: &HistoryChange,
        fingerprint: &str,
    ) -> AdapterError {
        let cleaned = async {
            if let Effect::Remainder(index) = fingerprint::effect(self, fingerprint).await? {
                self.drop_remainder(&index).await?;
            }
            self.swap(undo).await
        }
        .await;
        if let Err(second) = cleaned {
            error.chain.push(format!(
                "and it could not be cleaned up: {}",
                second.message
            ));
        }
        error
    }

    /// The script's `BEGIN`.
    async fn opening(&mut self, text: &str, change: &HistoryChange) -> Result<u64> {
        if finishes(change) {
            return Err(unfinished());
        }
        self.run(text, Form::Begin).await?;
        match self.swap(change).await {
            Ok(()) => Ok(0),
            Err(error) => Err(self.rolled_back(error).await),
        }
    }

    /// The script's `COMMIT`.
    async fn closing(&mut self, text: &str, form: Form, change: &HistoryChange) -> Result<u64> {
        if form.chains() && finishes(change) {
            return Err(unfinished());
        }
        if let Err(error) = self.swap(change).await {
            self.note_failure();
            return Err(error);
        }
        let rows = self.run(text, form).await.map_err(after_commit)?;
        Ok(rows)
    }

    /// The script's `ROLLBACK`.
    async fn rolling_back(
        &mut self,
        text: &str,
        form: Form,
        change: &HistoryChange,
    ) -> Result<u64> {
        self.swap_as(change, Rows::Compared, None).await?;
        self.run(text, form).await?;
        // The earlier records of the transaction are gone, so only the lock can be checked again.
        let recorded = self.swap_as(change, Rows::Unchecked, None).await;
        recorded.map(|()| 0).map_err(|mut error| {
            if error.kind == ErrorKind::Busy {
                // Repeating the call alone would find no transaction to roll back.
                error.kind = ErrorKind::Statement;
                error.retryable = false;
                error.hint = Some(
                    "run the same command again: it goes on before the script's `BEGIN`".to_owned(),
                );
            }
            error
        })
    }

    /// Within a transaction that goes on.
    async fn within(&mut self, text: &str, form: Form, change: &HistoryChange) -> Result<u64> {
        self.swap_as(change, Rows::Compared, None).await?;
        let rows = self.run(text, form).await?;
        self.swap_as(change, Rows::Unchecked, None).await?;
        Ok(rows)
    }
}

/// The change that puts the rows back that an announcement has changed.
fn taken_back(intent: &HistoryChange, before: &[AppliedRevision]) -> HistoryChange {
    let rows = intent.rows.iter().map(|announced| RowChange {
        revision: announced.revision.clone(),
        expect: Expect::exactly(announced.row.as_ref()),
        row: before
            .iter()
            .find(|row| row.revision == announced.revision)
            .cloned(),
    });
    HistoryChange {
        rows: rows.collect(),
        ..intent.lock_check()
    }
}

/// A `COMMIT` that failed has rolled back, so it cannot be repeated.
fn after_commit(mut error: AdapterError) -> AdapterError {
    if error.kind == ErrorKind::Busy {
        error.kind = ErrorKind::Statement;
    }
    error.retryable = false;
    error
}

/// Whether a change says that the step of a revision is done.
fn finishes(change: &HistoryChange) -> bool {
    change.rows.iter().any(|row| {
        row.row
            .as_ref()
            .is_none_or(|row| row.state == RevisionState::Applied)
    })
}

/// The history is not written into a transaction that the script began: nobody would commit it.
pub(crate) fn unfinished() -> AdapterError {
    AdapterError::new(
        ErrorKind::Statement,
        "the script's own transaction is still open",
    )
    .with_hint("end the script with `COMMIT`")
}
