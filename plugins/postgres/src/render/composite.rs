//! Types with fields.

use super::Script;
use super::name::{full, name};
use dapter_plugin_api::schema::{Composite, Field, SchemaObject};

pub(super) fn create(of: &str, composite: &Composite) -> String {
    let fields: Vec<String> = composite.fields.iter().map(field).collect();
    match fields.is_empty() {
        true => format!("CREATE TYPE {of} AS ()"),
        false => format!("CREATE TYPE {of} AS (\n    {}\n)", fields.join(",\n    ")),
    }
}

fn field(field: &Field) -> String {
    let mut line = format!("{} {}", name(&field.name), field.data_type);
    if !field.collation.is_empty() {
        line.push_str(&format!(" COLLATE {}", field.collation));
    }
    line
}

/// Fields have places: from the first that is another they are made anew.
pub(super) fn replace(
    script: &mut Script<'_>,
    object: &SchemaObject,
    before: &Composite,
    after: &Composite,
) {
    let stays = |old: &&Field| after.fields.iter().any(|new| new.name == old.name);
    let kept: Vec<&Field> = before.fields.iter().filter(stays).collect();
    let same = kept.iter().zip(&after.fields);
    let same = same.take_while(|(old, new)| old.name == new.name).count();
    let mut actions = Vec::new();
    for old in &before.fields {
        let place = kept.iter().position(|field| field.name == old.name);
        if place.is_none_or(|place| place >= same) {
            actions.push(format!("DROP ATTRIBUTE {} CASCADE", name(&old.name)));
        }
    }
    for (old, new) in kept.iter().zip(&after.fields).take(same) {
        if *old != new {
            let collation = match new.collation.is_empty() {
                true => String::new(),
                false => format!(" COLLATE {}", new.collation),
            };
            actions.push(format!(
                "ALTER ATTRIBUTE {} TYPE {}{collation} CASCADE",
                name(&new.name),
                new.data_type
            ));
        }
    }
    let added = after.fields.iter().skip(same);
    actions.extend(added.map(|new| format!("ADD ATTRIBUTE {} CASCADE", field(new))));
    if !actions.is_empty() {
        script.put(format!(
            "ALTER TYPE {} {}",
            full(&object.name),
            actions.join(", ")
        ));
    }
}
