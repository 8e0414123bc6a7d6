//! What a statement is for the adapter.
//!
//! Sources: "Transaction Control" and the chapter on isql in the manuals of Firebird 3.0.

use crate::split::RULES;
use dapter_plugin_api::sql::keywords;
use dapter_plugin_api::{AdapterError, ErrorKind};

/// The form of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `COMMIT`, which scripts for isql have behind what they define.
    Commit,
    /// It begins or ends a transaction, which is the adapter's.
    Transaction,
    /// A command of isql, which no server knows.
    Client,
    /// It makes or removes the database itself.
    Database,
    /// It defines structure.
    Structure,
    /// Any other.
    Plain,
}

/// Commands of isql that are one word, with what stands behind it.
const CLIENT: &[&str] = &[
    "BLOBDUMP",
    "BLOBVIEW",
    "CONNECT",
    "COPY",
    "DISCONNECT",
    "EDIT",
    "EXIT",
    "HELP",
    "IN",
    "INPUT",
    "OUT",
    "OUTPUT",
    "QUIT",
    "SHELL",
    "SHOW",
];

/// What isql alone sets. The server sets other things: `SET GENERATOR`, `SET STATISTICS`, `SET ROLE`.
const CLIENT_SET: &[&str] = &[
    "AUTO",
    "AUTODDL",
    "BAIL",
    "BLOB",
    "BLOBDISPLAY",
    "COUNT",
    "ECHO",
    "EXPLAIN",
    "HEADING",
    "LIST",
    "MAXROWS",
    "NAMES",
    "PLAN",
    "PLANONLY",
    "ROWCOUNT",
    "SQL",
    "SQLDA_DISPLAY",
    "STATS",
    "TERM",
    "WARNINGS",
    "WIDTH",
    "WNG",
];

impl Form {
    /// The form of a statement.
    pub(crate) fn of(statement: &str) -> Form {
        let words: Vec<String> = keywords(statement, &RULES)
            .take(3)
            .map(str::to_ascii_uppercase)
            .collect();
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        match (word(0), word(1)) {
            ("COMMIT", _) => Form::Commit,
            ("ROLLBACK" | "SAVEPOINT", _) | ("SET", "TRANSACTION") => Form::Transaction,
            ("RELEASE", "SAVEPOINT") => Form::Transaction,
            ("SET", "TIME") if word(2) != "ZONE" => Form::Client,
            ("SET", what) if CLIENT_SET.contains(&what) => Form::Client,
            (command, _) if CLIENT.contains(&command) => Form::Client,
            ("CREATE" | "DROP", "DATABASE" | "SCHEMA") => Form::Database,
            ("CREATE" | "RECREATE" | "ALTER" | "DROP" | "COMMENT" | "DECLARE", _) => {
                Form::Structure
            }
            _ => Form::Plain,
        }
    }

    /// Why such a statement is not run, if it is not, and what to do instead.
    pub(crate) fn refusal(self, statement: &str) -> Option<(String, &'static str)> {
        let words: Vec<&str> = keywords(statement, &RULES).take(2).collect();
        let name = match (self, &words[..]) {
            (Form::Transaction | Form::Client | Form::Database, [first, second]) => {
                format!("`{first} {second}`")
            }
            (Form::Transaction | Form::Client | Form::Database, _) => {
                format!("`{}`", words.join(" "))
            }
            _ => return None,
        };
        Some(match self {
            Form::Transaction => (
                format!("{name} would begin or end a transaction, which is dapter's"),
                "every statement commits with its record; what belongs together goes into one EXECUTE BLOCK",
            ),
            Form::Client => (
                format!("{name} is a command of isql, and no statement"),
                "delete it: dapter sends the server the statements alone",
            ),
            _ => (
                format!("{name} is about a database as a whole"),
                "the URL names the database; `--create-database` makes it",
            ),
        })
    }

    /// Why it is not run, as the error of a statement.
    pub(crate) fn refused(self, statement: &str) -> Result<(), AdapterError> {
        match self.refusal(statement) {
            None => Ok(()),
            Some((why, hint)) => Err(AdapterError::new(ErrorKind::Statement, why)
                .at(0)
                .with_hint(hint)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_has_its_form() {
        let table = [
            ("COMMIT", Form::Commit),
            ("/* x */ commit work", Form::Commit),
            ("ROLLBACK", Form::Transaction),
            ("set transaction read only", Form::Transaction),
            ("RELEASE SAVEPOINT a", Form::Transaction),
            ("SET AUTODDL OFF", Form::Client),
            ("SET SQL DIALECT 3", Form::Client),
            ("SET TIME ON", Form::Client),
            ("SHOW TABLES", Form::Client),
            ("INPUT 'more.sql'", Form::Client),
            ("SET TIME ZONE 'UTC'", Form::Plain),
            ("SET GENERATOR g TO 1", Form::Plain),
            ("SET STATISTICS INDEX i", Form::Plain),
            ("CREATE DATABASE 'x.fdb'", Form::Database),
            ("DROP DATABASE", Form::Database),
            (
                "ALTER DATABASE SET DEFAULT CHARACTER SET UTF8",
                Form::Structure,
            ),
            ("RECREATE TABLE t (a INT)", Form::Structure),
            ("COMMENT ON TABLE t IS 'x'", Form::Structure),
            ("GRANT SELECT ON t TO u", Form::Plain),
            ("INSERT INTO t VALUES (1)", Form::Plain),
            ("\"COMMIT\"", Form::Plain),
            ("", Form::Plain),
        ];
        for (statement, form) in table {
            assert_eq!(Form::of(statement), form, "{statement}");
            let refused = form.refused(statement).is_err();
            let expected = matches!(form, Form::Transaction | Form::Client | Form::Database);
            assert_eq!(refused, expected, "{statement}");
        }
    }
}
