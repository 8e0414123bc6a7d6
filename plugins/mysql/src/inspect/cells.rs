//! The cells of a row, one after the other.

use crate::answer::ResultSet;

/// The cells of a row.
pub(super) struct Cells(std::vec::IntoIter<Option<Vec<u8>>>);

impl Cells {
    /// The next one; `None` where it is `NULL`.
    pub(super) fn optional(&mut self) -> Option<String> {
        let value = self.0.next().flatten()?;
        Some(String::from_utf8_lossy(&value).into_owned())
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
pub(super) fn rows<T>(set: ResultSet, read: impl Fn(&mut Cells) -> T) -> Vec<T> {
    let rows = set.rows.into_iter();
    rows.map(|row| read(&mut Cells(row.into_iter()))).collect()
}
