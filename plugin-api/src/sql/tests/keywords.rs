//! The words of a statement.

use super::super::{Rules, first_keywords, keywords};

#[test]
fn words_without_what_is_between() {
    let table: [(Rules, &str, &[&str]); 7] = [
        (Rules::SQLITE, "", &[]),
        (
            Rules::SQLITE,
            "-- VACUUM\n /* x */ pragma foreign_keys = on",
            &["PRAGMA", "FOREIGN_KEYS", "ON"],
        ),
        (Rules::SQLITE, "; commit", &[]),
        (
            Rules::SQLITE,
            "(select 'a', \"b\" from c)",
            &["SELECT", "FROM", "C"],
        ),
        (
            Rules::POSTGRESQL,
            "create unique index concurrently i on t (a)",
            &["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY"],
        ),
        (
            Rules::MYSQL,
            "/*!50003 create*/ /*!50017 definer=`a`@`b`*/ trigger t",
            &["CREATE", "DEFINER", "TRIGGER", "T"],
        ),
        (Rules::MYSQL, "begin; select 1", &["BEGIN"]),
    ];
    for (rules, text, expected) in table {
        assert_eq!(first_keywords(text, &rules, 4), expected, "{text:?}");
    }
}

#[test]
fn words_as_written() {
    let words: Vec<_> = keywords("Select A; b", &Rules::SQLITE).collect();
    assert_eq!(words, ["Select", "A"]);
}
