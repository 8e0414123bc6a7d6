//! The adapter.

use crate::address::Address;
use crate::error::{unreachable, unreadable};
use crate::history::Keys;
use crate::session::RedisSession;
use crate::words::statements;
use dapter_plugin_api::{
    Capability, Comment, ConnectOptions, Description, ErrorKind, Notices, Result, Statement,
    SyncMigrationAdapter,
};
use redis::{Client, Connection};
use std::time::Duration;

/// How long the server may take to accept a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// The adapter for Redis and Valkey.
///
/// It declares no transactions: `MULTI` has no rollback, and what a command answers is known behind `EXEC` only. It declares no
/// lock: a key with a time to live is neither bound to a connection nor safe from a clock, so the host keeps its lock row, which
/// the script of every change checks. It declares no cancelling: the server runs a command to its end.
#[derive(Debug, Default)]
pub struct RedisAdapter;

impl SyncMigrationAdapter for RedisAdapter {
    type Session = RedisSession;

    const DESCRIPTION: Description = Description {
        schemes: &["redis", "redis+unix"],
        extension: "redis",
        comment: Comment::Hash,
        capabilities: &[Capability::Query, Capability::ServerFacts],
        ..Description::new("redis")
    };

    fn connect(&self, options: &ConnectOptions, _: &Notices) -> Result<RedisSession> {
        let address = Address::read(options)?;
        let server = address.name();
        let connection = Client::open(address.server.clone())
            .and_then(|client| client.get_connection_with_timeout(PATIENCE))
            .map_err(|error| unreachable(&server, &error))?;
        let mut session = RedisSession {
            connection,
            keys: Keys::below(&address.prefix),
        };
        enter(&mut session.connection, &address, &server)?;
        Ok(session)
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        statements(script).map_err(|fault| unreadable(ErrorKind::Script, &fault))
    }
}

/// Tells the server who comes, and to which database.
fn enter(connection: &mut Connection, address: &Address, server: &str) -> Result<()> {
    if let Some(password) = &address.password {
        let mut auth = redis::cmd("AUTH");
        auth.arg(&address.user).arg(password);
        auth.exec(connection).map_err(|error| {
            let mut error = unreachable(server, &error);
            // What a server without passwords answers to one.
            if error.kind == ErrorKind::Statement {
                error.kind = ErrorKind::Authentication;
            }
            error
        })?;
    }
    let select = redis::cmd("SELECT").arg(address.database).exec(connection);
    select.map_err(|error| {
        let mut error = unreachable(server, &error);
        if error.kind == ErrorKind::Statement {
            error.kind = ErrorKind::DatabaseMissing;
            error.message = format!("there is no database {}", address.database);
            error.hint =
                Some("the server's setting `databases` says how many there are".to_owned());
        }
        error
    })
}
