//! What models say had another name before: `rename_from` and `rename_values`.
//!
//! - in documents, members of tables, columns and enumerations
//! - in statements, comments: `-- dapter:rename_from OLD` behind a column, or on the line that a table begins with, and
//!   `-- dapter:rename OLD=NEW` anywhere

use serde_json::{Map, Value};

use super::document::DocumentError;
use crate::diff::Rename;

/// The former name of a table or a column.
pub(super) const OF_THING: &str = "rename_from";

/// The former names of listed values.
pub(super) const OF_VALUES: &str = "rename_values";

/// The comment markers that one may follow.
const MARKERS: [&str; 3] = ["--", "#", "//"];

/// What follows the marker.
const PREFIX: &str = "dapter:rename";

/// Takes what says so out of a document.
///
/// # Errors
/// If it is written otherwise than it should be.
pub(super) fn taken_from(document: &mut Value) -> Result<Vec<Rename>, DocumentError> {
    let mut renames = Vec::new();
    for (list, is_table) in [("table", true), ("object", false)] {
        let entries = document.get_mut(list).and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            let Some(members) = entry.as_object_mut() else {
                continue;
            };
            let (before, own) = qualified(members);
            let place = format!("{list}.{own}");
            if is_table {
                of_thing(members, &place, &before, &own, &mut renames)?;
                of_columns(members, &place, &own, &mut renames)?;
            } else if members.contains_key("enumeration") {
                of_values(members, &place, &own, &mut renames)?;
            }
        }
    }
    Ok(renames)
}

/// What stands before the name of an object, and the whole name.
fn qualified(members: &Map<String, Value>) -> (String, String) {
    let text = |member| members.get(member).and_then(Value::as_str);
    let name = text("name").unwrap_or_default();
    let before = match text("schema").unwrap_or_default() {
        "" => String::new(),
        schema => format!("{schema}."),
    };
    let own = format!("{before}{name}");
    (before, own)
}

fn of_columns(
    table: &mut Map<String, Value>,
    place: &str,
    own: &str,
    renames: &mut Vec<Rename>,
) -> Result<(), DocumentError> {
    let columns = table.get_mut("columns").and_then(Value::as_array_mut);
    for (number, column) in columns.into_iter().flatten().enumerate() {
        let Some(members) = column.as_object_mut() else {
            continue;
        };
        let place = format!("{place}.columns.{number}");
        let name = members.get("name").and_then(Value::as_str);
        let named = format!("{own}.{}", name.unwrap_or_default());
        of_thing(members, &place, &format!("{own}."), &named, renames)?;
        of_values(members, &place, &named, renames)?;
    }
    Ok(())
}

fn of_thing(
    members: &mut Map<String, Value>,
    place: &str,
    before: &str,
    own: &str,
    renames: &mut Vec<Rename>,
) -> Result<(), DocumentError> {
    match members.remove(OF_THING) {
        None => Ok(()),
        Some(Value::String(former)) if !former.is_empty() => {
            renames.push(Rename {
                from: format!("{before}{former}"),
                to: own.to_owned(),
            });
            Ok(())
        }
        Some(_) => Err(DocumentError::new(format!(
            "{place}.{OF_THING}: this is the name before, as a text"
        ))),
    }
}

fn of_values(
    members: &mut Map<String, Value>,
    place: &str,
    own: &str,
    renames: &mut Vec<Rename>,
) -> Result<(), DocumentError> {
    let wrong = || {
        let message = format!(
            "{place}.{OF_VALUES}: this is a table of values, the one before and the one now"
        );
        DocumentError::new(message)
    };
    let values = match members.remove(OF_VALUES) {
        None => return Ok(()),
        Some(Value::Object(values)) => values,
        Some(_) => return Err(wrong()),
    };
    for (before, now) in values {
        let now = now.as_str().ok_or_else(wrong)?;
        renames.push(Rename {
            from: format!("{own}.{before}"),
            to: format!("{own}.{now}"),
        });
    }
    Ok(())
}

/// A comment in statements that says it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    /// Where it begins in the text.
    pub(crate) at: usize,
    /// The line, from 1.
    pub(crate) line: usize,
    pub(crate) said: Said,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Everything, as with `--rename`.
    Whole(Rename),
    /// What the thing was called that this line begins with.
    Former { name: String, of: String },
    /// What is wrong with it.
    Wrong(&'static str),
}

/// The comments of a text that say it.
pub(crate) fn remarks(text: &str) -> Vec<Remark> {
    let mut found = Vec::new();
    let mut start = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if let Some((marker, said)) = remark(line) {
            found.push(Remark {
                at: start + marker,
                line: number + 1,
                said,
            });
        }
        start += line.len();
    }
    found
}

/// What a line says, and where its comment begins.
fn remark(line: &str) -> Option<(usize, Said)> {
    let (before, behind) = line.split_once(PREFIX)?;
    let before = before.trim_end();
    let code = MARKERS
        .iter()
        .find_map(|marker| before.strip_suffix(marker))?;
    let (word, value) = behind
        .split_once(char::is_whitespace)
        .unwrap_or((behind, ""));
    let value = value.trim();
    let said = match word {
        "" => match value.parse() {
            Ok(rename) => Said::Whole(rename),
            Err(_) => Said::Wrong("write `dapter:rename OLD=NEW`"),
        },
        "_from" => match (first_name(value), first_name(code)) {
            (Some(name), Some(of)) => Said::Former { name, of },
            (None, _) => Said::Wrong("write `dapter:rename_from OLD`"),
            (_, None) => {
                Said::Wrong("it stands behind a column, or on the line that a table begins with")
            }
        },
        _ => Said::Wrong("write `dapter:rename_from OLD` or `dapter:rename OLD=NEW`"),
    };
    Some((code.len(), said))
}

/// The name that a text begins with, without quotes.
fn first_name(text: &str) -> Option<String> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    let first = text.chars().next()?;
    let end = match first {
        '"' | '`' => first,
        '[' => ']',
        _ => {
            let is_behind = |c: char| c.is_whitespace() || "(,;".contains(c);
            let name = text.split(is_behind).next()?;
            return (!name.is_empty()).then(|| name.to_owned());
        }
    };
    let mut name = String::new();
    let mut chars = text.chars().skip(1).peekable();
    while let Some(c) = chars.next() {
        match c == end {
            // Twice it is one of the name's own.
            true if chars.next_if_eq(&end).is_none() => return (!name.is_empty()).then_some(name),
            _ => name.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_say_it_at_what_has_another_name() {
        let mut document = json!({
            "table": [
                {
                    "name": "people",
                    "rename_from": "users",
                    "columns": [
                        { "name": "full_name", "rename_from": "name" },
                        { "name": "mood", "rename_values": { "sad": "blue" } },
                    ],
                },
                { "schema": "shop", "name": "b", "rename_from": "a" },
            ],
            "object": [
                { "kind": "type", "name": "mood", "enumeration": {}, "rename_values": { "ok": "fine" } },
            ],
        });
        let renames = taken_from(&mut document).expect("they are right");
        let told: Vec<String> = renames.iter().map(Rename::to_string).collect();
        assert_eq!(
            told,
            [
                "users=people",
                "people.name=people.full_name",
                "people.mood.sad=people.mood.blue",
                "shop.a=shop.b",
                "mood.ok=mood.fine",
            ]
        );
        assert!(!document.to_string().contains("rename"), "{document}");
        for (wrong, expected) in [
            (
                json!({ "name": "t", "rename_from": 1 }),
                "table.t.rename_from: ",
            ),
            (
                json!({ "name": "t", "rename_from": "" }),
                "table.t.rename_from: ",
            ),
            (
                json!({ "name": "t", "columns": [{ "name": "a", "rename_values": ["a"] }] }),
                "table.t.columns.0.rename_values: ",
            ),
        ] {
            let error = taken_from(&mut json!({ "table": [wrong] })).expect_err("it is wrong");
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }

    #[test]
    fn comments_say_it_behind_what_has_another_name() {
        let former = |of: &str, name: &str| {
            Some(Said::Former {
                name: name.to_owned(),
                of: of.to_owned(),
            })
        };
        let whole = |from: &str, to: &str| {
            Some(Said::Whole(Rename {
                from: from.to_owned(),
                to: to.to_owned(),
            }))
        };
        let table = [
            (
                "  full_name text, -- dapter:rename_from name",
                former("full_name", "name"),
            ),
            (", a int # dapter:rename_from b\r\n", former("a", "b")),
            (
                "\"a \"\"b\"\"\" int --dapter:rename_from \"c d\"",
                former("a \"b\"", "c d"),
            ),
            ("`x`INT, -- dapter:rename_from [y z]", former("x", "y z")),
            (
                "-- dapter:rename mood.sad=mood.blue",
                whole("mood.sad", "mood.blue"),
            ),
            ("SELECT 'dapter:rename_from x'", None),
            ("a int -- was b", None),
        ];
        for (line, expected) in table {
            assert_eq!(remark(line).map(|(_, said)| said), expected, "{line}");
        }
        for line in [
            "-- dapter:rename_from b",
            "a int -- dapter:rename_from",
            "-- dapter:rename a",
            "a int, -- dapter:renamed_from b",
        ] {
            let said = remark(line).map(|(_, said)| said);
            assert!(matches!(said, Some(Said::Wrong(_))), "{line}: {said:?}");
        }
        let found = remarks("CREATE TABLE t (\n  ü int -- dapter:rename_from a\n);");
        assert_eq!((found[0].at, found[0].line), (26, 2));
    }
}
