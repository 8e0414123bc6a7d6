//! What functions in SQL need: the server checks their bodies when they are made, but keeps no dependencies of them.

use dapter_plugin_api::SchemaObject;
use dapter_plugin_api::schema::{Body, Dependency};
use dapter_plugin_api::sql::{Rules, keywords};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Adds the tables, views and functions that are named in the bodies of functions in SQL, unless they need the function.
pub(super) fn depend<K: Ord + Clone>(found: &mut BTreeMap<K, SchemaObject>) {
    let mut by_name: HashMap<String, Vec<Dependency>> = HashMap::new();
    for object in found.values() {
        let kinds = [
            "table",
            "view",
            "materialized view",
            "function",
            "type",
            "domain",
            "sequence",
        ];
        if kinds.contains(&object.kind.as_str()) {
            let needed = Dependency {
                kind: object.kind.clone(),
                name: object.name.clone(),
                columns: Vec::new(),
            };
            let name = object.name.name.to_lowercase();
            by_name.entry(name).or_default().push(needed);
        }
    }
    let readers: Vec<(K, BTreeSet<String>)> = found
        .iter()
        .filter_map(|(key, object)| Some((key.clone(), words(body(object)?))))
        .collect();
    for (key, words) in readers {
        let named: Vec<Dependency> = words
            .iter()
            .filter_map(|word| by_name.get(word))
            .flatten()
            .cloned()
            .collect();
        let Some(object) = found.get(&key) else {
            continue;
        };
        let (kind, name) = (object.kind.clone(), object.name.clone());
        let dependents = dependents(found, &kind, &name);
        let Some(object) = found.get_mut(&key) else {
            continue;
        };
        let new = named.into_iter().filter(|needed| {
            let id = (needed.kind.clone(), needed.name.clone());
            !dependents.contains(&id) && !object.needs(&needed.kind, &needed.name)
        });
        let new: Vec<Dependency> = new.collect();
        object.depends_on.extend(new);
        object.depends_on.sort();
    }
}

/// The text of a function in SQL that is kept as it was written.
fn body(object: &SchemaObject) -> Option<&str> {
    let Body::Definition(definition) = &object.body else {
        return None;
    };
    let text = definition.create.first()?;
    let is_sql = matches!(object.kind.as_str(), "function" | "procedure")
        && text
            .lines()
            .any(|line| line.trim_start().starts_with("LANGUAGE sql"));
    let (_, behind) = text.split_once("\nAS $")?;
    let (_, body) = behind.split_once('$')?;
    is_sql.then_some(body)
}

/// Words and quoted names, in lower case.
fn words(text: &str) -> BTreeSet<String> {
    let quoted = text.split('"').skip(1).step_by(2);
    let bare = text
        .split(';')
        .flat_map(|part| keywords(part, &Rules::POSTGRESQL));
    bare.chain(quoted).map(str::to_lowercase).collect()
}

/// The object, and all that need it.
fn dependents<K: Ord>(
    found: &BTreeMap<K, SchemaObject>,
    kind: &str,
    name: &dapter_plugin_api::ObjectName,
) -> BTreeSet<(String, dapter_plugin_api::ObjectName)> {
    let mut all = BTreeSet::from([(kind.to_owned(), name.clone())]);
    loop {
        let more: Vec<_> = found
            .values()
            .map(|object| (object, (object.kind.clone(), object.name.clone())))
            .filter(|(object, id)| {
                !all.contains(id)
                    && object
                        .depends_on
                        .iter()
                        .any(|needed| all.contains(&(needed.kind.clone(), needed.name.clone())))
            })
            .map(|(_, id)| id)
            .collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}
