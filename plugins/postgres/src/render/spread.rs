//! What a table inherits from, and what it is a part of.

use super::Script;
use super::name::full;
use dapter_plugin_api::schema::{SchemaObject, Table};
use dapter_plugin_api::{AdapterError, ErrorKind, Result};

/// Changes it, as far as that needs no new table.
pub(super) fn change(
    script: &mut Script<'_>,
    before: &SchemaObject,
    after: &SchemaObject,
    tables: (&Table, &Table),
) -> Result<()> {
    let (old, new) = tables;
    let table = full(&after.name);
    if old.partitioning.by != new.partitioning.by {
        return Err(AdapterError::new(
            ErrorKind::Unsupported,
            format!(
                "the table {} cannot be partitioned otherwise in place",
                before.name
            ),
        )
        .with_hint(
            "write the statements by hand: make a new table, copy the rows, drop the old one",
        ));
    }
    for parent in old.inherits.iter().filter(|it| !new.inherits.contains(it)) {
        script.put(format!("ALTER TABLE {table} NO INHERIT {}", full(parent)));
    }
    for parent in new.inherits.iter().filter(|it| !old.inherits.contains(it)) {
        script.put(format!("ALTER TABLE {table} INHERIT {}", full(parent)));
    }
    let (from, to) = (&old.partitioning, &new.partitioning);
    if (&from.of, &from.bound) == (&to.of, &to.bound) {
        return Ok(());
    }
    if let Some(parent) = &from.of {
        script.put(format!(
            "ALTER TABLE {} DETACH PARTITION {table}",
            full(parent)
        ));
    }
    if let Some(parent) = &to.of {
        let bound = &to.bound;
        script.put(format!(
            "ALTER TABLE {} ATTACH PARTITION {table} {bound}",
            full(parent)
        ));
    }
    Ok(())
}
