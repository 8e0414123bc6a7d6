//! The adapter.

use crate::address::Address;
use crate::driver::{Driver, Request};
use crate::session::AlembicSession;
use crate::wrapper::Revision;
use dapter_plugin_api::{
    Capability, Comment, ConnectOptions, Description, ErrorKind, NewRevision, Notices, Result,
    Statement, SyncMigrationAdapter, ToolScript,
};
use serde::Deserialize;

/// The adapter for Alembic projects: `alembic:path/to/alembic.ini`.
///
/// It declares no transactions: `env.py` makes the connection and commits each migration. A migration and its record are one
/// all the same, where the database rolls structure back.
#[derive(Debug, Default)]
pub struct AlembicAdapter;

#[derive(Deserialize)]
struct Listed {
    revisions: Vec<Revision>,
}

#[derive(Deserialize)]
struct Created {
    revision: Option<Revision>,
}

impl SyncMigrationAdapter for AlembicAdapter {
    type Session = AlembicSession;

    const DESCRIPTION: Description = Description {
        schemes: &["alembic"],
        extension: "alembic",
        comment: Comment::Hash,
        capabilities: &[Capability::ServerFacts, Capability::Scripts],
        ..Description::new("alembic")
    };

    fn connect(&self, options: &ConnectOptions, _: &Notices) -> Result<AlembicSession> {
        let driver = Driver::start(&Address::read(options)?)?;
        AlembicSession::new(driver).map_err(|mut error| {
            if matches!(error.kind, ErrorKind::Statement | ErrorKind::ConnectionLost) {
                error.kind = ErrorKind::Connect;
            }
            error
        })
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(Statement::lines(script, &["#"]))
    }

    fn list_scripts(&self, options: &ConnectOptions) -> Result<Vec<ToolScript>> {
        let mut driver = Driver::start(&Address::read(options)?)?;
        let listed: Listed = driver.ask(&Request::ListRevisions)?;
        Ok(listed.revisions.iter().map(Revision::script).collect())
    }

    fn create_script(
        &self,
        options: &ConnectOptions,
        revision: &NewRevision,
    ) -> Result<Option<ToolScript>> {
        let mut driver = Driver::start(&Address::read(options)?)?;
        let created: Created = driver.ask(&Request::Create { revision })?;
        Ok(created.revision.as_ref().map(Revision::script))
    }
}
