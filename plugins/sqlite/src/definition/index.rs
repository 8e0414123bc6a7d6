//! What `CREATE INDEX` says.

use super::Cursor;
use dapter_plugin_api::schema::Index;

/// The index that a statement makes.
pub(crate) fn index(sql: &str) -> Option<Index> {
    let mut cursor = Cursor::new(sql);
    if !cursor.accept(&["CREATE"]) {
        return None;
    }
    let unique = cursor.accept(&["UNIQUE"]);
    if !cursor.accept(&["INDEX"]) {
        return None;
    }
    cursor.accept(&["IF", "NOT", "EXISTS"]);
    let name = cursor.last_name()?;
    if !cursor.accept(&["ON"]) {
        return None;
    }
    cursor.last_name()?;
    let columns = cursor.index_parts()?;
    let predicate = cursor.accept(&["WHERE"]).then(|| cursor.rest());
    cursor.is_at_end().then_some(Index {
        name,
        columns,
        unique,
        predicate,
        ..Index::default()
    })
}
