//! What differs in the words of the databases.

use super::dice::Dice;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgresql,
    Mariadb,
    Mysql,
}

/// What a column's values are like: that of the row number 2 is `2`, `'2'`, a second of the month, the second of the
/// listed values, or anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Number,
    Text,
    Day,
    Listed,
    Other,
}

/// The values that an enumeration always has.
pub(crate) const LISTED: [&str; 3] = ["sad", "it's \"fine\"", "größer"];

/// What some of them may be called afterwards.
pub(crate) const CALLED: [&str; 4] = ["blue", "not 'so' good; ü", "b\\c,{d}", "NULL"];

/// Those that it may have besides.
pub(crate) const MORE: [&str; 3] = ["a", "Select", "列"];

impl Dialect {
    pub(crate) fn is_mysql(self) -> bool {
        matches!(self, Dialect::Mariadb | Dialect::Mysql)
    }

    pub(crate) fn quoted(self, name: &str) -> String {
        match self.is_mysql() {
            true => format!("`{}`", name.replace('`', "``")),
            false => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A text as a literal.
    pub(crate) fn text(self, text: &str) -> String {
        let text = text.replace('\'', "''");
        match self.is_mysql() {
            true => format!("'{}'", text.replace('\\', "\\\\")),
            false => format!("'{text}'"),
        }
    }

    pub(crate) fn types(self, family: Family) -> &'static [&'static str] {
        use Family::{Day, Listed, Number, Other, Text};
        match (self, family) {
            (Dialect::Sqlite, Number) => &["INTEGER", "INT", "BIGINT", "NUMERIC(12, 2)", "REAL"],
            (Dialect::Sqlite, Text) => &["TEXT", "VARCHAR(40)", "TEXT COLLATE NOCASE"],
            (Dialect::Sqlite, Day) => &["DATE", "TEXT"],
            (Dialect::Sqlite, Listed) => &["TEXT"],
            (Dialect::Sqlite, Other) => &["BLOB", ""],
            (Dialect::Postgresql, Number) => &["integer", "bigint", "smallint", "numeric(12,2)"],
            (Dialect::Postgresql, Text) => &["text", "varchar(40)", "text COLLATE \"C\""],
            (Dialect::Postgresql, Day) => &["date", "timestamp", "timestamptz(3)"],
            (Dialect::Postgresql, Listed) => &["\"Mood\"", "\"Mood\""],
            (Dialect::Postgresql, Other) => &["boolean", "jsonb", "bytea", "integer[]", "uuid"],
            (_, Number) => &["int", "bigint", "smallint", "decimal(12,2)"],
            (_, Text) => &[
                "varchar(40)",
                "varchar(50) COLLATE utf8mb4_bin",
                "varchar(30)",
            ],
            (_, Day) => &["date", "datetime", "datetime(3)"],
            (_, Listed) => &["ENUM"],
            (_, Other) => &["boolean", "json", "blob", "varbinary(20)"],
        }
    }

    /// What the column of a row that has no value for it gets.
    pub(crate) fn default(
        self,
        family: Family,
        data_type: &str,
        dice: &mut Dice,
    ) -> Option<String> {
        let plain: &[&str] = match family {
            Family::Number => &["7", "-1", "0", "(1 + 2)"],
            Family::Text => &["", "it's", "a;b -- c", "ü\"列", "a\\b", "lower"],
            Family::Day => &["'2000-01-09'", "now"],
            Family::Listed => &LISTED,
            Family::Other => return None,
        };
        let chosen = *dice.of_these(plain);
        Some(match (family, chosen) {
            (Family::Text, "lower") => "(lower('A''b'))".to_owned(),
            (Family::Text | Family::Listed, text) => self.text(text),
            (Family::Day, "now") => self.now(data_type).to_owned(),
            (_, chosen) => chosen.to_owned(),
        })
    }

    fn now(self, data_type: &str) -> &'static str {
        match (self, data_type) {
            (Dialect::Postgresql, _) => "now()",
            (Dialect::Sqlite, "DATE") => "(date('now'))",
            (_, "date") => "(curdate())",
            (_, "datetime(3)") => "CURRENT_TIMESTAMP(3)",
            _ => "CURRENT_TIMESTAMP",
        }
    }

    /// The value of a row, by its number from 1.
    pub(crate) fn value(self, family: Family, data_type: &str, row: usize) -> String {
        match (family, data_type) {
            (Family::Number, _) => row.to_string(),
            (Family::Text, _) => format!("'{row}'"),
            (Family::Day, _) => format!("'2000-01-0{row}'"),
            (Family::Listed, _) => self.text(LISTED[row - 1]),
            (Family::Other, "boolean") => "true".to_owned(),
            (Family::Other, "json" | "jsonb") => "'{\"a\": 1}'".to_owned(),
            (Family::Other, "integer[]") => "'{1,2}'".to_owned(),
            (Family::Other, "uuid") => "'00000000-0000-0000-0000-000000000001'".to_owned(),
            (Family::Other, _) => "'abc'".to_owned(),
        }
    }

    /// A column as text.
    pub(crate) fn as_text(self, column: &str) -> String {
        let as_text = if self.is_mysql() { "CHAR" } else { "TEXT" };
        format!("CAST({column} AS {as_text})")
    }
}
