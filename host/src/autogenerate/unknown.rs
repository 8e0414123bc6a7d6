//! Members of documents that there are not: slips, which would say nothing otherwise.
//!
//! What reads documents takes the members of several structs from one place, so each sees members that are none of its own and
//! cannot complain. This looks at the same text once more, one struct after the other.

use std::fmt;

use dapter_plugin_api::schema::{
    Composite, Definition, Dependency, Domain, Enumeration, Sequence, Table,
};
use serde::de::DeserializeOwned;
use serde_ignored::Path;
use serde_json::{Map, Value, json};

use super::former_names::{OF_THING, OF_VALUES};
use crate::suggest::did_you_mean;

/// What names of objects are written with, and what else is a text or a list of texts wherever it stands.
const PLAIN: [&str; 6] = ["schema", "table", "name", "arguments", "comment", "grants"];

/// What an object needs.
const NEEDS: &str = "depends_on";

/// What an object that is no table is made of.
const BODIES: [&str; 5] = [
    "enumeration",
    "domain",
    "composite",
    "sequence",
    "definition",
];

/// Every member that there is somewhere, to find what is meant by a slip.
#[rustfmt::skip]
const MEMBERS: &[&str] = &[
    "arguments", "bound", "by", "cache", "canonical", "checks", "collation", "column", "columns", "comment", "create", "cycle",
    "default", "deferral", "definition", "descending", "exclusions", "expression", "fields", "foreign_keys", "generated", "identity",
    "include", "increment", "indexes", "inherits", "kind", "length", "match_type", "max", "method", "min", "name", "not_null",
    "nulls_first", "of", "on_delete", "on_update", "operator_class", "options", "owned_by", "partitioning", "parts", "primary_key",
    "query", "references", "replaceable", "schema", "sequence", "start", "stored", "table", "type", "unique", "uniques", "values", "where",
];

/// A member that there is not.
#[derive(Debug)]
pub(super) struct Unknown {
    /// Where it stands: `table`, `users`, `columns`, `0`.
    place: Vec<String>,
    member: String,
    /// What may stand there.
    known: Vec<&'static str>,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: no member `{}`", self.place.join("."), self.member)
    }
}

impl Unknown {
    /// What is probably meant.
    pub(super) fn hint(&self) -> Option<String> {
        let near = did_you_mean(&self.member, self.known.iter().copied())?;
        Some(format!("did you mean `{near}`?"))
    }
}

/// The first member that there is not. What is wrong otherwise is passed over: the reader tells it.
pub(super) fn unknown(document: &Value) -> Option<Unknown> {
    let tables = entries(document, "table");
    let others = entries(document, "object");
    let of_table = |(place, mut members): (Vec<String>, Map<String, Value>)| {
        in_dependencies(&place, &mut members).or_else(|| {
            let mut unknown = within::<Table>(&place, &Value::Object(members))?;
            match unknown.place.strip_prefix(&place[..]) {
                Some([]) => unknown
                    .known
                    .extend(PLAIN.into_iter().chain([NEEDS, OF_THING])),
                Some([list, _]) if list == "columns" => {
                    unknown.known.extend([OF_THING, OF_VALUES]);
                }
                _ => {}
            }
            Some(unknown)
        })
    };
    tables
        .filter_map(of_table)
        .chain(others.filter_map(|(place, members)| in_object(&place, members)))
        .next()
}

/// The tables or other objects, each with its place and those of its members that are to be looked at.
fn entries<'a>(
    document: &'a Value,
    list: &'static str,
) -> impl Iterator<Item = (Vec<String>, Map<String, Value>)> + 'a {
    let entries = document.get(list).and_then(Value::as_array);
    let entries = entries.into_iter().flatten().enumerate();
    entries.filter_map(move |(number, entry)| {
        let mut members = entry.as_object()?.clone();
        let name = members.get("name").and_then(Value::as_str);
        let called = name.map_or_else(|| number.to_string(), str::to_owned);
        members.retain(|member, _| !PLAIN.contains(&member.as_str()));
        Some((vec![list.to_owned(), called], members))
    })
}

fn in_object(place: &[String], mut members: Map<String, Value>) -> Option<Unknown> {
    members.remove("kind");
    in_dependencies(place, &mut members).or_else(|| {
        let mut members = members.into_iter();
        members.find_map(|(member, value)| in_body(place, member, &value))
    })
}

fn in_body(place: &[String], member: String, value: &Value) -> Option<Unknown> {
    let within_it = [place, std::slice::from_ref(&member)].concat();
    match member.as_str() {
        "enumeration" => within::<Enumeration>(&within_it, value),
        "domain" => within::<Domain>(&within_it, value),
        "composite" => within::<Composite>(&within_it, value),
        "sequence" => within::<Sequence>(&within_it, value),
        "definition" => within::<Definition>(&within_it, value),
        _ => Some(Unknown {
            place: place.to_vec(),
            member,
            known: PLAIN
                .into_iter()
                .chain(BODIES)
                .chain([NEEDS, "kind", OF_VALUES])
                .collect(),
        }),
    }
}

fn in_dependencies(place: &[String], members: &mut Map<String, Value>) -> Option<Unknown> {
    let value = members.remove(NEEDS)?;
    within::<Vec<Dependency>>(&[place, &[NEEDS.to_owned()]].concat(), &value)
}

/// The first member of a value, or of what is in it, that its type does not have.
fn within<T: DeserializeOwned>(place: &[String], value: &Value) -> Option<Unknown> {
    let mut way = ignored::<T>(value.clone()).into_iter().next()?;
    let member = way.pop()?;
    let members = MEMBERS.iter().copied();
    let known = members.filter(|member| is_known::<T>(value, &way, member));
    Some(Unknown {
        known: known.collect(),
        place: [place, &way].concat(),
        member,
    })
}

/// Whether a member may stand at the end of this way into a value.
fn is_known<T: DeserializeOwned>(value: &Value, way: &[String], member: &str) -> bool {
    let mut value = value.clone();
    let pointer: String = way.iter().map(|step| format!("/{step}")).collect();
    let Some(end) = value.pointer_mut(&pointer) else {
        return false;
    };
    *end = json!({ member: null });
    let whole = [way, &[member.to_owned()]].concat();
    !ignored::<T>(value).contains(&whole)
}

/// The ways to the members of a value, or of what is in it, that its type does not have.
fn ignored<T: DeserializeOwned>(value: Value) -> Vec<Vec<String>> {
    let mut ways = Vec::new();
    // What cannot be read is told by the reader, which knows the line.
    let _: Result<T, _> = serde_ignored::deserialize(value, |path| ways.push(steps(&path)));
    ways
}

/// The names and numbers on the way to a member.
fn steps(path: &Path<'_>) -> Vec<String> {
    let (parent, step) = match path {
        Path::Root => return Vec::new(),
        Path::Seq { parent, index } => (parent, Some(index.to_string())),
        Path::Map { parent, key } => (parent, Some(key.clone())),
        Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => (parent, None),
    };
    let mut steps = steps(parent);
    steps.extend(step);
    steps
}
