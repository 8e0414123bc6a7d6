//! What a script has made itself.

use super::phrase::bare_name;
use std::collections::BTreeSet;

/// The tables and columns that a script has made so far, by their bare names: nobody has put anything into them yet, so
/// rules about data and about who else is at work do not hold for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnNames {
    tables: BTreeSet<String>,
    columns: BTreeSet<(String, String)>,
}

impl OwnNames {
    /// Notes a table.
    pub fn add(&mut self, table: &str) {
        self.tables.insert(bare_name(table));
    }

    /// Whether it is a table of the script's own.
    #[must_use]
    pub fn has(&self, table: &str) -> bool {
        self.tables.contains(&bare_name(table))
    }

    /// Notes a column that was added to a table.
    pub fn add_column(&mut self, table: &str, column: &str) {
        self.columns.insert((bare_name(table), bare_name(column)));
    }

    /// Whether the script has added this column.
    #[must_use]
    pub fn has_column(&self, table: &str, column: &str) -> bool {
        let column = (bare_name(table), bare_name(column));
        self.columns.contains(&column)
    }
}
