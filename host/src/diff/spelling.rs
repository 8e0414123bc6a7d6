//! Names that differ only in their case, where that makes no difference.

use std::collections::BTreeMap;

use dapter_plugin_api::Schema;
use dapter_plugin_api::schema::SchemaObject;

use super::column_names::call_column;
use super::renames::call_object;

/// The desired schema with its names spelled as the current one spells them.
pub(super) fn aligned(current: &Schema, desired: &Schema) -> Schema {
    let mut desired = desired.clone();
    let spelled: BTreeMap<(&str, String), &SchemaObject> = current
        .objects
        .iter()
        .map(|object| {
            (
                (object.kind.as_str(), folded(&object.name.to_string())),
                object,
            )
        })
        .collect();
    for object in desired.objects.clone() {
        let id = (object.kind.as_str(), folded(&object.name.to_string()));
        let Some(own) = spelled.get(&id) else {
            continue;
        };
        if own.name != object.name {
            call_object(&mut desired, &object.kind, &object.name, &own.name);
        }
        let (Some(own_table), Some(table)) = (own.as_table(), object.as_table()) else {
            continue;
        };
        for column in &table.columns {
            let name = &column.name;
            let same = |other: &&dapter_plugin_api::schema::Column| {
                other.name != *name && folded(&other.name) == folded(name)
            };
            if let Some(other) = own_table.columns.iter().find(same)
                && own_table.column(name).is_none()
            {
                let names = (name.as_str(), other.name.as_str());
                call_column(&mut desired, &own.name, names, Some(own_table));
            }
        }
    }
    desired.objects.sort();
    desired
}

fn folded(name: &str) -> String {
    name.to_lowercase()
}
