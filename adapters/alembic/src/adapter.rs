//! The adapter.

use crate::address::Address;
use crate::driver::Driver;
use crate::session::AlembicSession;
use dapter_plugin_api::{
    Capability, Comment, ConnectOptions, Description, ErrorKind, Notices, Result, Statement,
    SyncMigrationAdapter,
};

/// The adapter for Alembic projects: `alembic:path/to/alembic.ini`.
///
/// It declares no transactions: `env.py` makes the connection and commits each migration. A migration and its record are one
/// all the same, where the database rolls structure back.
#[derive(Debug, Default)]
pub struct AlembicAdapter;

impl SyncMigrationAdapter for AlembicAdapter {
    type Session = AlembicSession;

    const DESCRIPTION: Description = Description {
        schemes: &["alembic"],
        extension: "alembic",
        comment: Comment::Hash,
        capabilities: &[Capability::ServerFacts],
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
}
