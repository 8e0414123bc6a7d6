//! The pure part: where statements end, and what they mean for transactions.

use crate::alone;
use crate::tokens::Tokens;
use dapter_plugin_api::sql::{self, Rules};
use dapter_plugin_api::{AdapterError, ErrorKind, Result, Statement};

/// Splits a script into statements.
pub(crate) fn split(script: &str) -> Result<Vec<Statement>> {
    let spans = sql::split(script, &Rules::POSTGRESQL).map_err(|error| refusal(&error))?;
    let statements = spans.into_iter().map(|span| Statement {
        start: span.start,
        end: span.end,
        line: span.line,
        column: span.column,
        alone: span.copy_data.is_none() && alone::of(span.text(script)).is_some(),
    });
    Ok(statements.collect())
}

fn refusal(error: &sql::SplitError) -> AdapterError {
    AdapterError::new(ErrorKind::Script, error.kind.to_string())
        .at(error.offset as u64)
        .with_hint(error.kind.hint())
}

/// A `COPY … FROM STDIN`: what the server is to run, and the lines of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Copy<'t> {
    pub(crate) command: &'t str,
    pub(crate) data: &'t str,
}

/// The parts of a statement that reads data from the script.
pub(crate) fn copy(statement: &str) -> Result<Option<Copy<'_>>> {
    let spans = sql::split(statement, &Rules::POSTGRESQL).map_err(|error| refusal(&error))?;
    let [span] = &spans[..] else {
        return Ok(None);
    };
    Ok(span.copy_data.map(|data| Copy {
        command: span.command(statement),
        data: data.text(statement),
    }))
}

/// What a statement means for transactions, and how it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `BEGIN` or `START TRANSACTION`.
    Begin,
    /// `COMMIT` or `END`.
    Commit,
    /// `ROLLBACK` or `ABORT` of the whole transaction.
    Rollback,
    /// `COMMIT AND CHAIN`, after which another transaction is open.
    CommitAndChain,
    /// `ROLLBACK AND CHAIN`.
    RollbackAndChain,
    /// `PREPARE TRANSACTION`, after which none is open.
    Prepare,
    /// `SAVEPOINT`, `RELEASE` and `ROLLBACK TO`.
    Savepoint,
    /// `COPY`, which may bring data.
    Copy,
    /// A query: the rows that it returns were not changed.
    Query,
    /// Any other.
    Other,
}

impl Form {
    /// The form of a statement.
    pub(crate) fn of(statement: &str) -> Form {
        let tokens = Tokens::of(statement);
        let words = tokens.words(5);
        let ends = |plain: Form, chained: Form| {
            let chains = words.iter().any(|word| word == "CHAIN");
            let declines = words.iter().any(|word| word == "NO");
            if chains && !declines { chained } else { plain }
        };
        let word = |index: usize| words.get(index).map_or("", String::as_str);
        match (word(0), word(1)) {
            ("BEGIN", _) | ("START", "TRANSACTION") => Form::Begin,
            ("COMMIT" | "ROLLBACK", "PREPARED") => Form::Other,
            ("PREPARE", "TRANSACTION") => Form::Prepare,
            ("COMMIT" | "END", _) => ends(Form::Commit, Form::CommitAndChain),
            ("ROLLBACK" | "ABORT", _) if words.iter().any(|word| word == "TO") => Form::Savepoint,
            ("ROLLBACK" | "ABORT", _) => ends(Form::Rollback, Form::RollbackAndChain),
            ("SAVEPOINT" | "RELEASE", _) => Form::Savepoint,
            ("COPY", _) => Form::Copy,
            ("SELECT" | "VALUES" | "TABLE" | "SHOW" | "FETCH" | "EXPLAIN", _) => Form::Query,
            _ => Form::Other,
        }
    }

    /// Whether it begins or ends a transaction, which only its owner may do.
    pub(crate) fn is_transaction_control(self) -> bool {
        matches!(self, Form::Begin) || self.ends_transaction()
    }

    /// Whether it ends the transaction that is open.
    pub(crate) fn ends_transaction(self) -> bool {
        matches!(
            self,
            Form::Commit
                | Form::Rollback
                | Form::CommitAndChain
                | Form::RollbackAndChain
                | Form::Prepare
        )
    }

    /// Whether it makes last what the transaction did.
    pub(crate) fn commits(self) -> bool {
        matches!(self, Form::Commit | Form::CommitAndChain | Form::Prepare)
    }

    /// Whether a transaction is open after it has ended one.
    pub(crate) fn chains(self) -> bool {
        matches!(self, Form::CommitAndChain | Form::RollbackAndChain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_has_its_form() {
        let table = [
            ("begin", Form::Begin),
            ("/* x */ BEGIN ISOLATION LEVEL SERIALIZABLE", Form::Begin),
            ("START TRANSACTION", Form::Begin),
            ("commit work", Form::Commit),
            ("END", Form::Commit),
            ("COMMIT AND CHAIN", Form::CommitAndChain),
            ("COMMIT AND NO CHAIN", Form::Commit),
            ("COMMIT PREPARED 'x'", Form::Other),
            ("ROLLBACK", Form::Rollback),
            ("ABORT TRANSACTION", Form::Rollback),
            ("ROLLBACK WORK AND CHAIN", Form::RollbackAndChain),
            ("ROLLBACK TO a", Form::Savepoint),
            ("ROLLBACK WORK TO SAVEPOINT a", Form::Savepoint),
            ("SAVEPOINT a", Form::Savepoint),
            ("RELEASE a", Form::Savepoint),
            ("PREPARE TRANSACTION 'x'", Form::Prepare),
            ("PREPARE x AS SELECT 1", Form::Other),
            ("COPY t FROM STDIN", Form::Copy),
            ("(SELECT 1)", Form::Query),
            ("INSERT INTO a VALUES (1)", Form::Other),
            ("\"begin\"", Form::Other),
            ("", Form::Other),
        ];
        for (statement, form) in table {
            assert_eq!(Form::of(statement), form, "{statement}");
        }
    }

    #[test]
    fn a_script_is_split_by_the_rules_of_postgresql() {
        let script = "CREATE TABLE a (x int);\n\
             DO $x$ BEGIN PERFORM 1; END $x$;\n\
             CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\n\
             COPY a FROM STDIN;\n1\n2\n\\.\n\
             SELECT E'\\';', '/*' /* a /* nested; */ b; */;\n\
             CREATE INDEX CONCURRENTLY i ON a (x);\n-- end\n";
        let found = split(script).expect("splits");
        let lines: Vec<(u32, bool)> = found.iter().map(|s| (s.line, s.alone)).collect();
        assert_eq!(
            lines,
            [
                (1, false),
                (2, false),
                (3, false),
                (4, false),
                (8, false),
                (9, true)
            ]
        );
        let error = split("SELECT 1; SELECT 'x").expect_err("the string is open");
        assert_eq!((error.kind, error.position), (ErrorKind::Script, Some(17)));
        assert!(error.hint.is_some());
    }

    #[test]
    fn commands_of_psql_are_refused_by_name() {
        let error = split("SELECT 1;\n\\i other.sql\n").expect_err("no SQL");
        assert!(error.message.contains("`\\i`"), "{error}");
        assert!(error.hint.is_some());
    }

    #[test]
    fn the_data_of_a_copy_are_found() {
        let text = "COPY t (a) FROM STDIN;\n1\\t\n\\N\n\\.";
        let found = copy(text).expect("splits").expect("has data");
        assert_eq!(
            (found.command, found.data),
            ("COPY t (a) FROM STDIN", "1\\t\n\\N\n")
        );
        assert_eq!(copy("COPY t FROM '/tmp/x'").expect("splits"), None);
        let error = copy("COPY t FROM STDIN").expect_err("no data");
        assert_eq!(error.kind, ErrorKind::Script);
    }
}
