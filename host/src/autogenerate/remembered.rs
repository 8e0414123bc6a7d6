//! What statements built, remembered, so that only what changed is built again.
//!
//! A statement is about one object, which its adapter names, or about anything. As long as those about anything are the same, an object is
//! built anew if the statements about it are others now, or if one of them mentions an object of which that holds; what else
//! they mention is put beside it as it is remembered. Whenever something does not fit, everything is built.

use std::collections::{BTreeMap, BTreeSet};

use dapter_plugin_api::schema::{Body, SchemaObject};
use dapter_plugin_api::{ObjectName, Schema};
use serde::{Deserialize, Serialize};

use crate::script::Checksum;

/// A statement of models, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) text: String,
    /// The name of the object, in lower case.
    pub(crate) subject: Option<String>,
}

/// What statements built, and on what kind of server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    /// What has to be the same for it to be of any use: the adapter, the server and its settings.
    pub(crate) place: String,
    /// Checksums of the statements about each object, in their order; those about anything are under the empty name.
    statements: BTreeMap<String, Vec<String>>,
    pub(crate) schema: Schema,
}

/// What has to be built.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rebuild {
    /// Nothing: it is all remembered.
    Nothing,
    /// These statements, by their index, beside these objects.
    Part(Part),
    /// Everything.
    Everything,
}

/// A part that is built again.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) statements: Vec<usize>,
    /// What is put beside it, as it is remembered.
    pub(crate) beside: Schema,
    /// The names of what is built, and of what is no more.
    subjects: BTreeSet<String>,
    /// Those whose statements are the same: they come out as they were, or others may depend on how they come out now.
    same: BTreeSet<String>,
}

impl Remembered {
    pub(crate) fn of(place: String, told: &[Told], schema: Schema) -> Self {
        Self {
            place,
            statements: by_subject(told),
            schema,
        }
    }

    /// What has to be built of these statements, where the place is the same.
    pub(crate) fn rebuild(&self, told: &[Told]) -> Rebuild {
        let now = by_subject(told);
        if now == self.statements {
            return Rebuild::Nothing;
        }
        if now.get("") != self.statements.get("") {
            return Rebuild::Everything;
        }
        let names: BTreeSet<&String> = now.keys().chain(self.statements.keys()).collect();
        let differs = |name: &&&String| now.get(**name) != self.statements.get(**name);
        let changed: BTreeSet<String> = names
            .iter()
            .filter(differs)
            .map(|&name| name.clone())
            .collect();
        let of_changed = Words::of(changed.iter());
        let mut subjects = changed.clone();
        for it in told {
            if let Some(subject) = &it.subject
                && !subjects.contains(subject)
                && !of_changed.within(&it.text).is_empty()
            {
                subjects.insert(subject.clone());
            }
        }
        let is_built = |it: &Told| it.subject.as_ref().is_none_or(|it| subjects.contains(it));
        let statements: Vec<usize> = (0..told.len()).filter(|&at| is_built(&told[at])).collect();
        let of_all = Words::of(names.iter().copied());
        let texts = statements.iter().map(|&at| &told[at].text);
        let words: BTreeSet<&str> = texts.flat_map(|text| of_all.within(text)).collect();
        let beside = self.beside(&subjects, &words);
        Rebuild::Part(Part {
            statements,
            beside,
            same: subjects.difference(&changed).cloned().collect(),
            subjects,
        })
    }

    /// The objects that these words mention and that are not built, with what they need; without references that lead
    /// elsewhere.
    fn beside(&self, subjects: &BTreeSet<String>, words: &BTreeSet<&str>) -> Schema {
        let all = &self.schema.objects;
        let is_built = |object: &SchemaObject| subjects.iter().any(|it| is_of(object, it));
        let mut wanted: BTreeSet<usize> = (0..all.len())
            .filter(|&at| {
                let name = all[at].name.name.to_lowercase();
                words.contains(name.as_str()) && !is_built(&all[at])
            })
            .collect();
        let places: BTreeMap<(&str, &ObjectName), usize> = all
            .iter()
            .enumerate()
            .map(|(at, object)| ((object.kind.as_str(), &object.name), at))
            .collect();
        let mut open: Vec<usize> = wanted.iter().copied().collect();
        while let Some(at) = open.pop() {
            for needed in &all[at].depends_on {
                let found = places.get(&(needed.kind.as_str(), &needed.name));
                let found = found.filter(|&&at| !is_built(&all[at]));
                open.extend(found.filter(|&&at| wanted.insert(at)));
            }
        }
        let chosen: Vec<SchemaObject> = wanted.iter().map(|&at| all[at].clone()).collect();
        let tables = chosen.iter().filter(|it| it.kind == SchemaObject::TABLE);
        let tables: BTreeSet<ObjectName> = tables.map(|it| it.name.clone()).collect();
        let objects = without_outward_references(chosen, |name| tables.contains(name));
        self.schema.with(objects)
    }

    /// What there is once a part was built, and this was found beside it; `None` if it does not fit together.
    pub(crate) fn merged(self, part: &Part, found: &Schema) -> Option<Schema> {
        let is_of_part = |object: &SchemaObject| part.subjects.iter().any(|it| is_of(object, it));
        let (built, beside): (Vec<_>, Vec<_>) = found.objects.iter().cloned().partition(is_of_part);
        if beside != part.beside.objects {
            return None;
        }
        let (gone, kept): (Vec<_>, Vec<_>) = self.schema.objects.into_iter().partition(is_of_part);
        let of_same = |objects: &[SchemaObject]| -> Vec<SchemaObject> {
            let is_same = |object: &&SchemaObject| part.same.iter().any(|it| is_of(object, it));
            objects.iter().filter(is_same).cloned().collect()
        };
        // What was remembered of a subject has to be found by its name, or it would stay beside what takes its place.
        let was_there = |name: &&String| self.statements.contains_key(*name);
        let is_found = |name: &String| gone.iter().any(|object| is_of(object, name));
        if !part.subjects.iter().filter(was_there).all(is_found)
            || of_same(&gone) != of_same(&built)
        {
            return None;
        }
        let mut objects = kept;
        objects.extend(built);
        let merged = found.with(Schema::of(objects).objects);
        let is_twice =
            |pair: &[SchemaObject]| pair[0].kind == pair[1].kind && pair[0].name == pair[1].name;
        (!merged.objects.windows(2).any(is_twice)).then_some(merged)
    }
}

/// The objects, without foreign keys to other tables than these.
pub(super) fn without_outward_references(
    mut objects: Vec<SchemaObject>,
    is_there: impl Fn(&ObjectName) -> bool,
) -> Vec<SchemaObject> {
    for object in &mut objects {
        if let Body::Table(table) = &mut object.body {
            table.foreign_keys.retain(|key| is_there(&key.table));
        }
        object
            .depends_on
            .retain(|needed| needed.kind != SchemaObject::TABLE || is_there(&needed.name));
    }
    objects
}

fn by_subject(told: &[Told]) -> BTreeMap<String, Vec<String>> {
    let mut statements: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Told { text, subject } in told {
        let name = subject.clone().unwrap_or_default();
        let checksum = Checksum::of(text).to_string();
        statements.entry(name).or_default().push(checksum);
    }
    statements
}

/// Whether an object is of that name, or belongs to a table of it.
fn is_of(object: &SchemaObject, subject: &str) -> bool {
    let name = match object.name.table.is_empty() {
        true => &object.name.name,
        false => &object.name.table,
    };
    let name = name.to_lowercase();
    match subject.rsplit_once('.') {
        None => object.name.schema.is_empty() && name == subject,
        // Unqualified names are of a schema that may be named too.
        Some((schema, last)) => {
            let own = object.name.schema.to_lowercase();
            name == last && (own == schema || own.is_empty())
        }
    }
}

/// The words by which statements may mention names.
struct Words<'n> {
    plain: BTreeSet<&'n str>,
    /// Those that are no words.
    odd: BTreeSet<&'n str>,
}

impl<'n> Words<'n> {
    fn of(names: impl Iterator<Item = &'n String>) -> Self {
        let last = |name: &'n String| {
            name.rsplit_once('.')
                .map_or(name.as_str(), |(_, last)| last)
        };
        let is_plain = |name: &&str| name.chars().all(is_part);
        let (plain, odd) = names.map(last).partition(is_plain);
        Self { plain, odd }
    }

    /// Those that a text mentions, as far as that can be seen without knowing its language: too many rather than too few.
    fn within(&self, text: &str) -> BTreeSet<&'n str> {
        let text = text.to_lowercase();
        let words = text.split(|c| !is_part(c));
        let plain = words.filter_map(|word| self.plain.get(word).copied());
        let odd = self.odd.iter().copied().filter(|name| text.contains(name));
        plain.chain(odd).collect()
    }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}
