//! What holds for objects of every kind.

use super::name::{full, name, text_or_null};
use super::{Script, alter, composite, domain, enumeration, sequence, table};
use dapter_plugin_api::schema::{Body, Definition, SchemaObject};
use dapter_plugin_api::{Operation, Result};

/// The statements of an operation.
pub(super) fn operation(script: &mut Script<'_>, operation: &Operation) -> Result<()> {
    match operation {
        Operation::Create { object } => create(script, object),
        Operation::Drop { object } => remove(script, object),
        Operation::Rename { object, to } => rename(script, object, to),
        Operation::Replace { before, after } => replace(script, before, after),
        Operation::Alter {
            before,
            after,
            changes,
        } => alter::statements(script, before, after, changes)?,
    }
    Ok(())
}

fn create(script: &mut Script<'_>, object: &SchemaObject) {
    match &object.body {
        Body::Table(table) => table::create(script, &object.name, table),
        Body::Enumeration(it) => {
            let created = enumeration::create(&full(&object.name), it);
            script.put(created);
        }
        Body::Domain(it) => domain::create(script, object, it),
        Body::Composite(it) => {
            let created = composite::create(&full(&object.name), it);
            script.put(created);
        }
        Body::Sequence(it) => sequence::create(script, object, it),
        Body::Definition(it) => define(script, object, it),
    }
    remark(script, None, object);
}

/// The statements of a definition. Nothing is there yet, so nothing is to be replaced by accident.
fn define(script: &mut Script<'_>, object: &SchemaObject, definition: &Definition) {
    let statements = definition.statements(|| full(&object.name));
    let mut create = statements.iter();
    if object.kind == "view"
        && let Some(first) = create.next()
    {
        script.put(first.replacen("CREATE OR REPLACE VIEW", "CREATE VIEW", 1));
    }
    create.for_each(|statement| script.put(statement.clone()));
}

fn remove(script: &mut Script<'_>, object: &SchemaObject) {
    match &object.body {
        Body::Sequence(it) => sequence::remove(script, object, it),
        Body::Definition(it) if object.kind == "default privileges" => {
            for statement in &it.create {
                script.put(opposite(statement));
            }
        }
        _ => script.put(format!("DROP {}", spec(object))),
    }
}

/// What takes default privileges back, or gives them again.
fn opposite(statement: &str) -> String {
    let statement = statement.trim_end_matches(" WITH GRANT OPTION");
    match statement.contains(" GRANT ") {
        true => statement
            .replacen(" GRANT ", " REVOKE ", 1)
            .replacen(" TO ", " FROM ", 1),
        false => statement
            .replacen(" REVOKE ", " GRANT ", 1)
            .replacen(" FROM ", " TO ", 1),
    }
}

fn rename(script: &mut Script<'_>, object: &SchemaObject, to: &str) {
    script.put(format!("ALTER {} RENAME TO {}", spec(object), name(to)));
    if let Body::Table(table) = &object.body {
        table::rename_sequences(script, object, table, to);
    }
}

fn replace(script: &mut Script<'_>, before: &SchemaObject, after: &SchemaObject) {
    match (&before.body, &after.body) {
        (Body::Definition(old), Body::Definition(new)) => {
            if !redefine(script, after, old, new) {
                remove(script, before);
                create(script, after);
                return;
            }
        }
        (Body::Enumeration(old), Body::Enumeration(new)) => {
            enumeration::replace(script, after, old, new);
        }
        (Body::Domain(old), Body::Domain(new)) => domain::replace(script, after, old, new),
        (Body::Composite(old), Body::Composite(new)) => {
            composite::replace(script, after, old, new);
        }
        (Body::Sequence(old), Body::Sequence(new)) => {
            sequence::replace(script, after, (old, new));
        }
        _ => {
            remove(script, before);
            create(script, after);
            return;
        }
    }
    remark(script, Some(before), after);
}

/// Makes a definition another one in place, where that can be.
fn redefine(
    script: &mut Script<'_>,
    after: &SchemaObject,
    old: &Definition,
    new: &Definition,
) -> bool {
    if old.create == new.create {
        return true;
    }
    if old.replaceable.is_some() && old.replaceable == new.replaceable {
        let changed = new.create.iter();
        let changed = changed.filter(|statement| !old.create.contains(statement));
        changed.for_each(|statement| script.put(statement.clone()));
        return true;
    }
    let same_query = old.create.first() == new.create.first();
    let gone = |statement: &&String| !new.create.contains(statement);
    let drops: Option<Vec<String>> = old
        .create
        .iter()
        .filter(gone)
        .map(|it| drop_index(it))
        .collect();
    match drops {
        Some(drops) if after.kind == "materialized view" && same_query => {
            drops
                .into_iter()
                .for_each(|statement| script.put(statement));
            let added = new.create.iter().filter(|it| !old.create.contains(it));
            added.for_each(|statement| script.put(statement.clone()));
            true
        }
        _ => false,
    }
}

/// What removes the index that a statement makes, if it makes one.
fn drop_index(create: &str) -> Option<String> {
    let rest = create.strip_prefix("CREATE UNIQUE INDEX ");
    let rest = rest.or_else(|| create.strip_prefix("CREATE INDEX "))?;
    let (name, _) = rest.split_once(" ON ")?;
    Some(format!("DROP INDEX {name}"))
}

/// The kind and the name of an object, as `DROP`, `COMMENT ON` and `ALTER` want it.
pub(super) fn spec(object: &SchemaObject) -> String {
    let kind = object.kind.to_uppercase();
    let of = &object.name;
    match object.kind.as_str() {
        "trigger" | "rule" | "policy" => {
            let table = of.table().map(|table| full(&table)).unwrap_or_default();
            format!("{kind} {} ON {table}", name(&of.name))
        }
        "cast" | "transform" => format!("{kind} {}", of.arguments),
        "operator" => {
            let schema = match of.schema.is_empty() {
                true => String::new(),
                false => format!("{}.", name(&of.schema)),
            };
            format!("{kind} {schema}{} {}", of.name, of.arguments)
        }
        _ => format!("{kind} {}{}", full(of), of.arguments),
    }
}

/// What is said about an object, and who may do what with it, where that was another.
fn remark(script: &mut Script<'_>, before: Option<&SchemaObject>, after: &SchemaObject) {
    let said = before.map_or("", |before| before.comment.as_str());
    if said != after.comment {
        script.put(format!(
            "COMMENT ON {} IS {}",
            spec(after),
            text_or_null(&after.comment)
        ));
    }
    let old = before.map_or(&[][..], |before| &before.grants);
    regrant(script, &granted(after), old, &after.grants);
}

/// An object as `GRANT … ON` wants it.
pub(super) fn granted(object: &SchemaObject) -> String {
    match object.kind.as_str() {
        "table" | "view" | "materialized view" | "foreign table" => full(&object.name),
        "aggregate" => format!("FUNCTION {}{}", full(&object.name), object.name.arguments),
        "server" => format!("FOREIGN {}", spec(object)),
        _ => spec(object),
    }
}

/// Takes away and gives privileges, those of one role in one statement.
pub(super) fn regrant(script: &mut Script<'_>, on: &str, old: &[String], new: &[String]) {
    let gone: Vec<&String> = old.iter().filter(|grant| !new.contains(grant)).collect();
    let come: Vec<&String> = new.iter().filter(|grant| !old.contains(grant)).collect();
    for (grants, gives) in [(gone, Gives::Back), (come, Gives::Out)] {
        let mut merged: Vec<(String, Vec<String>)> = Vec::new();
        for grant in grants {
            let (key, privilege) = grant_parts(grant, on, gives);
            match merged.iter_mut().find(|(other, _)| *other == key) {
                Some((_, privileges)) => privileges.push(privilege),
                None => merged.push((key, vec![privilege])),
            }
        }
        for (key, privileges) in merged {
            script.put(key.replacen('\u{0}', &privileges.join(", "), 1));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    Out,
    Back,
}

/// A statement with a hole for the privilege, and the privilege.
fn grant_parts(grant: &str, on: &str, gives: Gives) -> (String, String) {
    let (negated, grant) = match grant.strip_prefix("no ") {
        Some(rest) => (true, rest),
        None => (false, grant),
    };
    let (privilege, role) = grant.split_once(" to ").unwrap_or((grant, ""));
    let (role, option) = match role.strip_suffix(" with grant option") {
        Some(role) => (role, " WITH GRANT OPTION"),
        None => (role, ""),
    };
    let statement = match (gives == Gives::Out) != negated {
        true => format!("GRANT \u{0} ON {on} TO {role}{option}"),
        false => format!("REVOKE \u{0} ON {on} FROM {role}"),
    };
    (statement, privilege.to_owned())
}
