//! What functions in SQL need: the server checks their bodies when they are made, but keeps no dependencies of them.

use dapter_plugin_api::schema::{Body, Dependency};
use dapter_plugin_api::sql::{Rules, keywords};
use dapter_plugin_api::{ObjectName, SchemaObject};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Adds the tables, views and functions that are named in the bodies of functions in SQL, unless they need the function.
pub(super) fn depend<K: Ord + Clone>(found: &mut BTreeMap<K, SchemaObject>) {
    let readers: Vec<(K, BTreeSet<String>)> = found
        .iter()
        .filter_map(|(key, object)| Some((key.clone(), words(body(object)?))))
        .collect();
    if readers.is_empty() {
        return;
    }
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
    let mut needers = needers(found);
    for (key, words) in readers {
        let Some(object) = found.get_mut(&key) else {
            continue;
        };
        let own = (object.kind.clone(), object.name.clone());
        let dependents = dependents(&needers, &own);
        let named = words.iter().filter_map(|word| by_name.get(word));
        let new = named.flatten().filter(|needed| {
            !dependents.contains(&id(needed)) && !object.needs(&needed.kind, &needed.name)
        });
        let new: Vec<Dependency> = new.cloned().collect();
        for needed in &new {
            needers.entry(id(needed)).or_default().push(own.clone());
        }
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
    let (tag, body) = behind.split_once('$')?;
    let body = body.strip_suffix(&format!("${tag}$")).unwrap_or(body);
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

type Id = (String, ObjectName);

fn id(needed: &Dependency) -> Id {
    (needed.kind.clone(), needed.name.clone())
}

/// Who needs an object, per object.
fn needers<K>(found: &BTreeMap<K, SchemaObject>) -> HashMap<Id, Vec<Id>> {
    let mut needers: HashMap<Id, Vec<Id>> = HashMap::new();
    for object in found.values() {
        let own = (object.kind.clone(), object.name.clone());
        for needed in &object.depends_on {
            needers.entry(id(needed)).or_default().push(own.clone());
        }
    }
    needers
}

/// The object, and all that need it.
fn dependents(needers: &HashMap<Id, Vec<Id>>, of: &Id) -> HashSet<Id> {
    let (mut all, mut open) = (HashSet::new(), vec![of.clone()]);
    while let Some(next) = open.pop() {
        let behind = needers.get(&next);
        if all.insert(next) {
            open.extend(behind.into_iter().flatten().cloned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str, body: &str) -> SchemaObject {
        let text = format!(
            "CREATE OR REPLACE FUNCTION {name}()\n LANGUAGE sql\nAS $function${body}$function$"
        );
        SchemaObject::of_definition("function", ObjectName::plain(name), vec![text])
    }

    #[test]
    fn what_a_body_names_is_needed_unless_it_needs_the_function() {
        let mut table = SchemaObject::of_table(ObjectName::plain("Users"), Default::default());
        table.depends_on.push(Dependency {
            kind: "function".to_owned(),
            name: ObjectName::plain("made"),
            columns: Vec::new(),
        });
        let objects = [
            table,
            function("made", "SELECT count(*) FROM \"Users\""),
            SchemaObject::of_definition("view", ObjectName::plain("other"), Vec::new()),
            function("reads", "SELECT 1; SELECT made() FROM \"Users\", other"),
        ];
        let mut found: BTreeMap<usize, SchemaObject> = objects.into_iter().enumerate().collect();
        depend(&mut found);
        assert_eq!(found[&1].depends_on, []);
        let names: Vec<String> = found[&3]
            .depends_on
            .iter()
            .map(|needed| format!("{} {}", needed.kind, needed.name))
            .collect();
        assert_eq!(names, ["function made", "table Users", "view other"]);
    }
}
