//! What an SQL mode means for the splitter.

use dapter_plugin_api::sql::Rules;

/// The parts of an SQL mode that change where a statement ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SqlMode {
    pub(crate) ansi_quotes: bool,
    pub(crate) no_backslash_escapes: bool,
}

/// The modes that are or contain `ANSI_QUOTES`. Source: "SQL_MODE" in MariaDB's and "Server SQL Modes" in MySQL's manual;
/// MySQL 8 has only the first two.
const ANSI_QUOTES: &[&str] = &[
    "ANSI_QUOTES",
    "ANSI",
    "DB2",
    "MAXDB",
    "MSSQL",
    "ORACLE",
    "POSTGRESQL",
];

impl SqlMode {
    /// The mode that a list of names stands for.
    pub(crate) fn of(names: &str) -> SqlMode {
        let has = |wanted: &[&str]| {
            names
                .split(',')
                .map(str::trim)
                .any(|name| wanted.iter().any(|mode| mode.eq_ignore_ascii_case(name)))
        };
        SqlMode {
            ansi_quotes: has(ANSI_QUOTES),
            no_backslash_escapes: has(&["NO_BACKSLASH_ESCAPES"]),
        }
    }

    /// Both modes together.
    pub(crate) fn and(self, other: SqlMode) -> SqlMode {
        SqlMode {
            ansi_quotes: self.ansi_quotes || other.ansi_quotes,
            no_backslash_escapes: self.no_backslash_escapes || other.no_backslash_escapes,
        }
    }

    /// The rules of MySQL's and MariaDB's language under this mode.
    ///
    /// The two differ in which comments the server runs. The rules are MySQL's: to them `/*!50700 … */` to `/*!99999 … */`
    /// is code, which MariaDB skips, and `/*M! … */` is a comment, which MariaDB runs. A terminator within any of them ends
    /// no statement by either rules, so where both accept a script they cut it alike; only a script whose MariaDB part
    /// holds what is not closed by its own `*/` comes out differently, and no tool writes such.
    pub(crate) fn rules(self) -> Rules {
        let mut rules = Rules::MYSQL;
        if self.ansi_quotes {
            rules = rules.with_ansi_quotes();
        }
        if self.no_backslash_escapes {
            rules = rules.without_backslash_escapes();
        }
        rules
    }

    /// The names of the modes, as a person writes them into the URL.
    pub(crate) fn names(self) -> String {
        let mut names = Vec::new();
        if self.ansi_quotes {
            names.push("ANSI_QUOTES");
        }
        if self.no_backslash_escapes {
            names.push("NO_BACKSLASH_ESCAPES");
        }
        names.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_combinations_are_understood() {
        let table = [
            ("", false, false),
            ("STRICT_TRANS_TABLES,NO_ZERO_DATE", false, false),
            ("ansi_quotes", true, false),
            ("TRADITIONAL, ANSI", true, false),
            ("ORACLE", true, false),
            ("REAL_AS_FLOAT,no_backslash_escapes", false, true),
            ("ANSI_QUOTES,NO_BACKSLASH_ESCAPES", true, true),
            ("NOT_ANSI_QUOTES", false, false),
        ];
        for (names, ansi_quotes, no_backslash_escapes) in table {
            let expected = SqlMode {
                ansi_quotes,
                no_backslash_escapes,
            };
            assert_eq!(SqlMode::of(names), expected, "{names}");
            assert_eq!(SqlMode::of(&expected.names()), expected, "{names}");
        }
    }
}
