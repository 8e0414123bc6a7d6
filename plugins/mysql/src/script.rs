//! The transactions that a script begins and ends by itself: records become part of them.

use crate::change;
use crate::connection::Connection;
use crate::error::refused;
use crate::form::Form;
use crate::session::Session;
use dapter_plugin_api::{ErrorKind, Expect, HistoryChange, Result};

impl<C: Connection> Session<C> {
    /// The script's `BEGIN`: the record becomes part of its transaction.
    pub(crate) async fn opening(&mut self, text: &str, change: &HistoryChange) -> Result<u64> {
        let mut batch = vec![text.to_owned()];
        batch.extend(change::guards(&self.database, change));
        batch.extend(change::writes(&self.database, change, "NULL"));
        let answer = self.run(batch).await;
        let done = answer.sets.len();
        match answer.failure {
            None => {
                self.transaction.follow(Form::Begin);
                Ok(0)
            }
            Some(failure) if done == 0 => Err(refused(failure, text)),
            Some(failure) => Err(self.undo(failure, change).await),
        }
    }

    /// The script's `COMMIT`: the record becomes part of what it commits.
    pub(crate) async fn closing(
        &mut self,
        text: &str,
        form: Form,
        change: &HistoryChange,
    ) -> Result<u64> {
        let mut batch = vec!["SAVEPOINT dapter".to_owned()];
        batch.extend(change::guards(&self.database, change));
        batch.extend(change::writes(&self.database, change, "NULL"));
        let at = batch.len();
        batch.push(text.to_owned());
        let answer = self.run(batch).await;
        let done = answer.sets.len();
        match answer.failure {
            None => {
                self.transaction.follow(form);
                Ok(0)
            }
            Some(failure) if done == at => {
                let error = refused(failure, text);
                Err(self
                    .with_undoing(error, vec!["ROLLBACK TO SAVEPOINT dapter".to_owned()])
                    .await)
            }
            Some(failure) => Err(self.undo(failure, change).await),
        }
    }

    /// The script's `ROLLBACK`, also to a savepoint: it takes records back that the change expects.
    pub(crate) async fn rolling_back(
        &mut self,
        text: &str,
        form: Form,
        change: &HistoryChange,
    ) -> Result<u64> {
        self.execute_text(text, form).await?;
        let found = self.rows_of(change).await?;
        let mut change = change.clone();
        for row in &mut change.rows {
            let found = found.iter().find(|found| found.revision == row.revision);
            row.expect = Expect::exactly(found);
        }
        self.swap(&change).await.map(|()| 0).map_err(|mut error| {
            if error.kind == ErrorKind::Busy {
                // Repeating the call alone would find no transaction to roll back.
                error.kind = ErrorKind::Statement;
                error.retryable = false;
            }
            error
        })
    }
}
