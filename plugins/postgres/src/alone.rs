//! Statements that cannot run in a transaction block, or not in one with what follows them.
//!
//! Source: the manual's pages of the SQL commands, and `PreventInTransactionBlock` in the sources of PostgreSQL.

use crate::tokens::{Tokens, plain};

/// A statement that runs by itself, and what it touches: names are as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Alone {
    /// `CREATE INDEX CONCURRENTLY`.
    CreateIndex {
        index: Option<String>,
        table: String,
    },
    /// `DROP INDEX CONCURRENTLY`.
    DropIndex { index: String },
    /// `ALTER TYPE … ADD VALUE`; the label is a literal.
    AddValue { name: String, label: String },
    /// `CREATE DATABASE`; the name is what it stands for.
    CreateDatabase { name: String },
    /// `DROP DATABASE`.
    DropDatabase { name: String },
    /// `ALTER TABLE … DETACH PARTITION … CONCURRENTLY`.
    DetachPartition { table: String, partition: String },
    /// Does the same however often it runs: `VACUUM`, `REINDEX`, `CLUSTER`, `ALTER SYSTEM`.
    Repeatable,
    /// Any other.
    Opaque,
}

/// What a statement is that runs by itself; `None` for one that need not.
pub(crate) fn of(statement: &str) -> Option<Alone> {
    let tokens = Tokens::of(statement);
    let words = tokens.words(2);
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    match (word(0), word(1)) {
        ("CREATE", "INDEX" | "UNIQUE") => create_index(tokens),
        ("DROP", "INDEX") => drop_index(tokens),
        ("ALTER", "TYPE") => add_value(tokens),
        ("ALTER", "TABLE") => detach(tokens),
        ("CREATE" | "DROP", "DATABASE") => database(tokens),
        ("REINDEX", _) => reindex(tokens),
        ("CLUSTER", _) => cluster(tokens),
        ("VACUUM", _) | ("ALTER", "SYSTEM") | ("DISCARD", "ALL") => Some(Alone::Repeatable),
        ("CREATE" | "DROP", "TABLESPACE" | "SUBSCRIPTION")
        | ("COMMIT" | "ROLLBACK", "PREPARED")
        | ("PREPARE", "TRANSACTION") => Some(Alone::Opaque),
        ("ALTER", "DATABASE") => {
            follow(&tokens.words(8), &["SET", "TABLESPACE"]).then_some(Alone::Opaque)
        }
        ("ALTER", "SUBSCRIPTION") => {
            let refreshes = |word: &String| word == "REFRESH" || word == "PUBLICATION";
            tokens
                .words(8)
                .iter()
                .any(refreshes)
                .then_some(Alone::Opaque)
        }
        _ => None,
    }
}

/// Whether the words stand in a row somewhere.
fn follow(words: &[String], row: &[&str]) -> bool {
    words.windows(row.len()).any(|window| window == row)
}

fn create_index(mut tokens: Tokens<'_>) -> Option<Alone> {
    let begins = tokens.accept(&["CREATE", "INDEX", "CONCURRENTLY"])
        || tokens.accept(&["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY"]);
    if !begins {
        return None;
    }
    tokens.accept(&["IF", "NOT", "EXISTS"]);
    let mut unnamed = tokens.clone();
    let index = if unnamed.accept(&["ON"]) {
        None
    } else {
        tokens.name()
    };
    let on = tokens.accept(&["ON", "ONLY"]) || tokens.accept(&["ON"]);
    match tokens.name() {
        Some(table) if on => Some(Alone::CreateIndex { index, table }),
        _ => Some(Alone::Opaque),
    }
}

fn drop_index(mut tokens: Tokens<'_>) -> Option<Alone> {
    if !tokens.accept(&["DROP", "INDEX", "CONCURRENTLY"]) {
        return None;
    }
    tokens.accept(&["IF", "EXISTS"]);
    Some(
        tokens
            .name()
            .map_or(Alone::Opaque, |index| Alone::DropIndex { index }),
    )
}

fn add_value(mut tokens: Tokens<'_>) -> Option<Alone> {
    tokens.accept(&["ALTER", "TYPE"]);
    let name = tokens.name()?;
    if !tokens.accept(&["ADD", "VALUE"]) {
        return None;
    }
    tokens.accept(&["IF", "NOT", "EXISTS"]);
    Some(
        tokens
            .string()
            .map_or(Alone::Opaque, |label| Alone::AddValue { name, label }),
    )
}

fn detach(mut tokens: Tokens<'_>) -> Option<Alone> {
    tokens.accept(&["ALTER", "TABLE"]);
    tokens.accept(&["IF", "EXISTS"]);
    tokens.accept(&["ONLY"]);
    let table = tokens.name()?;
    tokens.accept_symbol("*");
    if !tokens.accept(&["DETACH", "PARTITION"]) {
        return None;
    }
    let partition = tokens.name()?;
    tokens
        .accept(&["CONCURRENTLY"])
        .then_some(Alone::DetachPartition { table, partition })
}

fn database(mut tokens: Tokens<'_>) -> Option<Alone> {
    let creates = tokens.accept(&["CREATE", "DATABASE"]);
    if !creates {
        tokens.accept(&["DROP", "DATABASE"]);
        tokens.accept(&["IF", "EXISTS"]);
    }
    let Some(name) = tokens.name().as_deref().map(plain) else {
        return Some(Alone::Opaque);
    };
    Some(if creates {
        Alone::CreateDatabase { name }
    } else {
        Alone::DropDatabase { name }
    })
}

fn reindex(mut tokens: Tokens<'_>) -> Option<Alone> {
    tokens.accept(&["REINDEX"]);
    let options = tokens.bracketed();
    tokens.accept(&["VERBOSE"]);
    let several = ["SCHEMA", "DATABASE", "SYSTEM"];
    let of_several = several.iter().any(|kind| tokens.accept(&[kind]));
    let of_one = ["INDEX", "TABLE"].iter().any(|kind| tokens.accept(&[kind]));
    let concurrently = options.iter().any(|word| word == "CONCURRENTLY")
        || (of_one && tokens.accept(&["CONCURRENTLY"]));
    (of_several || concurrently).then_some(Alone::Repeatable)
}

fn cluster(mut tokens: Tokens<'_>) -> Option<Alone> {
    tokens.accept(&["CLUSTER"]);
    tokens.bracketed();
    tokens.accept(&["VERBOSE"]);
    tokens.is_at_end().then_some(Alone::Repeatable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(index: Option<&str>, table: &str) -> Alone {
        Alone::CreateIndex {
            index: index.map(str::to_owned),
            table: table.to_owned(),
        }
    }

    #[test]
    fn what_cannot_run_in_a_transaction_runs_alone() {
        let table = [
            (
                "CREATE INDEX CONCURRENTLY i ON t (a)",
                named(Some("i"), "t"),
            ),
            (
                "create unique index concurrently if not exists \"I\" on only s.t (a)",
                named(Some("\"I\""), "s.t"),
            ),
            (
                "CREATE INDEX CONCURRENTLY ON \"S\".t (a)",
                named(None, "\"S\".t"),
            ),
            (
                "DROP INDEX CONCURRENTLY IF EXISTS s.i",
                Alone::DropIndex {
                    index: "s.i".to_owned(),
                },
            ),
            (
                "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'so''so' AFTER 'ok'",
                Alone::AddValue {
                    name: "mood".to_owned(),
                    label: "'so''so'".to_owned(),
                },
            ),
            (
                "CREATE DATABASE Shop",
                Alone::CreateDatabase {
                    name: "shop".to_owned(),
                },
            ),
            (
                "DROP DATABASE IF EXISTS \"Shop\"",
                Alone::DropDatabase {
                    name: "Shop".to_owned(),
                },
            ),
            (
                "ALTER TABLE IF EXISTS ONLY a.t DETACH PARTITION a.p CONCURRENTLY",
                Alone::DetachPartition {
                    table: "a.t".to_owned(),
                    partition: "a.p".to_owned(),
                },
            ),
            ("REINDEX INDEX CONCURRENTLY i", Alone::Repeatable),
            ("REINDEX (CONCURRENTLY, VERBOSE) TABLE t", Alone::Repeatable),
            ("REINDEX (VERBOSE) DATABASE shop", Alone::Repeatable),
            ("REINDEX SYSTEM shop", Alone::Repeatable),
            ("REINDEX SCHEMA s", Alone::Repeatable),
            ("/* x */ vacuum (full) t", Alone::Repeatable),
            ("VACUUM", Alone::Repeatable),
            ("CLUSTER", Alone::Repeatable),
            ("CLUSTER (VERBOSE)", Alone::Repeatable),
            ("ALTER SYSTEM SET a = 1", Alone::Repeatable),
            ("DISCARD ALL", Alone::Repeatable),
            ("CREATE TABLESPACE s LOCATION '/x'", Alone::Opaque),
            ("DROP TABLESPACE s", Alone::Opaque),
            ("ALTER DATABASE shop SET TABLESPACE s", Alone::Opaque),
            (
                "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
                Alone::Opaque,
            ),
            ("DROP SUBSCRIPTION s", Alone::Opaque),
            ("ALTER SUBSCRIPTION s REFRESH PUBLICATION", Alone::Opaque),
            ("PREPARE TRANSACTION 'x'", Alone::Opaque),
            ("COMMIT PREPARED 'x'", Alone::Opaque),
            ("ROLLBACK PREPARED 'x'", Alone::Opaque),
        ];
        for (statement, expected) in table {
            assert_eq!(of(statement), Some(expected), "{statement}");
        }
    }

    #[test]
    fn everything_else_does_not() {
        for statement in [
            "CREATE INDEX i ON t (a)",
            "CREATE UNIQUE INDEX \"concurrently\" ON t (a)",
            "DROP INDEX i",
            "REINDEX TABLE t",
            "CLUSTER t",
            "CLUSTER \"T\" USING i",
            "CLUSTER VERBOSE t",
            "ALTER TYPE t ADD ATTRIBUTE value text",
            "ALTER TYPE t RENAME VALUE 'a' TO 'b'",
            "ALTER TABLE t DETACH PARTITION p",
            "ALTER TABLE t DETACH PARTITION p FINALIZE",
            "ALTER DATABASE shop SET work_mem = 1",
            "ALTER SUBSCRIPTION s DISABLE",
            "DISCARD TEMP",
            "COMMIT",
            "CREATE TABLE vacuum (a int)",
            "DO $$ BEGIN EXECUTE 'VACUUM'; END $$",
            "SELECT 'CREATE INDEX CONCURRENTLY'",
            "",
        ] {
            assert_eq!(of(statement), None, "{statement}");
        }
    }
}
