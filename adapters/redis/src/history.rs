//! The form of the history in the database.
//!
//! `PREFIX:history` is a hash: `format`, the number of this form; `lock`, the lock row; `revision:ID`, a row. `PREFIX:log` is a
//! list, oldest line first. Rows and lines are JSON.

use crate::command::is_repeatable;
use dapter_plugin_api::{AdapterError, AppliedRevision, ErrorKind, History, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// The field of the number of the form.
pub(crate) const FORMAT: &str = "format";

/// This form.
pub(crate) const THIS_FORMAT: &str = "1";

/// The field of the lock row.
pub(crate) const LOCK: &str = "lock";

const REVISION: &str = "revision:";

/// The names of the two keys.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub(crate) history: String,
    pub(crate) log: String,
}

impl Keys {
    pub(crate) fn below(prefix: &str) -> Keys {
        Keys {
            history: format!("{prefix}:history"),
            log: format!("{prefix}:log"),
        }
    }
}

/// The field of a row.
pub(crate) fn field(revision: &str) -> String {
    format!("{REVISION}{revision}")
}

/// The history of the fields of its hash.
pub(crate) fn history(fields: &HashMap<String, String>) -> Result<History> {
    let format = fields.get(FORMAT);
    if let Some(other) = format.filter(|format| *format != THIS_FORMAT) {
        return Err(AdapterError::new(
            ErrorKind::Other,
            format!("the history has the form `{other}`, and this adapter knows {THIS_FORMAT}"),
        )
        .with_hint("a newer version of the adapter wrote it: use that version"));
    }
    let mut rows = fields
        .iter()
        .filter(|(field, _)| field.starts_with(REVISION))
        .map(|(_, text)| row(text))
        .collect::<Result<Vec<_>>>()?;
    rows.sort_by_key(|row| row.position);
    Ok(History {
        ready: format.is_some(),
        rows,
        lock: fields.get(LOCK).map(|text| read(text)).transpose()?,
        alembic_heads: Vec::new(),
    })
}

/// Reads a row. What was announced and may run twice counts as not done.
pub(crate) fn row(text: &str) -> Result<AppliedRevision> {
    let mut row: AppliedRevision = read(text)?;
    if let Some(flight) = &mut row.in_flight {
        flight.took_effect = is_repeatable(&flight.statement).then_some(false);
    }
    Ok(row)
}

/// A row as it is written.
pub(crate) fn row_text(row: &AppliedRevision) -> Result<String> {
    let mut row = row.clone();
    if let Some(flight) = &mut row.in_flight {
        flight.took_effect = None;
    }
    text(&row)
}

pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        AdapterError::new(
            ErrorKind::Other,
            format!("the history in the database cannot be read: {error}"),
        )
        .with_hint("somebody else wrote into its key")
    })
}

pub(crate) fn text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| AdapterError::from_source(ErrorKind::Other, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_form_is_refused() {
        let fields = HashMap::from([(FORMAT.to_owned(), "2".to_owned())]);
        assert_eq!(history(&fields).expect_err("newer").kind, ErrorKind::Other);
        assert_eq!(history(&HashMap::new()), Ok(History::default()));
    }

    #[test]
    fn whether_it_took_effect_is_never_stored() {
        let mut row = AppliedRevision {
            in_flight: Some(dapter_plugin_api::InFlight {
                statement: "BGSAVE".to_owned(),
                took_effect: Some(true),
                ..Default::default()
            }),
            ..AppliedRevision::default()
        };
        let read = super::row(&row_text(&row).expect("writes")).expect("reads");
        assert_eq!(
            read.in_flight.and_then(|flight| flight.took_effect),
            Some(false)
        );
        if let Some(flight) = &mut row.in_flight {
            flight.statement = "FCALL move 0".to_owned();
        }
        let read = super::row(&row_text(&row).expect("writes")).expect("reads");
        assert_eq!(read.in_flight.and_then(|flight| flight.took_effect), None);
    }
}
