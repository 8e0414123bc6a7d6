//! What two databases do not have in common.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use dapter_plugin_api::{ObjectName, Schema, SchemaObject};
use serde::Serialize;

/// An object that one database has and another has not, or has otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What it is: `table`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What of it is missing.
    #[serde(flatten)]
    pub change: Change,
}

/// How an object differs from what was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// It is not there.
    Missing,
    /// It is there, and should not be.
    Unexpected,
    /// Its definition differs.
    Altered {
        /// Lines of the definition that are not there.
        missing: Vec<String>,
        /// Lines that should not be there.
        unexpected: Vec<String>,
    },
    /// Its definition has the same lines in another order: columns, say.
    Reordered,
}

/// How `found` differs from what was expected, sorted by kind and name.
#[must_use]
pub fn differences(expected: &Schema, found: &Schema) -> Vec<Difference> {
    let mut pairs: BTreeMap<(&str, &ObjectName), Pair<'_>> = BTreeMap::new();
    for object in &expected.objects {
        pairs.entry(key(object)).or_default().0 = Some(object);
    }
    for object in &found.objects {
        pairs.entry(key(object)).or_default().1 = Some(object);
    }
    let differing = pairs.into_iter().filter_map(|((kind, name), pair)| {
        let change = match pair {
            (Some(expected), Some(found)) => altered(&expected.lines(), &found.lines())?,
            (Some(_), None) => Change::Missing,
            (None, Some(_)) => Change::Unexpected,
            (None, None) => return None,
        };
        Some(Difference {
            kind: kind.to_owned(),
            name: name.to_string(),
            change,
        })
    });
    differing.collect()
}

/// An object of the one database and that of the same name of the other.
type Pair<'s> = (Option<&'s SchemaObject>, Option<&'s SchemaObject>);

fn key(object: &SchemaObject) -> (&str, &ObjectName) {
    (&object.kind, &object.name)
}

fn altered(expected: &[String], found: &[String]) -> Option<Change> {
    if expected == found {
        return None;
    }
    let missing = without(expected, found);
    let unexpected = without(found, expected);
    Some(match missing.is_empty() && unexpected.is_empty() {
        true => Change::Reordered,
        false => Change::Altered {
            missing,
            unexpected,
        },
    })
}

/// The lines that are no lines of the others, each as often as it is there more often.
fn without(lines: &[String], others: &[String]) -> Vec<String> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for other in others {
        *left.entry(other).or_default() += 1;
    }
    let is_new = |line: &&String| match left.get_mut(line.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    lines.iter().filter(is_new).cloned().collect()
}

/// A line for the object, then one for each line of its definition that differs.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, change } = self;
        match change {
            Change::Missing => write!(f, "{kind} {name} is missing"),
            Change::Unexpected => write!(f, "{kind} {name} is left over"),
            Change::Reordered => write!(f, "{kind} {name} has the order of its parts changed"),
            Change::Altered {
                missing,
                unexpected,
            } => {
                write!(f, "{kind} {name} differs")?;
                for line in missing {
                    write!(f, "\n  - {line}")?;
                }
                for line in unexpected {
                    write!(f, "\n  + {line}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(text: &str) -> Schema {
        let object = |line: &str| {
            let (name, definition) = line.split_once(':').expect("a colon");
            let lines = definition.split(',').map(str::to_owned).collect();
            SchemaObject::of_definition("table", ObjectName::plain(name), lines)
        };
        Schema::of(text.split_whitespace().map(object).collect())
    }

    #[test]
    fn what_differs_is_told_object_by_object() {
        let table = [
            ("a:x,y b:z", "a:x,y b:z", ""),
            ("a:x", "", "table a is missing"),
            ("", "a:x", "table a is left over"),
            (
                "a:x,y",
                "a:y,x",
                "table a has the order of its parts changed",
            ),
            ("a:x,y", "a:y,z", "table a differs\n  - x\n  + z"),
            ("a:x", "a:x,x", "table a differs\n  + x"),
        ];
        for (expected, found, text) in table {
            let found = differences(&schema(expected), &schema(found));
            let told: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(told.join("\n"), text);
        }
    }
}
