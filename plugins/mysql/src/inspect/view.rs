//! Views.

use super::program::{Setting, head, tokens};
use super::qualified::without_database;
use super::show::Shown;
use crate::render::name;
use dapter_plugin_api::schema::{Body, Definition, ObjectName, SchemaObject};

/// A view of its definition, without what is so anyway.
pub(super) fn view(called: &str, shown: &Shown, database: &str, setting: &Setting) -> SchemaObject {
    let text = without_database(&shown.text, database);
    let tokens = tokens(&text);
    let written = head(&tokens, "VIEW", &text, &setting.user).and_then(|(at, definer)| {
        let before: Vec<&str> = tokens.get(..at)?.iter().map(|(_, text)| *text).collect();
        let mut words = String::new();
        for (position, word) in before.iter().enumerate() {
            match *word {
                "ALGORITHM" => {
                    let algorithm = *before.get(position + 2)?;
                    if algorithm != "UNDEFINED" {
                        words.push_str(&format!("ALGORITHM={algorithm} "));
                    }
                }
                "SECURITY" if before.get(position + 1) == Some(&"INVOKER") => {
                    words.push_str("SQL SECURITY INVOKER ");
                }
                _ => {}
            }
        }
        let rest = text.get(tokens.get(at + 1)?.0.end..)?;
        let (algorithm, security) = match words.find("SQL SECURITY") {
            Some(at) => words.split_at(at),
            None => (words.as_str(), ""),
        };
        Some(format!(
            "CREATE {algorithm}{definer}{security}VIEW {}{rest}",
            name(called)
        ))
    });
    SchemaObject {
        kind: "view".to_owned(),
        name: ObjectName::plain(called),
        body: Body::Definition(Definition {
            create: written.into_iter().collect(),
            replaceable: Some(String::new()),
            ..Definition::default()
        }),
        ..SchemaObject::default()
    }
}
