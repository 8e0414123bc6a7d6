//! What a database is built of, from the catalogs, in one query.

use crate::error::unlocated;
use crate::link::{Answer, Link};
use crate::literal;
use crate::session::PostgresSession;
use crate::tables::{LOCK, LOG, REVISION};
use crate::transaction::State;
use dapter_plugin_api::{ObjectName, Result, Schema, SchemaObject};

/// The query. A row is a part of an object's definition; objects that extensions brought are theirs.
///
/// Source: the chapter "System Catalogs" of PostgreSQL's documentation.
const QUERY: &str = include_str!("inspect.sql");

/// Reads the objects of all schemas.
pub(crate) async fn schema<L: Link>(session: &mut PostgresSession<L>) -> Result<Schema> {
    let tables = [&REVISION, &LOG, &LOCK].map(|table| literal::text(table.name));
    let tables: Vec<String> = tables.into_iter().collect::<Result<_>>()?;
    let query = QUERY
        .replace("{schema}", &literal::text(&session.place.schema)?)
        .replace("{tables}", &tables.join(", "));
    // With nothing else in the search path every name is written with its schema.
    let (open, close) = match session.state {
        State::Idle => ("BEGIN READ ONLY", "COMMIT"),
        _ => {
            session.open_transaction().await?;
            ("SAVEPOINT dapter", "ROLLBACK TO SAVEPOINT dapter")
        }
    };
    let message = format!("{open}; SET LOCAL search_path = pg_catalog; {query}; {close}");
    session.in_doubt = true;
    let answers = session.link.send(&message).await;
    session.in_doubt = false;
    let answers = match answers {
        Ok(answers) => answers,
        Err(error) => {
            let error = unlocated(error);
            return Err(match session.state {
                State::Idle => {
                    let undone = session.link.send("ROLLBACK").await;
                    undone.map_or_else(unlocated, |_| error)
                }
                _ => error,
            });
        }
    };
    Ok(Schema::of(objects(answers)))
}

fn objects(answers: Vec<Answer>) -> Vec<SchemaObject> {
    let mut objects: Vec<(String, String, Vec<String>)> = Vec::new();
    for row in answers.into_iter().flat_map(|answer| answer.rows) {
        let mut texts = row.into_iter().map(Option::unwrap_or_default);
        let mut next = || texts.next().unwrap_or_default();
        let (kind, name, text) = (next(), next(), next());
        let same = objects
            .last()
            .is_some_and(|last| last.0 == kind && last.1 == name);
        if !same {
            objects.push((kind, name, Vec::new()));
        }
        if let Some(object) = objects.last_mut() {
            object.2.extend(text.lines().map(str::to_owned));
        }
    }
    let objects = objects.into_iter();
    let objects = objects.map(|(kind, name, lines)| {
        SchemaObject::of_definition(kind, ObjectName::plain(name), lines)
    });
    objects.collect()
}
