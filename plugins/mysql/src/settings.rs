//! What an interrupted run had set for its session, set again for the one that goes on.

use crate::connection::Connection;
use crate::dialect;
use crate::error::refused;
use crate::form::Form;
use crate::literal::text;
use crate::rows;
use crate::session::Session;
use crate::tables::{REVISION, qualified};
use dapter_plugin_api::{Expect, Result, RevisionState, RowChange, Severity};

impl<C: Connection> Session<C> {
    /// Repeats the settings that another session made for the step that this one goes on with.
    pub(crate) async fn restore_settings(&mut self, row: &RowChange, goes_on: bool) -> Result<()> {
        if self.settings_of.as_deref() == Some(&row.revision) {
            return Ok(());
        }
        if goes_on {
            self.repeat_settings(&row.revision).await?;
        }
        // From here on the step is this session's own, and its settings are in force.
        self.settings_of = Some(row.revision.clone());
        Ok(())
    }

    async fn repeat_settings(&mut self, revision: &str) -> Result<()> {
        let query = format!(
            "SELECT CAST(settings AS BINARY) FROM {} WHERE revision = {}",
            qualified(&self.database, REVISION.name),
            text(revision)
        );
        let settings = rows::texts(self.one(query).await?)?
            .pop()
            .unwrap_or_default();
        for statement in dialect::split(&settings, self.modes.mode())? {
            let text = statement.text(&settings).unwrap_or_default();
            let failure = self.send(vec![text.to_owned()]).await.failure;
            if let Some(failure) = failure {
                let mut error = refused(failure, text);
                error.position = None;
                error.message = format!(
                    "the setting of the interrupted run, {text}, failed: {}",
                    error.message
                );
                return Err(error);
            }
            self.follow(text, Form::Setting);
            // A value that was computed may come out differently now.
            let severity = match text.contains('(') {
                true => Severity::Warning,
                false => Severity::Info,
            };
            self.notices
                .push(severity, format!("repeated for this connection: {text}"));
        }
        Ok(())
    }
}

/// Whether a row goes on with a step in the direction in which it began. One that begins has no settings yet, and one
/// that turns back needs none of those made on the way there.
pub(crate) fn goes_on(change: &RowChange) -> bool {
    let Expect::Present { state, .. } = change.expect else {
        return false;
    };
    match change.row.as_ref().map(|row| row.state) {
        Some(RevisionState::Applied) => state == RevisionState::Upgrading,
        Some(unfinished) => state == unfinished,
        None => state == RevisionState::Downgrading,
    }
}
