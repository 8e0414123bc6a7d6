//! Objects that are no tables, and what is done to objects as a whole.

use super::create;
use super::dialect::Dialect;
use super::names::{name, object, text};
use super::refusal::cannot;
use super::suspend::State;
use crate::inspect::{preceding, renamed};
use dapter_plugin_api::schema::{Body, Definition, Sequence};
use dapter_plugin_api::{AdapterError, ErrorKind, Result, SchemaObject};

/// Makes an object.
pub(super) fn create(
    of: &SchemaObject,
    known: &State<'_>,
    dialect: Dialect,
) -> Result<Vec<String>> {
    match &of.body {
        Body::Table(table) => create::table(of, table, known, dialect),
        Body::Sequence(sequence) => Ok(vec![create_sequence(of, sequence)]),
        Body::Definition(definition) => defined(of, definition, known),
        Body::Enumeration(_) | Body::Domain(_) | Body::Composite(_) => {
            Err(cannot(of, "types of one's own"))
        }
    }
}

/// Removes an object.
pub(super) fn drop(of: &SchemaObject) -> Vec<String> {
    let drop = format!("DROP {} {}", of.kind.to_uppercase(), object(&of.name));
    match &of.body {
        // Packages are known under the settings that they were made under alone.
        Body::Definition(definition) if of.kind.starts_with("package") => {
            let own = |statement: &String| match statement.starts_with("CREATE ") {
                true => drop.clone(),
                false => statement.clone(),
            };
            definition.create.iter().map(own).collect()
        }
        _ => vec![drop],
    }
}

/// A name that a table has for a moment.
const BETWEEN: &str = "dapter_renamed";

/// Whether MariaDB might crash at the next `ALTER TABLE` when a table gets another name: a foreign key is named after it, and
/// both names are written otherwise in the file system.
///
/// Source: tried with MariaDB 10.11.19, which ended with signal 11 in `filename_to_tablename` after
/// `RENAME TABLE `-- x` TO `имя``, but not where there was a plain name between the two.
fn needs_plain_name(of: &SchemaObject, to: &str, dialect: Dialect) -> bool {
    let is_written_otherwise =
        |name: &str| name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let keys = of.as_table().map(|table| &table.foreign_keys[..]);
    let begins = format!("{}_ibfk_", of.name.name);
    let mut keys = keys.unwrap_or_default().iter();
    dialect.is_mariadb()
        && is_written_otherwise(&of.name.name)
        && is_written_otherwise(to)
        && keys.any(|key| key.name.starts_with(&begins))
}

/// Gives an object another name.
pub(super) fn rename(
    of: &SchemaObject,
    to: &str,
    known: &State<'_>,
    dialect: Dialect,
) -> Result<Vec<String>> {
    match of.kind.as_str() {
        "table" if needs_plain_name(of, to, dialect) => Ok(vec![format!(
            "RENAME TABLE {} TO {BETWEEN}, {BETWEEN} TO {}",
            object(&of.name),
            name(to)
        )]),
        "table" | "view" | "sequence" => Ok(vec![format!(
            "RENAME TABLE {} TO {}",
            object(&of.name),
            name(to)
        )]),
        "event" => Ok(vec![format!(
            "ALTER EVENT {} RENAME TO {}",
            object(&of.name),
            name(to)
        )]),
        _ => {
            let Body::Definition(definition) = &of.body else {
                return Err(cannot(of, "other names for such objects"));
            };
            let create = definition.create.iter().map(|statement| {
                let keyword = of.kind.to_uppercase();
                renamed(statement, &keyword, to).unwrap_or_else(|| statement.clone())
            });
            let definition = Definition {
                create: create.collect(),
                ..definition.clone()
            };
            let mut statements = drop(of);
            statements.extend(defined(of, &definition, known)?);
            Ok(statements)
        }
    }
}

/// Makes an object another one of its name.
pub(super) fn replace(
    before: &SchemaObject,
    after: &SchemaObject,
    known: &State<'_>,
    dialect: Dialect,
) -> Result<Vec<String>> {
    match (&before.body, &after.body) {
        (Body::Sequence(was), Body::Sequence(is)) if was.data_type == is.data_type => {
            Ok(alter_sequence(before, after, was, is))
        }
        (Body::Definition(_), Body::Definition(_)) if after.kind == SchemaObject::TABLE => {
            let message = format!(
                "table {} is of an engine whose tables are not known well enough to be changed",
                after.name
            );
            Err(AdapterError::new(ErrorKind::Unsupported, message)
                .with_hint("write the statements for this table by hand"))
        }
        (Body::Definition(was), Body::Definition(is))
            if was.replaceable.is_some() && was.replaceable == is.replaceable =>
        {
            let statements = defined(after, is, known)?;
            let over =
                statements
                    .into_iter()
                    .map(|statement| match statement.strip_prefix("CREATE ") {
                        Some(rest) => format!("CREATE OR REPLACE {rest}"),
                        None => statement,
                    });
            Ok(over.collect())
        }
        _ => {
            let mut statements = drop(before);
            statements.extend(create(after, known, dialect)?);
            Ok(statements)
        }
    }
}

/// The statements of a definition. A trigger that is made anew stands before those that come behind it.
fn defined(of: &SchemaObject, definition: &Definition, known: &State<'_>) -> Result<Vec<String>> {
    let statements = definition.statements(|| object(&of.name));
    if statements.is_empty() {
        let message = format!("the definition of {} {} is not known", of.kind, of.name);
        let hint = "inspect the database as a user who may see it: its definer, or one with SHOW_ROUTINE, SHOW VIEW or TRIGGER";
        return Err(AdapterError::new(ErrorKind::Permission, message).with_hint(hint));
    }
    let Some(follower) = known.follower(of) else {
        return Ok(statements.into_owned());
    };
    let create = statements.iter().map(|statement| {
        preceding(statement, &follower.name.name).unwrap_or_else(|| statement.clone())
    });
    Ok(create.collect())
}

fn create_sequence(of: &SchemaObject, sequence: &Sequence) -> String {
    let mut written = format!("CREATE SEQUENCE {}", object(&of.name));
    if !sequence.data_type.is_empty() {
        written.push_str(&format!(" AS {}", sequence.data_type));
    }
    for (_, clause) in numbers(sequence) {
        written.push_str(&format!(" {clause}"));
    }
    if !of.comment.is_empty() {
        written.push_str(&format!(" COMMENT={}", text(&of.comment)));
    }
    written
}

fn alter_sequence(
    before: &SchemaObject,
    after: &SchemaObject,
    was: &Sequence,
    is: &Sequence,
) -> Vec<String> {
    let was = numbers(was);
    let changed = numbers(is)
        .into_iter()
        .filter(|clause| !was.contains(clause));
    let changed: Vec<String> = changed.map(|(_, clause)| clause).collect();
    let mut statements = Vec::new();
    if !changed.is_empty() {
        statements.push(format!(
            "ALTER SEQUENCE {} {}",
            object(&after.name),
            changed.join(" ")
        ));
    }
    if before.comment != after.comment {
        let comment = text(&after.comment);
        statements.push(format!(
            "ALTER TABLE {} COMMENT={comment}",
            object(&after.name)
        ));
    }
    statements
}

fn numbers(sequence: &Sequence) -> Vec<(&'static str, String)> {
    let cache = match sequence.cache {
        0 => "NOCACHE".to_owned(),
        cache => format!("CACHE {cache}"),
    };
    let cycle = if sequence.cycle { "CYCLE" } else { "NOCYCLE" };
    vec![
        ("start", format!("START WITH {}", sequence.start)),
        ("min", format!("MINVALUE {}", sequence.min)),
        ("max", format!("MAXVALUE {}", sequence.max)),
        ("increment", format!("INCREMENT BY {}", sequence.increment)),
        ("cache", cache),
        ("cycle", cycle.to_owned()),
    ]
}
