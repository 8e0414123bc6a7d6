//! What a statement of a definition is about.

use super::phrase::Phrase;
use super::rules::Rules;

/// Words between `CREATE` and the kind of what is made.
const BETWEEN: &[&str] = &[
    "GLOBAL",
    "LOCAL",
    "TEMP",
    "TEMPORARY",
    "UNLOGGED",
    "UNIQUE",
    "FULLTEXT",
    "SPATIAL",
    "MATERIALIZED",
    "RECURSIVE",
    "FOREIGN",
    "VIRTUAL",
    "CONSTRAINT",
    "OR",
    "REPLACE",
];

/// Kinds of what stands by itself.
const KINDS: &[&str] = &[
    "TABLE",
    "VIEW",
    "TYPE",
    "DOMAIN",
    "SEQUENCE",
    "FUNCTION",
    "PROCEDURE",
    "AGGREGATE",
    "SCHEMA",
    "EXTENSION",
    "EVENT",
];

/// The object that a statement makes or changes, by a name that is the same in every statement about it: in lower case, without
/// quotes. What belongs to a table (an index, a trigger, a policy) is about that table.
///
/// `None` for everything that may be about anything else too: settings, rows, what is removed.
#[must_use]
pub fn subject(statement: &str, rules: &Rules) -> Option<String> {
    let mut phrase = Phrase::new(statement, rules);
    let verb = phrase.accept_any(&["CREATE", "ALTER", "COMMENT"])?;
    match verb {
        "CREATE" => {
            while phrase.accept_any(BETWEEN).is_some() {}
            if phrase.accept_any(&["INDEX", "TRIGGER", "POLICY"]).is_some() {
                let mut table = phrase.behind(&["ON"])?;
                table.accept(&["ONLY"]);
                return table.name().map(|name| plain(&name));
            }
            kind_and_name(&mut phrase)
        }
        "ALTER" => kind_and_name(&mut phrase),
        _ => {
            phrase.accept(&["ON"]);
            if phrase
                .accept_any(&["CONSTRAINT", "TRIGGER", "POLICY"])
                .is_some()
            {
                let mut table = phrase.behind(&["ON"])?;
                return table.name().map(|name| plain(&name));
            }
            if phrase.accept(&["COLUMN"]) {
                let column = plain(&phrase.name()?);
                let (table, _) = column.rsplit_once('.')?;
                return Some(table.to_owned());
            }
            phrase.accept(&["MATERIALIZED"]);
            kind_and_name(&mut phrase)
        }
    }
}

fn kind_and_name(phrase: &mut Phrase<'_>) -> Option<String> {
    phrase.accept_any(KINDS)?;
    phrase.accept(&["IF", "NOT", "EXISTS"]);
    phrase.accept(&["IF", "EXISTS"]);
    phrase.accept(&["ONLY"]);
    phrase.name().map(|name| plain(&name))
}

fn plain(name: &str) -> String {
    let is_quote = |c: char| matches!(c, '"' | '`' | '[' | ']');
    name.replace(is_quote, "").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_about_one_thing_have_one_subject() {
        for (statement, expected) in [
            (
                "CREATE TABLE IF NOT EXISTS \"Users\" (id INT)",
                Some("users"),
            ),
            (
                "create unique index concurrently a on only public.users (b)",
                Some("public.users"),
            ),
            ("CREATE INDEX ON users (lower(email))", Some("users")),
            (
                "ALTER TABLE ONLY users ADD CONSTRAINT c CHECK (a > 1)",
                Some("users"),
            ),
            (
                "COMMENT ON COLUMN shop.users.name IS 'x'",
                Some("shop.users"),
            ),
            ("COMMENT ON CONSTRAINT c ON users IS 'x'", Some("users")),
            ("COMMENT ON TABLE users IS 'x'", Some("users")),
            ("CREATE OR REPLACE VIEW V AS SELECT 1", Some("v")),
            ("CREATE MATERIALIZED VIEW m AS SELECT 1", Some("m")),
            (
                "CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END",
                Some("users"),
            ),
            ("CREATE TYPE mood AS ENUM ('a')", Some("mood")),
            ("CREATE FUNCTION f(a int) RETURNS int AS 'x'", Some("f")),
            ("DROP TABLE users", None),
            ("INSERT INTO users VALUES (1)", None),
            ("SET search_path = a", None),
            ("CREATE ROLE r", None),
            ("", None),
        ] {
            assert_eq!(
                subject(statement, &Rules::POSTGRESQL).as_deref(),
                expected,
                "{statement}"
            );
        }
    }
}
