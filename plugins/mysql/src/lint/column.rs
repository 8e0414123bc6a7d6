//! A column that is added to a table that is there.

use super::rules;
use super::statement::Reader;
use dapter_plugin_api::LintRule;
use dapter_plugin_api::sql::Phrase;

/// Reads a column's name and definition; the rule of its that copies the table, if there is one, and its name.
pub(super) fn read(
    reader: &mut Reader,
    table: &str,
    mut phrase: Phrase<'_>,
    position: usize,
) -> (Option<&'static LintRule>, String) {
    let Some(column) = phrase.name() else {
        return (None, String::new());
    };
    reader.own.add_column(table, &column);
    let is_generated = phrase.has(&["AS"]);
    let counts = phrase.has(&["AUTO_INCREMENT"]);
    let has_value = is_generated || counts || phrase.has(&["DEFAULT"]);
    if phrase.has(&["NOT", "NULL"]) && !has_value {
        let names = [("table", table), ("column", column.as_str())];
        reader.find(&rules::NOT_NULL_WITHOUT_DEFAULT, position, &names);
    }
    let is_stored = phrase.has(&["STORED"]) || phrase.has(&["PERSISTENT"]);
    let rule = match () {
        () if counts => Some(&rules::AUTO_INCREMENT),
        () if is_generated && is_stored => Some(&rules::STORED),
        () => None,
    };
    (rule, column)
}
