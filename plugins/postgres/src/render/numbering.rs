//! Identities, `serial`, and the sequences behind them.

use super::name::{full, made, name, text};
use super::{Script, sequence as sequences};
use dapter_plugin_api::schema::{Body, Column, Identity, IdentityKind, Sequence};
use dapter_plugin_api::{ObjectName, Operation};

/// The word that stands in the place of the type.
pub(super) fn serial_word(column: &Column) -> Option<&'static str> {
    let identity = column.identity.as_ref()?;
    let word = match column.data_type.as_str() {
        "smallint" => "smallserial",
        "bigint" => "bigserial",
        _ => "serial",
    };
    (identity.kind == IdentityKind::Serial).then_some(word)
}

/// The name of the sequence behind a column, as statements write it.
pub(super) fn sequence(table: &ObjectName, column: &Column) -> String {
    match column.options.get("sequence name") {
        Some(name) => name.clone(),
        None => full(&usual(table, &column.name)),
    }
}

/// The name that the server gives to it.
pub(super) fn usual(table: &ObjectName, column: &str) -> ObjectName {
    ObjectName::within(&table.schema, made(&table.name, column, "seq"))
}

/// `GENERATED … AS IDENTITY`, with what is unusual about it.
pub(super) fn generated(column: &Column, identity: &Identity) -> String {
    let mut inner = Vec::new();
    if let Some(name) = column.options.get("sequence name") {
        inner.push(format!("SEQUENCE NAME {name}"));
    }
    if let Some(sequence) = &identity.sequence {
        inner.extend(sequences::settings(sequence, &ordinary(&column.data_type)));
    }
    let inner = match inner.is_empty() {
        true => String::new(),
        false => format!(" ({})", inner.join(" ")),
    };
    format!("GENERATED {} AS IDENTITY{inner}", word(identity.kind))
}

fn word(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::Always => "ALWAYS",
        _ => "BY DEFAULT",
    }
}

/// What a column that was made as `serial` needs besides.
pub(super) fn after_serial(script: &mut Script<'_>, table: &ObjectName, column: &Column) {
    let Some(identity) = column
        .identity
        .as_ref()
        .filter(|it| it.kind == IdentityKind::Serial)
    else {
        return;
    };
    if let Some(unusual) = &identity.sequence {
        let settings = sequences::settings(unusual, &ordinary(&column.data_type));
        let sequence = sequence(table, column);
        if !settings.is_empty() {
            script.put(format!("ALTER SEQUENCE {sequence} {}", settings.join(" ")));
        }
    }
    if !column.not_null {
        script.put(format!(
            "ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL",
            full(table),
            name(&column.name)
        ));
    }
}

/// The numbers of a type, as they are when nothing is said.
pub(super) fn ordinary(data_type: &str) -> Sequence {
    Sequence {
        data_type: data_type.to_owned(),
        start: 1,
        increment: 1,
        min: 1,
        max: match data_type {
            "smallint" => i64::from(i16::MAX),
            "integer" => i64::from(i32::MAX),
            _ => i64::MAX,
        },
        cache: 1,
        ..Sequence::default()
    }
}

/// What changes in the numbering of a column: actions of `ALTER TABLE` before and behind statements about the sequence.
#[derive(Default)]
pub(super) struct Renumbering {
    /// Actions that come first.
    pub(super) first: Vec<String>,
    /// Statements between.
    pub(super) between: Vec<String>,
    /// Actions that come then.
    pub(super) then: Vec<String>,
    /// Statements at the end.
    pub(super) last: Vec<String>,
}

/// How the numbering of a column becomes another.
pub(super) fn change(
    script: &Script<'_>,
    table: &ObjectName,
    before: &Column,
    after: &Column,
) -> Renumbering {
    let mut steps = Renumbering::default();
    let kind = |column: &Column| column.identity.as_ref().map(|identity| identity.kind);
    let column = name(&after.name);
    let (old, new) = (kind(before), kind(after));
    let is_identity = |kind| matches!(kind, Some(IdentityKind::Always | IdentityKind::ByDefault));
    if old == new || is_identity(old) && is_identity(new) {
        if let Some(kind) = new.filter(|_| old != new) {
            steps.then.push(format!(
                "ALTER COLUMN {column} SET GENERATED {}",
                word(kind)
            ));
        }
        same_sequence(&mut steps, table, before, after);
        return steps;
    }
    let usual = usual(table, &after.name);
    match old {
        Some(IdentityKind::Serial) => {
            steps
                .first
                .push(format!("ALTER COLUMN {column} DROP DEFAULT"));
            if !script.has_sequence(&usual, |it| matches!(it, Operation::Create { .. })) {
                steps
                    .between
                    .push(format!("DROP SEQUENCE {}", sequence(table, before)));
            }
        }
        Some(_) => steps
            .first
            .push(format!("ALTER COLUMN {column} DROP IDENTITY")),
        None => {}
    }
    let numbered = after.identity.as_ref();
    match (new, numbered) {
        (Some(IdentityKind::Serial), _) => serial(script, &mut steps, table, after),
        (Some(_), Some(identity)) => {
            let generated = generated(after, identity);
            steps
                .then
                .push(format!("ALTER COLUMN {column} ADD {generated}"));
        }
        _ => return steps,
    }
    // Rows that are there have numbers already.
    steps.last.push(format!(
        "SELECT setval({}, coalesce(max({column}), 0) + 1, false) FROM {}",
        text(&sequence(table, after)),
        full(table)
    ));
    steps
}

fn serial(script: &Script<'_>, steps: &mut Renumbering, table: &ObjectName, after: &Column) {
    let sequence = sequence(table, after);
    let owner = format!("{}.{}", full(table), name(&after.name));
    let data_type = &after.data_type;
    let wanted = after.identity.as_ref();
    let wanted = wanted.and_then(|it| it.sequence.as_deref().cloned());
    let wanted = wanted.unwrap_or_else(|| ordinary(data_type));
    let usual = usual(table, &after.name);
    let there = script
        .operations
        .iter()
        .find_map(|operation| match operation {
            Operation::Drop { object } if object.name == usual => match &object.body {
                Body::Sequence(sequence) => Some(sequence),
                _ => None,
            },
            _ => None,
        });
    steps.between.push(match there {
        Some(there) => {
            let mut settings = sequences::settings(&wanted, there);
            settings.push(format!("OWNED BY {owner}"));
            format!("ALTER SEQUENCE {sequence} {}", settings.join(" "))
        }
        None => {
            let mut settings = sequences::settings(&wanted, &ordinary("bigint"));
            settings.push(format!("OWNED BY {owner}"));
            format!("CREATE SEQUENCE {sequence} {}", settings.join(" "))
        }
    });
    steps.then.push(format!(
        "ALTER COLUMN {} SET DEFAULT nextval({}::regclass)",
        name(&after.name),
        text(&sequence)
    ));
}

fn same_sequence(steps: &mut Renumbering, table: &ObjectName, before: &Column, after: &Column) {
    let (Some(old), Some(new)) = (&before.identity, &after.identity) else {
        return;
    };
    let (from, to) = (sequence(table, before), sequence(table, after));
    if from != to {
        let bare = to.rsplit('.').next().unwrap_or(&to);
        steps
            .last
            .push(format!("ALTER SEQUENCE {from} RENAME TO {bare}"));
    }
    let of = |identity: &Identity, column: &Column| {
        let given = identity.sequence.as_deref().cloned();
        given.unwrap_or_else(|| ordinary(&column.data_type))
    };
    let (mut was, is) = (of(old, before), of(new, after));
    if new.kind != IdentityKind::Serial && before.data_type != after.data_type {
        // The server changes its type with the column's.
        was.data_type.clone_from(&is.data_type);
        was.max = if was.max == ordinary(&before.data_type).max {
            is.max
        } else {
            was.max
        };
    }
    let settings = sequences::settings(&is, &was);
    if !settings.is_empty() {
        steps
            .last
            .push(format!("ALTER SEQUENCE {to} {}", settings.join(" ")));
    }
}
