//! What statements built, remembered, so that only what changed is built again.
//!
//! A statement is about one object, which its adapter names, or about anything. As long as those about anything are the same, an object is
//! built anew if the statements about it are others now, or if one of them mentions an object of which that holds; what else
//! they mention is put beside it as it is remembered. Whenever something does not fit, everything is built.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use dapter_plugin_api::schema::{Dependency, SchemaObject, Table};
use dapter_plugin_api::{ObjectName, Schema};
use serde::{Deserialize, Serialize};

use crate::script::Checksum;

/// A statement of models, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told<'m> {
    pub(crate) text: Cow<'m, str>,
    /// The name of the object, in lower case.
    pub(crate) subject: Option<String>,
}

/// A checksum of the statements about each object, in their order; that of those about anything is under the empty name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Statements(BTreeMap<String, String>);

/// What statements built, but for the objects, and on what kind of server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    /// What has to be the same for it to be of any use: the adapter, the server and its settings.
    pub(crate) place: String,
    pub(crate) statements: Statements,
    /// A schema of the server, without objects.
    pub(crate) server: Schema,
}

/// What an object is and needs, without what it is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Outline {
    kind: String,
    name: ObjectName,
    depends_on: Vec<Dependency>,
}

/// What has to be built.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rebuild {
    /// Nothing: it is all remembered.
    Nothing,
    /// These statements.
    Part(Part),
    /// Everything.
    Everything,
}

/// A part that is built again.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// Its statements, by their index.
    pub(crate) statements: Vec<usize>,
    /// The names that these mention.
    words: BTreeSet<String>,
    /// The names of what is built, and of what is no more.
    subjects: BTreeSet<String>,
    /// Those whose statements are the same: they come out as they were, or others may depend on how they come out now.
    same: BTreeSet<String>,
}

impl Statements {
    pub(crate) fn of(told: &[Told<'_>]) -> Self {
        let mut statements: BTreeMap<String, String> = BTreeMap::new();
        for Told { text, subject } in told {
            let name = subject.clone().unwrap_or_default();
            let all = statements.entry(name).or_default();
            *all = Checksum::of(&format!("{all}\n{text}")).to_string();
        }
        Self(statements)
    }
}

impl Outline {
    #[cfg(test)]
    pub(super) fn of(object: &SchemaObject) -> Self {
        Self {
            kind: object.kind.clone(),
            name: object.name.clone(),
            depends_on: object.depends_on.clone(),
        }
    }
}

impl Remembered {
    /// What has to be built of these statements, where the place is the same.
    pub(crate) fn rebuild(&self, now: &Statements, told: &[Told<'_>]) -> Rebuild {
        let (Statements(now), Statements(before)) = (now, &self.statements);
        if now == before {
            return Rebuild::Nothing;
        }
        if now.get("") != before.get("") {
            return Rebuild::Everything;
        }
        let names: BTreeSet<&String> = now.keys().chain(before.keys()).collect();
        let differs = |name: &&&String| now.get(**name) != before.get(**name);
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
        let is_built = |it: &Told<'_>| it.subject.as_ref().is_none_or(|it| subjects.contains(it));
        let statements: Vec<usize> = (0..told.len()).filter(|&at| is_built(&told[at])).collect();
        let of_all = Words::of(names.iter().copied());
        let texts = statements.iter().map(|&at| &told[at].text);
        let words = texts.flat_map(|text| of_all.within(text));
        Rebuild::Part(Part {
            words: words.map(str::to_owned).collect(),
            statements,
            same: subjects.difference(&changed).cloned().collect(),
            subjects,
        })
    }

    /// What there is once a part was built beside others, and this was found; `None` if it does not fit together.
    pub(crate) fn merged(
        &self,
        remembered: Vec<SchemaObject>,
        part: &Part,
        beside: &Schema,
        found: &Schema,
    ) -> Option<Schema> {
        let is_of_part = |object: &SchemaObject| part.is_about(&object.name);
        let (built, others): (Vec<_>, Vec<_>) = found.objects.iter().cloned().partition(is_of_part);
        if others != beside.objects {
            return None;
        }
        let (gone, kept): (Vec<_>, Vec<_>) = remembered.into_iter().partition(is_of_part);
        let of_same = |objects: &[SchemaObject]| -> Vec<SchemaObject> {
            let is_same = |object: &&SchemaObject| is_of_any(&object.name, &part.same);
            objects.iter().filter(is_same).cloned().collect()
        };
        // What was remembered of a subject has to be found by its name, or it would stay beside what takes its place.
        let was_there = |name: &&String| self.statements.0.contains_key(*name);
        let is_found = |name: &String| gone.iter().any(|object| is_of(&object.name, name));
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

impl Part {
    fn is_about(&self, name: &ObjectName) -> bool {
        is_of_any(name, &self.subjects)
    }

    /// What of all that is remembered is put beside the part, by its index: what the statements mention and what is not built,
    /// with what that needs.
    pub(crate) fn beside(&self, all: &[Outline]) -> BTreeSet<usize> {
        let is_built = |at: usize| self.is_about(&all[at].name);
        let is_mentioned = |at: usize| self.words.contains(&all[at].name.name.to_lowercase());
        let mut wanted: BTreeSet<usize> = (0..all.len())
            .filter(|&at| is_mentioned(at) && !is_built(at))
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
                let found = found.filter(|&&at| !is_built(at));
                open.extend(found.filter(|&&at| wanted.insert(at)));
            }
        }
        wanted
    }
}

/// The objects, which refer to no other tables than these.
pub(crate) fn by_themselves(objects: Vec<SchemaObject>) -> Vec<SchemaObject> {
    let tables = objects.iter().filter(|it| it.kind == SchemaObject::TABLE);
    let tables: BTreeSet<ObjectName> = tables.map(|it| it.name.clone()).collect();
    without_outward_references(objects, |name| tables.contains(name))
}

/// The objects, without foreign keys to other tables than these.
pub(super) fn without_outward_references(
    mut objects: Vec<SchemaObject>,
    is_there: impl Fn(&ObjectName) -> bool,
) -> Vec<SchemaObject> {
    for object in &mut objects {
        let leads_elsewhere =
            |table: &Table| !table.foreign_keys.iter().all(|key| is_there(&key.table));
        if object.as_table().is_some_and(leads_elsewhere)
            && let Some(table) = object.as_table_mut()
        {
            table.foreign_keys.retain(|key| is_there(&key.table));
        }
        object
            .depends_on
            .retain(|needed| needed.kind != SchemaObject::TABLE || is_there(&needed.name));
    }
    objects
}

fn is_of_any(object: &ObjectName, subjects: &BTreeSet<String>) -> bool {
    subjects.iter().any(|subject| is_of(object, subject))
}

/// Whether an object is of that name, or belongs to a table of it.
fn is_of(object: &ObjectName, subject: &str) -> bool {
    let name = match object.table.is_empty() {
        true => &object.name,
        false => &object.table,
    };
    let name = name.to_lowercase();
    match subject.rsplit_once('.') {
        None => object.schema.is_empty() && name == subject,
        // Unqualified names are of a schema that may be named too.
        Some((schema, last)) => {
            let own = object.schema.to_lowercase();
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
