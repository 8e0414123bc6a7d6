//! The history and the log as lines of text, for an adapter whose database is a file.

use crate::{AdapterError, ErrorKind, History, LogEntry, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

impl History {
    /// The history as one line of text, without a line break in it: JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] if it cannot be written.
    pub fn to_text(&self) -> Result<String> {
        to_text(self)
    }

    /// Reads a line that [`to_text`](Self::to_text) wrote, today or in an earlier version.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] if the text is no history.
    pub fn from_text(text: &str) -> Result<Self> {
        from_text("history", text)
    }
}

impl LogEntry {
    /// The log line as one line of text, without a line break in it: JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] if it cannot be written.
    pub fn to_text(&self) -> Result<String> {
        to_text(self)
    }

    /// Reads a line that [`to_text`](Self::to_text) wrote, today or in an earlier version.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] if the text is no log line.
    pub fn from_text(text: &str) -> Result<Self> {
        from_text("log line", text)
    }
}

fn to_text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| AdapterError::from_source(ErrorKind::Other, &error))
}

fn from_text<T: DeserializeOwned>(what: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        AdapterError::new(ErrorKind::Other, format!("the {what} in the database cannot be read: {error}"))
            .with_hint("a newer version of the adapter may have written it, or something else changed the file")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AppliedRevision, LockRow};

    #[test]
    fn any_text_fits_on_one_line_and_comes_back() {
        let difficult = "two\nlines\r\n\t\"quoted\" \\ 日本 \u{2028} 🦀";
        let history = History {
            ready: true,
            rows: vec![AppliedRevision {
                message: difficult.to_owned(),
                ..AppliedRevision::default()
            }],
            lock: Some(LockRow {
                user: difficult.to_owned(),
                ..LockRow::default()
            }),
            alembic_heads: vec![difficult.to_owned()],
        };
        let text = history.to_text().expect("writes");
        assert!(!text.contains(['\n', '\r']), "{text}");
        assert_eq!(History::from_text(&text), Ok(history));
        let entry = LogEntry {
            note: difficult.to_owned(),
            ..LogEntry::default()
        };
        let text = entry.to_text().expect("writes");
        assert!(!text.contains(['\n', '\r']), "{text}");
        assert_eq!(LogEntry::from_text(&text), Ok(entry));
    }

    #[test]
    fn what_is_no_history_is_an_error() {
        for text in ["", "{", "[]x", "7", r#"{"rows":1}"#] {
            assert_eq!(
                History::from_text(text).expect_err("no history").kind,
                ErrorKind::Other,
                "{text}"
            );
        }
    }

    #[test]
    fn text_of_an_earlier_version_lacks_fields() {
        assert_eq!(History::from_text("{}"), Ok(History::default()));
        assert_eq!(LogEntry::from_text("{}"), Ok(LogEntry::default()));
    }
}
