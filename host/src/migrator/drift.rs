//! What was changed by hand: what differs between a database and what its applied scripts build.

use dapter_plugin_api::Operation;

use super::autogenerating::AutogenerateOptions;
use super::core::Core;
use super::planning;
use crate::autogenerate::{AutogenerateError, Generated};
use crate::check::{CheckCode, CheckFinding};
use crate::diff::{diff, summary};
use crate::error::MigrationError;

type Result<T> = std::result::Result<T, MigrationError>;

impl Core {
    /// What was done by hand, as what leads from what the scripts build to the database.
    pub(super) async fn drift(&self) -> Result<Vec<Operation>> {
        let expected = self.schema_of_applied().await?;
        let found = self.inspect().await?;
        let operations = diff(&expected, &found, &[]);
        Ok(operations.map_err(AutogenerateError::from)?)
    }

    /// The same as findings.
    pub(super) async fn check_drift(&self) -> Result<Vec<CheckFinding>> {
        let operations = self.drift().await?;
        let findings = operations.iter().map(|operation| {
            let message = format!("the database was changed by hand: {}", summary(operation));
            CheckFinding::new(CheckCode::Drift, message).hint(
                "`dapter create MESSAGE --drift` takes it into a script, `dapter diff database scripts --sql` puts it back",
            )
        });
        Ok(findings.collect())
    }

    /// What a script has to do that comes behind the others and is to build what was done by hand; tried both ways.
    pub(super) async fn autogenerate_drift(
        &self,
        options: &AutogenerateOptions,
    ) -> Result<Generated> {
        let (scripts, mut session, known) = self.open().await?;
        self.nothing_is_pending(&scripts, &known)?;
        let found = session.inspect().await;
        let found = found.map_err(|error| self.database("inspect", error))?;
        drop(session);
        let applied = planning::checked(&known.history, &scripts)?;
        let expected = self.schema_of(&applied, &scripts).await?;
        self.between(expected, found, options).await
    }
}
