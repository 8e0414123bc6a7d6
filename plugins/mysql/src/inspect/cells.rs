//! Rows of the catalog: the cells of one, one after the other, and all of a kind by the table that they are about.

use crate::answer::{ResultSet, TextCells, TextRow};

/// The cells of a row.
pub(super) struct Cells<'r>(TextCells<'r>);

impl Cells<'_> {
    /// The next one; `None` where it is `NULL`.
    pub(super) fn optional(&mut self) -> Option<String> {
        let value = self.0.next().flatten()?;
        Some(String::from_utf8_lossy(value).into_owned())
    }

    /// The next one as a text, which is empty where it is `NULL`.
    pub(super) fn text(&mut self) -> String {
        self.optional().unwrap_or_default()
    }

    /// The next one as a number; `None` where it is none.
    pub(super) fn number(&mut self) -> Option<u64> {
        self.optional()?.parse().ok()
    }

    /// Whether the next one says yes.
    pub(super) fn flag(&mut self) -> bool {
        matches!(self.text().as_str(), "1" | "YES")
    }
}

/// All rows of a result set.
pub(super) fn rows<T>(set: ResultSet, read: impl Fn(&mut Cells<'_>) -> T) -> Vec<T> {
    let rows = set.rows.into_iter();
    rows.map(|row| read(&mut Cells(row.cells()))).collect()
}

/// Rows about tables, of which each names its table first. They stay as they came until somebody wants those of one table: read,
/// all of them would take several times the memory.
#[derive(Debug)]
pub(super) struct ByTable<T> {
    /// Sorted by table.
    rows: Vec<TextRow>,
    /// Reads what is behind the table.
    read: fn(&mut Cells<'_>) -> T,
}

impl<T> ByTable<T> {
    pub(super) fn new(set: ResultSet, read: fn(&mut Cells<'_>) -> T) -> Self {
        let mut rows = set.rows;
        rows.sort_by(|one, other| table(one).cmp(table(other)));
        Self { rows, read }
    }

    /// The rows of a table, in the order in which they came.
    pub(super) fn of(&self, name: &str) -> Vec<T> {
        let name = name.as_bytes();
        let start = self.rows.partition_point(|row| table(row) < name);
        let rows = self.rows[start..].iter();
        rows.take_while(|row| table(row) == name)
            .map(|row| self.read(row).1)
            .collect()
    }

    /// All rows, with their tables.
    pub(super) fn all(&self) -> impl Iterator<Item = (String, T)> {
        self.rows.iter().map(|row| self.read(row))
    }

    fn read(&self, row: &TextRow) -> (String, T) {
        let mut cells = Cells(row.cells());
        (cells.text(), (self.read)(&mut cells))
    }
}

fn table(row: &TextRow) -> &[u8] {
    row.cells().next().flatten().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_table_are_found_in_their_order() {
        let cell = |text: &str| Some(text.as_bytes().to_vec());
        let rows = [("b", "1"), ("a", "2"), ("b", "0"), ("A", "3")];
        let set = ResultSet {
            rows: rows
                .map(|(table, place)| [cell(table), cell(place)].into_iter().collect())
                .into(),
            ..ResultSet::default()
        };
        let rows = ByTable::new(set, |cells| cells.number());
        assert_eq!(rows.of("b"), [Some(1), Some(0)]);
        assert_eq!(rows.of("a"), [Some(2)]);
        assert_eq!(rows.of("c"), []);
        let tables: Vec<String> = rows.all().map(|(table, _)| table).collect();
        assert_eq!(tables, ["A", "a", "b", "b"]);
    }
}
