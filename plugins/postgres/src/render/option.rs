//! What is said of a whole table, as actions of `ALTER TABLE`.

use super::name::{full, name};
use dapter_plugin_api::{AdapterError, ErrorKind, ObjectName, Result};

/// The action for an option that `CREATE TABLE` does not take.
pub(super) fn after_create(option: &str, value: &str) -> Option<String> {
    match option {
        "row security" => Some("ENABLE ROW LEVEL SECURITY".to_owned()),
        "force row security" => Some("FORCE ROW LEVEL SECURITY".to_owned()),
        "replica identity" => Some(format!("REPLICA IDENTITY {value}")),
        _ => None,
    }
}

/// The actions that make an option another.
pub(super) fn change(
    table: &ObjectName,
    option: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<Vec<String>> {
    let one = |action: String| Ok(vec![action]);
    match (option, after) {
        ("unlogged", Some(_)) => one("SET UNLOGGED".to_owned()),
        ("unlogged", None) => one("SET LOGGED".to_owned()),
        ("row security", None) => one("DISABLE ROW LEVEL SECURITY".to_owned()),
        ("force row security", None) => one("NO FORCE ROW LEVEL SECURITY".to_owned()),
        ("replica identity", None) => one("REPLICA IDENTITY DEFAULT".to_owned()),
        ("row security" | "force row security" | "replica identity", Some(value)) => {
            Ok(after_create(option, value).into_iter().collect())
        }
        ("with", _) => Ok(parameters("", before, after)),
        ("toast", _) => Ok(parameters("toast.", before, after)),
        ("tablespace", _) => one(format!(
            "SET TABLESPACE {}",
            name(after.unwrap_or("pg_default"))
        )),
        ("of type", Some(typed)) => one(format!("OF {typed}")),
        ("of type", None) => one("NOT OF".to_owned()),
        _ => Err(AdapterError::new(
            ErrorKind::Unsupported,
            format!(
                "cannot change {option} of the table {}: it needs a new table",
                full(table)
            ),
        )
        .with_hint(
            "write the statements by hand: make a new table, copy the rows, drop the old one",
        )),
    }
}

fn parameters(prefix: &str, before: Option<&str>, after: Option<&str>) -> Vec<String> {
    let list = |text: Option<&str>| -> Vec<(String, String)> {
        let items = text.unwrap_or_default().split(", ");
        let items = items.filter_map(|item| item.split_once('='));
        let items = items.map(|(name, value)| (name.to_owned(), value.to_owned()));
        items.collect()
    };
    let (old, new) = (list(before), list(after));
    let set = new.iter().filter(|item| !old.contains(item));
    let set: Vec<String> = set
        .map(|(name, value)| format!("{prefix}{name}={value}"))
        .collect();
    let gone = old
        .iter()
        .filter(|(name, _)| !new.iter().any(|(other, _)| other == name));
    let gone: Vec<String> = gone.map(|(name, _)| format!("{prefix}{name}")).collect();
    let mut actions = Vec::new();
    if !set.is_empty() {
        actions.push(format!("SET ({})", set.join(", ")));
    }
    if !gone.is_empty() {
        actions.push(format!("RESET ({})", gone.join(", ")));
    }
    actions
}
