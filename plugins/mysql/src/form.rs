//! What a statement means for transactions.
//!
//! Source: "Statements That Cause an Implicit Commit" of MySQL, "SQL statements that cause an implicit commit" of MariaDB.

use crate::words::Words;
use dapter_plugin_api::sql::Rules;

/// What a statement means for transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`.
    Commit,
    /// `ROLLBACK` of the whole transaction.
    Rollback,
    /// `COMMIT AND CHAIN`, `ROLLBACK AND CHAIN`: the next transaction is open.
    Chain,
    /// `SAVEPOINT`, `RELEASE`, `ROLLBACK TO`.
    Savepoint,
    /// Sets something for the session alone, or something that is the same when it is set again.
    Setting,
    /// Never commits by itself: it takes effect together with what the transaction holds.
    Plain,
    /// Commits what was open before it runs, and its own effect with it.
    Implicit,
    /// Runs other statements, or is not known here: it may commit in its middle.
    Mixed,
}

impl Form {
    /// The form of a statement.
    pub(crate) fn of(statement: &str, rules: &Rules) -> Form {
        let mut words = Words::new(statement, rules);
        while words.accept_sign("(") {}
        let first = words.keyword();
        if words.peek_text() == ":" {
            // A label: MariaDB runs blocks outside of routines.
            return Form::Mixed;
        }
        match first.as_str() {
            "BEGIN" if words.at("NOT") => Form::Mixed,
            "BEGIN" => Form::Begin,
            "START" if words.at("TRANSACTION") => Form::Begin,
            "COMMIT" if chains(words.clone()) => Form::Chain,
            "COMMIT" => Form::Commit,
            "ROLLBACK" => rollback(words),
            "SAVEPOINT" => Form::Savepoint,
            "RELEASE" => Form::Savepoint,
            "SET" => set(words),
            "USE" | "PREPARE" | "DEALLOCATE" => Form::Setting,
            "DROP" if words.at("PREPARE") => Form::Setting,
            "CREATE" | "DROP" => structure(words),
            "SELECT" | "INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "WITH" | "TABLE" | "VALUES"
            | "DO" | "SHOW" | "DESCRIBE" | "DESC" | "EXPLAIN" | "SIGNAL" | "GET" | "HELP"
            | "HANDLER" => Form::Plain,
            "ANALYZE" if !words.at("TABLE") && !maintains(words.clone()) => Form::Plain,
            "LOAD" if !words.at("INDEX") => Form::Plain,
            "ALTER" | "ANALYZE" | "BACKUP" | "CACHE" | "CHANGE" | "CHECK" | "CLONE" | "FLUSH"
            | "GRANT" | "IMPORT" | "INSTALL" | "LOAD" | "LOCK" | "OPTIMIZE" | "PURGE"
            | "RENAME" | "REPAIR" | "RESET" | "REVOKE" | "START" | "STOP" | "TRUNCATE"
            | "UNINSTALL" | "UNLOCK" => Form::Implicit,
            _ => Form::Mixed,
        }
    }

    /// Whether it begins or ends a transaction, which only its owner may do.
    pub(crate) fn is_transaction_control(self) -> bool {
        matches!(
            self,
            Form::Begin | Form::Commit | Form::Rollback | Form::Chain
        )
    }

    /// Whether it may have a body with semicolons of its own.
    pub(crate) fn may_hold_others(statement: &str, rules: &Rules) -> bool {
        let mut words = Words::new(statement, rules);
        match words.keyword().as_str() {
            "CREATE" | "ALTER" => {
                let bodies = ["PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE"];
                bodies.iter().any(|body| words.contain(body))
            }
            "BEGIN" => words.at("NOT"),
            "CALL" | "EXECUTE" => false,
            _ => Form::of(statement, rules) == Form::Mixed,
        }
    }
}

fn chains(mut words: Words<'_>) -> bool {
    words.accept(&["WORK"]);
    words.accept(&["AND", "CHAIN"])
}

fn rollback(mut words: Words<'_>) -> Form {
    words.accept(&["WORK"]);
    if words.at("TO") {
        Form::Savepoint
    } else if chains(words) {
        Form::Chain
    } else {
        Form::Rollback
    }
}

fn set(mut words: Words<'_>) -> Form {
    // `SET STATEMENT … FOR …` of MariaDB runs another statement. Accounts lie in tables.
    if words.at("STATEMENT") {
        return Form::Mixed;
    }
    if words.at("PASSWORD") || words.accept(&["DEFAULT", "ROLE"]) {
        return Form::Implicit;
    }
    Form::Setting
}

/// Temporary tables are made and dropped without a commit.
fn structure(mut words: Words<'_>) -> Form {
    words.accept(&["OR", "REPLACE"]);
    if words.at("TEMPORARY") {
        Form::Plain
    } else {
        Form::Implicit
    }
}

/// `ANALYZE LOCAL TABLE` and the like, not MariaDB's `ANALYZE SELECT`.
fn maintains(mut words: Words<'_>) -> bool {
    words.accept(&["LOCAL"]);
    words.accept(&["NO_WRITE_TO_BINLOG"]);
    words.at("TABLE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_has_its_form() {
        let table: [(Form, &[&str]); 10] = [
            (
                Form::Begin,
                &[
                    "begin",
                    "BEGIN WORK",
                    "START TRANSACTION READ ONLY",
                    "/* x */ BEGIN",
                ],
            ),
            (
                Form::Commit,
                &["COMMIT", "commit work", "COMMIT AND NO CHAIN"],
            ),
            (
                Form::Rollback,
                &["ROLLBACK", "ROLLBACK WORK", "ROLLBACK RELEASE"],
            ),
            (
                Form::Chain,
                &["COMMIT AND CHAIN", "ROLLBACK WORK AND CHAIN"],
            ),
            (
                Form::Savepoint,
                &[
                    "SAVEPOINT a",
                    "RELEASE SAVEPOINT a",
                    "ROLLBACK TO a",
                    "ROLLBACK WORK TO SAVEPOINT a",
                ],
            ),
            (
                Form::Setting,
                &[
                    "SET a = 1",
                    "SET NAMES utf8mb4",
                    "USE x",
                    "PREPARE a FROM 'b'",
                    "DROP PREPARE a",
                    "SET TRANSACTION READ ONLY",
                    "/*!40101 SET NAMES utf8 */",
                    "SET ROLE x",
                ],
            ),
            (
                Form::Plain,
                &[
                    "INSERT INTO a VALUES (1)",
                    "(SELECT 1)",
                    "WITH x AS (SELECT 1) SELECT 1",
                    "LOAD DATA INFILE 'x' INTO TABLE t",
                    "CREATE TEMPORARY TABLE t (a INT)",
                    "CREATE OR REPLACE TEMPORARY TABLE t (a INT)",
                    "DROP TEMPORARY TABLE t",
                    "ANALYZE SELECT 1",
                    "DELETE FROM t",
                    "DO 1",
                ],
            ),
            (
                Form::Implicit,
                &[
                    "CREATE TABLE t (a INT)",
                    "CREATE OR REPLACE VIEW v AS SELECT 1",
                    "create unique index i on t (a)",
                    "CREATE DEFINER=a@b PROCEDURE p() SELECT 1",
                    "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a = 1 */",
                    "ALTER TABLE t ADD b INT",
                    "DROP TABLE t",
                    "TRUNCATE t",
                    "RENAME TABLE a TO b",
                    "GRANT SELECT ON *.* TO a",
                    "REVOKE ALL ON *.* FROM a",
                    "SET PASSWORD FOR a = 'x'",
                    "SET DEFAULT ROLE x FOR a",
                    "LOCK TABLES t WRITE",
                    "UNLOCK TABLES",
                    "ANALYZE TABLE t",
                    "ANALYZE LOCAL TABLE t",
                    "OPTIMIZE TABLE t",
                    "CHECK TABLE t",
                    "REPAIR TABLE t",
                    "FLUSH PRIVILEGES",
                    "INSTALL PLUGIN a SONAME 'b'",
                    "LOAD INDEX INTO CACHE t",
                    "CREATE USER a",
                    "CREATE SEQUENCE s",
                    "START REPLICA",
                ],
            ),
            (
                Form::Mixed,
                &[
                    "CALL p()",
                    "EXECUTE a",
                    "BEGIN NOT ATOMIC SELECT 1; END",
                    "lbl: BEGIN NOT ATOMIC SELECT 1; END",
                    "IF 1 THEN SELECT 1; END IF",
                    "SET STATEMENT a = 1 FOR SELECT 1",
                    "XA START 'a'",
                    "SOMETHING NEW",
                    "",
                ],
            ),
            (Form::Plain, &["# x\nSELECT 1", "-- x\nSELECT 1"]),
        ];
        for (form, statements) in table {
            for statement in statements {
                assert_eq!(Form::of(statement, &Rules::MYSQL), form, "{statement}");
            }
        }
    }

    #[test]
    fn bodies_are_known() {
        for (statement, holds) in [
            ("CREATE PROCEDURE p() BEGIN END", true),
            (
                "CREATE DEFINER = a TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN END",
                true,
            ),
            ("ALTER EVENT e DO SELECT 1", true),
            ("IF 1 THEN SELECT 1; END IF", true),
            ("CALL p()", false),
            ("CREATE TABLE t (a INT)", false),
            ("SELECT 1", false),
        ] {
            assert_eq!(
                Form::may_hold_others(statement, &Rules::MYSQL),
                holds,
                "{statement}"
            );
        }
    }
}
