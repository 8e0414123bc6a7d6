//! The few assertions of the suite: each returns what went wrong.

use crate::client::Refused;
use crate::outcome::Ended;
use dapter_plugin_api::{AdapterError, ErrorKind};
use std::fmt::Debug;

/// What a message shows of a value: rows may hold 64 KB of text.
const SHOWN: usize = 600;

/// Something is true.
pub(crate) fn holds(truth: bool, otherwise: &str) -> Result<(), Ended> {
    if truth { Ok(()) } else { Err(otherwise.into()) }
}

/// What was found is what was expected.
pub(crate) fn same<T: PartialEq + Debug>(what: &str, found: &T, expected: &T) -> Result<(), Ended> {
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (format!("{found:?}"), format!("{expected:?}"));
    let common = found
        .chars()
        .zip(expected.chars())
        .take_while(|(a, b)| a == b)
        .count();
    Err(Ended::differs(
        what,
        excerpt(&found, common),
        excerpt(&expected, common),
    ))
}

/// A long text around its first difference.
fn excerpt(text: &str, common: usize) -> String {
    let length = text.chars().count();
    if length <= SHOWN {
        return text.to_owned();
    }
    let from = common.saturating_sub(SHOWN / 4);
    let shown: String = text.chars().skip(from).take(SHOWN).collect();
    format!("…{shown}… ({length} characters, the first {common} as expected)")
}

/// A call failed, and with this kind of error.
pub(crate) fn refused<T: Debug>(
    result: Result<T, Refused>,
    kind: ErrorKind,
) -> Result<AdapterError, Ended> {
    match result {
        Err(refused) if refused.error.kind == kind => Ok(refused.error),
        Err(refused) => Err(Ended::differs(
            "the outcome of a call",
            refused.to_string(),
            format!("an error of kind {kind:?}"),
        )),
        Ok(value) => Err(Ended::differs(
            "the outcome of a call",
            format!("that it returned {}", excerpt(&format!("{value:?}"), 0)),
            format!("an error of kind {kind:?}"),
        )),
    }
}

/// An error is one that an adapter may answer: it has a message, and is no defect.
pub(crate) fn presentable(error: &AdapterError) -> Result<(), Ended> {
    holds(!error.message.trim().is_empty(), "the error has no message")?;
    let defect = matches!(
        error.kind,
        ErrorKind::Panic | ErrorKind::Poisoned | ErrorKind::Protocol
    );
    holds(
        !defect,
        &format!(
            "the adapter is defective: {error} ({:?}, {:?})",
            error.kind, error.location
        ),
    )
}

/// No part of an error contains the secret.
pub(crate) fn silent_about(error: &AdapterError, secret: &str) -> Result<(), Ended> {
    holds(
        !format!("{error:?}").contains(secret),
        "the error gives a secret away",
    )
}
