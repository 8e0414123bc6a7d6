//! The pure part: where statements end, and which of them concern transactions.

use dapter_plugin_api::sql::{self, Rules};
use dapter_plugin_api::{AdapterError, ErrorKind, Result, Statement};

/// Splits a script into statements.
pub(crate) fn split(script: &str) -> Result<Vec<Statement>> {
    let spans = sql::split(script, &Rules::SQLITE).map_err(|error| {
        AdapterError::new(ErrorKind::Script, error.kind.to_string())
            .at(error.offset as u64)
            .with_hint(error.kind.hint())
    })?;
    let statements = spans.into_iter().map(|span| Statement {
        start: span.start,
        end: span.end,
        line: span.line,
        column: span.column,
        alone: false,
    });
    Ok(statements.collect())
}

/// What a statement means for transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `BEGIN`.
    Begin,
    /// `COMMIT` or `END`.
    Commit,
    /// `ROLLBACK` of the whole transaction.
    Rollback,
    /// `SAVEPOINT`, which outside a transaction begins one.
    Savepoint,
    /// `RELEASE`, which ends a transaction that a `SAVEPOINT` began.
    Release,
    /// `ROLLBACK TO` a savepoint.
    RollbackTo,
    /// Changes the connection, or the file in a way that no transaction takes: `PRAGMA`, `ATTACH`, `DETACH`.
    Setting,
    /// `VACUUM`.
    Vacuum,
    /// A statement that reports the rows it changed: `INSERT`, `REPLACE`, `UPDATE`, `DELETE`, also behind `WITH`.
    Change,
    /// Any other.
    Other,
}

impl Form {
    /// The form of a statement.
    pub(crate) fn of(statement: &str) -> Form {
        let mut words = sql::keywords(statement, &Rules::SQLITE).map(str::to_ascii_uppercase);
        match words.next().as_deref() {
            Some("BEGIN") => Form::Begin,
            Some("COMMIT" | "END") => Form::Commit,
            Some("ROLLBACK") if words.take(2).any(|word| word == "TO") => Form::RollbackTo,
            Some("ROLLBACK") => Form::Rollback,
            Some("SAVEPOINT") => Form::Savepoint,
            Some("RELEASE") => Form::Release,
            Some("PRAGMA" | "ATTACH" | "DETACH") => Form::Setting,
            Some("VACUUM") => Form::Vacuum,
            Some("INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "WITH") => Form::Change,
            _ => Form::Other,
        }
    }

    /// Whether it begins or ends a transaction, which only its owner may do.
    pub(crate) fn is_transaction_control(self) -> bool {
        matches!(self, Form::Begin | Form::Commit | Form::Rollback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_has_its_form() {
        let table = [
            ("begin", Form::Begin),
            ("/* x */ BEGIN EXCLUSIVE", Form::Begin),
            ("Commit transaction", Form::Commit),
            ("END", Form::Commit),
            ("ROLLBACK", Form::Rollback),
            ("ROLLBACK TRANSACTION", Form::Rollback),
            ("ROLLBACK TO a", Form::RollbackTo),
            ("ROLLBACK TRANSACTION TO SAVEPOINT a", Form::RollbackTo),
            ("-- x\nSAVEPOINT a", Form::Savepoint),
            ("RELEASE a", Form::Release),
            ("PRAGMA foreign_keys = on", Form::Setting),
            ("ATTACH 'x' AS y", Form::Setting),
            ("DETACH y", Form::Setting),
            ("VACUUM", Form::Vacuum),
            ("INSERT INTO a VALUES (1)", Form::Change),
            ("WITH x AS (SELECT 1) DELETE FROM a", Form::Change),
            ("EXPLAIN DELETE FROM a", Form::Other),
            (
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
                Form::Other,
            ),
            ("\"begin\"", Form::Other),
            ("", Form::Other),
        ];
        for (statement, form) in table {
            assert_eq!(Form::of(statement), form, "{statement}");
        }
    }

    #[test]
    fn a_script_is_split_by_the_rules_of_sqlite() {
        let script = "CREATE TABLE a (x);\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT ';'; END;\n-- end\n";
        let found = split(script).expect("splits");
        let lines: Vec<u32> = found.iter().map(|statement| statement.line).collect();
        assert_eq!(lines, [1, 2]);
        let error = split("SELECT 1; SELECT 'x").expect_err("the string is open");
        assert_eq!((error.kind, error.position), (ErrorKind::Script, Some(17)));
        assert!(error.hint.is_some());
    }
}
