//! Text in columns.

use std::fmt::Write;

/// What stands between two columns.
const GAP: &str = "  ";

/// Rows with their cells below each other; the last cell of a row is as long as it is.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, &width) in row.iter().zip(&widths) {
            // A column without a word in it, such as times before anything is applied, is left out.
            if width > 0 {
                // Writing to a String cannot fail.
                let _ = write!(line, "{cell:width$}{GAP}");
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn cells_stand_below_each_other_and_empty_columns_are_left_out() {
        let rows = [
            ["pending", "", "ae10", "Add users"],
            ["applied", "", "b", "Über"],
        ];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(
            table(&rows),
            "pending  ae10  Add users\napplied  b     Über\n"
        );
        assert_eq!(table(&[]), "");
    }
}
