//! Sequences.

use super::name::{full, name};
use super::{Script, numbering};
use dapter_plugin_api::schema::{Body, Column, IdentityKind, SchemaObject, Sequence};
use dapter_plugin_api::{ObjectName, Operation, TableChange};

/// What a sequence says, where it is another than of this one.
pub(super) fn settings(sequence: &Sequence, other: &Sequence) -> Vec<String> {
    let mut settings = Vec::new();
    if sequence.data_type != other.data_type && !sequence.data_type.is_empty() {
        settings.push(format!("AS {}", sequence.data_type));
    }
    // A type brings its limits along, unless they were others before.
    let limits = numbering::ordinary(&sequence.data_type);
    let before = numbering::ordinary(&other.data_type);
    let usual_max = if other.max == before.max {
        limits.max
    } else {
        other.max
    };
    for (word, value, usual) in [
        ("START WITH", sequence.start, other.start),
        ("INCREMENT BY", sequence.increment, other.increment),
        ("MINVALUE", sequence.min, other.min),
        ("MAXVALUE", sequence.max, usual_max),
        ("CACHE", sequence.cache, other.cache),
    ] {
        if value != usual {
            settings.push(format!("{word} {value}"));
        }
    }
    match (other.cycle, sequence.cycle) {
        (false, true) => settings.push("CYCLE".to_owned()),
        (true, false) => settings.push("NO CYCLE".to_owned()),
        _ => {}
    }
    settings
}

pub(super) fn create(script: &mut Script<'_>, object: &SchemaObject, sequence: &Sequence) {
    let name = full(&object.name);
    let ordinary = numbering::ordinary("bigint");
    let mut words = vec![name.clone()];
    words.extend(settings(sequence, &ordinary));
    // One that a column has already stays where it is.
    let verb = match was_serial(script, object) {
        true => "ALTER",
        false => "CREATE",
    };
    if verb == "CREATE" || words.len() > 1 {
        script.put(format!("{verb} SEQUENCE {}", words.join(" ")));
    }
    if verb == "ALTER" && sequence.owned_by.is_empty() {
        script.put(format!("ALTER SEQUENCE {name} OWNED BY NONE"));
    }
}

pub(super) fn remove(script: &mut Script<'_>, object: &SchemaObject, sequence: &Sequence) {
    let stays = becomes_serial(script, object) || goes_with_owner(script, sequence);
    if !stays {
        script.put(format!("DROP SEQUENCE {}", full(&object.name)));
    }
}

pub(super) fn replace(
    script: &mut Script<'_>,
    object: &SchemaObject,
    pair: (&Sequence, &Sequence),
) {
    let (before, after) = pair;
    let mut settings = settings(after, before);
    if before.owned_by != after.owned_by && after.owned_by.is_empty() {
        settings.push("OWNED BY NONE".to_owned());
    }
    if !settings.is_empty() {
        script.put(format!(
            "ALTER SEQUENCE {} {}",
            full(&object.name),
            settings.join(" ")
        ));
    }
}

/// Gives sequences to their columns, once both are there.
pub(super) fn owners(script: &mut Script<'_>) {
    for operation in script.operations {
        let (object, before) = match operation {
            Operation::Create { object } => (object, ""),
            Operation::Replace { before, after } => match &before.body {
                Body::Sequence(before) => (after, before.owned_by.as_str()),
                _ => continue,
            },
            _ => continue,
        };
        let Body::Sequence(sequence) = &object.body else {
            continue;
        };
        if !sequence.owned_by.is_empty() && sequence.owned_by != before {
            script.put(format!(
                "ALTER SEQUENCE {} OWNED BY {}",
                full(&object.name),
                sequence.owned_by
            ));
        }
    }
}

/// Whether the sequence is that of a `serial` column until then.
fn was_serial(script: &Script<'_>, object: &SchemaObject) -> bool {
    changed_columns(script).any(|(table, before, after)| {
        is_serial(before)
            && !is_serial(after)
            && numbering::usual(table, &after.name) == object.name
    })
}

/// Whether it is that of a `serial` column from then on.
fn becomes_serial(script: &Script<'_>, object: &SchemaObject) -> bool {
    changed_columns(script).any(|(table, before, after)| {
        is_serial(after)
            && !is_serial(before)
            && numbering::usual(table, &after.name) == object.name
    })
}

fn is_serial(column: &Column) -> bool {
    let identity = column.identity.as_ref();
    identity.is_some_and(|identity| identity.kind == IdentityKind::Serial)
}

fn changed_columns<'s>(
    script: &'s Script<'_>,
) -> impl Iterator<Item = (&'s ObjectName, &'s Column, &'s Column)> {
    let changes = script
        .operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::Alter {
                before, changes, ..
            } => Some((&before.name, changes)),
            _ => None,
        });
    changes.flat_map(|(table, changes)| {
        changes.iter().filter_map(move |change| match change {
            TableChange::AlterColumn { before, after } => Some((table, before, after)),
            _ => None,
        })
    })
}

/// Whether it is removed with the table, or the column, that it belongs to.
fn goes_with_owner(script: &Script<'_>, sequence: &Sequence) -> bool {
    let Some((table, column)) = sequence.owned_by.rsplit_once('.') else {
        return false;
    };
    script.operations.iter().any(|operation| match operation {
        Operation::Drop { object } => object.as_table().is_some() && full(&object.name) == table,
        Operation::Alter {
            before, changes, ..
        } => {
            full(&before.name) == table
                && changes.iter().any(|change| match change {
                    TableChange::DropColumn { column: gone, .. } => name(&gone.name) == column,
                    _ => false,
                })
        }
        _ => false,
    })
}
