//! Messages of the server that are no errors.

use dapter_plugin_api::{Notices, Severity};
use tokio_postgres::error::{DbError, Severity as Level};

/// `ROLLBACK` without a transaction: this adapter sends one where it does not know whether there is one.
const NO_TRANSACTION: &str = "25P01";

/// Hands a message of the server on.
pub(crate) fn hand_on(notices: &Notices, message: &DbError) {
    if message.code().code() == NO_TRANSACTION {
        return;
    }
    let severity = match message.parsed_severity() {
        Some(Level::Warning) => Severity::Warning,
        Some(Level::Debug | Level::Log) => Severity::Debug,
        _ => Severity::Info,
    };
    let text = match (message.detail(), message.hint()) {
        (None, None) => message.message().to_owned(),
        (detail, hint) => [Some(message.message()), detail, hint]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("; "),
    };
    notices.push(severity, text);
}
