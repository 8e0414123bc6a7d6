//! The language: `upgrade REVISION`, `downgrade REVISION`, and `sql` with a statement of the database's own.

use crate::driver::Request;
use dapter_plugin_api::{AdapterError, ErrorKind, Result};

/// A statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Statement<'a> {
    /// Alembic runs a revision.
    Upgrade(&'a str),
    /// Alembic undoes a revision.
    Downgrade(&'a str),
    /// What no revision of Alembic's does: for hooks, say.
    Sql(&'a str),
}

impl<'a> Statement<'a> {
    /// Reads a statement, or its beginning.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] if it is none.
    pub(crate) fn read(text: &'a str) -> Result<Self> {
        let text = text.trim();
        let (verb, rest) = text
            .split_once(|c: char| c.is_ascii_whitespace())
            .unwrap_or((text, ""));
        let rest = rest.trim_start();
        let is_word = !rest.is_empty() && !rest.contains(|c: char| c.is_ascii_whitespace());
        match verb {
            "upgrade" if is_word => Ok(Statement::Upgrade(rest)),
            "downgrade" if is_word => Ok(Statement::Downgrade(rest)),
            "sql" if !rest.is_empty() => Ok(Statement::Sql(rest)),
            _ => Err(AdapterError::new(
                ErrorKind::Statement,
                "this is none of `upgrade REVISION`, `downgrade REVISION` and `sql STATEMENT`",
            )
            .at(0)
            .with_hint("write the migration in Alembic's own script; `dapter create` makes both")),
        }
    }

    /// What is asked of the driver.
    pub(crate) fn request(self, record: bool) -> Request<'a> {
        match self {
            Statement::Upgrade(revision) => Request::Run {
                verb: "upgrade",
                revision,
                record,
            },
            Statement::Downgrade(revision) => Request::Run {
                verb: "downgrade",
                revision,
                record,
            },
            Statement::Sql(text) => Request::Sql { text, record },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_read_or_refused() {
        let read = |text| Statement::read(text).ok();
        assert_eq!(read("upgrade  a1"), Some(Statement::Upgrade("a1")));
        assert_eq!(read(" downgrade a1 "), Some(Statement::Downgrade("a1")));
        assert_eq!(
            read("sql DELETE FROM a"),
            Some(Statement::Sql("DELETE FROM a"))
        );
        for nonsense in [
            "",
            "upgrade",
            "upgrade a b",
            "sql",
            "UPGRADE a",
            "CREATE TABLE a",
        ] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
