//! Quoting.

use super::super::{Rules, quote_identifier, quote_string};

#[test]
fn identifiers() {
    let table = [
        (Rules::SQLITE, "a", "\"a\""),
        (Rules::SQLITE, "", "\"\""),
        (Rules::POSTGRESQL, "Ä \"x\" \\", "\"Ä \"\"x\"\" \\\""),
        (Rules::MYSQL, "a`b\"", "`a``b\"`"),
        (Rules::MARIADB.with_ansi_quotes(), "a`b", "`a``b`"),
    ];
    for (rules, name, expected) in table {
        assert_eq!(quote_identifier(name, &rules), expected);
    }
}

#[test]
fn strings() {
    let table = [
        (Rules::SQLITE, r"it's \", r"'it''s \'"),
        (Rules::POSTGRESQL, "it's", "'it''s'"),
        (Rules::POSTGRESQL, r"it's \", r"E'it''s \\'"),
        (Rules::MYSQL, "it's \\ \"", "'it''s \\\\ \"'"),
        (Rules::MYSQL.without_backslash_escapes(), r"\", r"'\'"),
    ];
    for (rules, value, expected) in table {
        assert_eq!(quote_string(value, &rules), expected);
    }
}
