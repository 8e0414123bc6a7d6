//! What `CREATE INDEX` says.

use super::reading::{index_parts, last_name, phrase, rest};
use dapter_plugin_api::schema::Index;

/// The index that a statement makes.
pub(crate) fn index(sql: &str) -> Option<Index> {
    let mut phrase = phrase(sql);
    if !phrase.accept(&["CREATE"]) {
        return None;
    }
    let unique = phrase.accept(&["UNIQUE"]);
    if !phrase.accept(&["INDEX"]) {
        return None;
    }
    phrase.accept(&["IF", "NOT", "EXISTS"]);
    let name = last_name(&mut phrase)?;
    if !phrase.accept(&["ON"]) {
        return None;
    }
    last_name(&mut phrase)?;
    let columns = index_parts(&phrase.bracketed()?)?;
    let predicate = phrase.accept(&["WHERE"]).then(|| rest(&phrase));
    (predicate.is_some() || phrase.is_at_end()).then_some(Index {
        name,
        columns,
        unique,
        predicate,
        ..Index::default()
    })
}
