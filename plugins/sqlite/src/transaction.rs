//! All or nothing, whether a transaction is open or not.

use crate::error::database;
use dapter_plugin_api::Result;
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Does all of `act` or nothing: in a transaction of its own if none is open, else as a part of the open one.
pub(crate) fn atomically<T>(connection: &Connection, act: impl FnOnce() -> Result<T>) -> Result<T> {
    if connection.is_autocommit() {
        within(connection, TransactionBehavior::Immediate, act)
    } else {
        within_savepoint(connection, act)
    }
}

/// Reads a state of the database that nobody changes in between.
pub(crate) fn consistently<T>(
    connection: &Connection,
    read: impl FnOnce() -> Result<T>,
) -> Result<T> {
    if connection.is_autocommit() {
        within(connection, TransactionBehavior::Deferred, read)
    } else {
        read()
    }
}

fn within<T>(
    connection: &Connection,
    behavior: TransactionBehavior,
    act: impl FnOnce() -> Result<T>,
) -> Result<T> {
    // Dropped without a commit, or after one that failed, it rolls back.
    let transaction = Transaction::new_unchecked(connection, behavior).map_err(database)?;
    let value = act()?;
    transaction.commit().map_err(database)?;
    Ok(value)
}

/// Does all of `act` or nothing within the open transaction.
pub(crate) fn within_savepoint<T>(
    connection: &Connection,
    act: impl FnOnce() -> Result<T>,
) -> Result<T> {
    up_to_end(connection, || {
        let value = act()?;
        control(connection, "RELEASE dapter_step")?;
        Ok(value)
    })
}

/// Does all of `act` or nothing within the open transaction. If `act` succeeds, its last statement has ended the
/// transaction, or a savepoint around this call.
pub(crate) fn up_to_end<T>(connection: &Connection, act: impl FnOnce() -> Result<T>) -> Result<T> {
    control(connection, "SAVEPOINT dapter_step")?;
    act().map_err(|mut error| {
        // Some errors end the transaction, and the savepoint with it.
        if connection.is_autocommit() {
            return error;
        }
        let undone = control(connection, "ROLLBACK TO dapter_step")
            .and_then(|()| control(connection, "RELEASE dapter_step"));
        if let Err(undoing) = undone {
            error.chain.push(undoing.message);
        }
        error
    })
}

/// Runs a statement that begins or ends a transaction or a savepoint.
pub(crate) fn control(connection: &Connection, statement: &str) -> Result<()> {
    connection
        .prepare_cached(statement)
        .and_then(|mut statement| statement.execute([]))
        .map_err(database)?;
    Ok(())
}
