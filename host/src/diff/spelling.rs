//! Names that differ only in their case, where that makes no difference.

use std::borrow::Cow;
use std::collections::BTreeMap;

use dapter_plugin_api::Schema;
use dapter_plugin_api::schema::SchemaObject;

use super::column_names::call_column;
use super::renames::call_object;

/// The desired schema with its names spelled as the current one spells them, where that makes no difference.
pub(crate) fn aligned<'s>(current: &Schema, desired: &'s Schema) -> Cow<'s, Schema> {
    let mut aligned = Cow::Borrowed(desired);
    if !current.rules.names_ignore_case {
        return aligned;
    }
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
    for object in &desired.objects {
        let id = (object.kind.as_str(), folded(&object.name.to_string()));
        let Some(own) = spelled.get(&id) else {
            continue;
        };
        if own.name != object.name {
            call_object(aligned.to_mut(), &object.kind, &object.name, &own.name);
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
                call_column(aligned.to_mut(), &own.name, names, Some(own_table));
            }
        }
    }
    if let Cow::Owned(aligned) = &mut aligned {
        aligned.objects.sort();
    }
    aligned
}

fn folded(name: &str) -> String {
    name.to_lowercase()
}
