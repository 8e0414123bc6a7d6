//! What a database is built of: the definitions that SQLite keeps, word for word.

use crate::error::database;
use crate::tables::{LOCK, LOG, REVISION};
use crate::transaction::consistently;
use dapter_plugin_api::sql::{Lexer, Rules, Token, TokenKind};
use dapter_plugin_api::{ObjectName, Result, Schema, SchemaObject};
use rusqlite::Connection;

/// Reads the objects of the schema `main`. Source: "The Schema Table" in SQLite's documentation.
///
/// SQLite keeps a definition as it was written, so what can be written in several ways is made equal: blanks, comments,
/// the case of keywords and of names without quotes, and quotes around names that need none.
pub(crate) fn schema(connection: &Connection) -> Result<Schema> {
    // Names that begin so are SQLite's own, and so are indexes without a definition.
    const OBJECTS: &str = "SELECT type, name, sql FROM main.sqlite_schema \
                           WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    consistently(connection, || {
        let mut select = connection.prepare_cached(OBJECTS).map_err(database)?;
        let found = select
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .and_then(|rows| rows.collect::<rusqlite::Result<Vec<(String, String, String)>>>())
            .map_err(database)?;
        let theirs = found.into_iter().filter(|(_, name, _)| !is_own(name));
        Ok(Schema::of(theirs.map(object).collect()))
    })
}

fn is_own(name: &str) -> bool {
    [&REVISION, &LOG, &LOCK]
        .iter()
        .any(|table| table.name == name)
}

fn object((kind, name, sql): (String, String, String)) -> SchemaObject {
    let definition = if kind == "table" && has_columns(&sql) {
        parts(&sql)
    } else {
        vec![words(Lexer::new(&sql, &Rules::SQLITE), &sql)]
    };
    SchemaObject::of_definition(kind, ObjectName::plain(name), definition)
}

/// Whether a table's definition lists columns: that of a virtual table has arguments of its module instead.
fn has_columns(sql: &str) -> bool {
    let mut words = dapter_plugin_api::sql::keywords(sql, &Rules::SQLITE);
    !words
        .nth(1)
        .is_some_and(|second| second.eq_ignore_ascii_case("VIRTUAL"))
}

/// The columns and constraints of a table, one by one, then what is said of the whole table.
fn parts(sql: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), Vec::new(), 0_usize);
    for token in Lexer::new(sql, &Rules::SQLITE) {
        let symbol = match token.kind {
            TokenKind::Symbol => token.text(sql),
            _ => "",
        };
        match symbol {
            // What stands before the first bracket is the table's name.
            "(" if depth == 0 => {
                depth = 1;
                part.clear();
                continue;
            }
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = (symbol == "," && depth == 1) || (symbol == ")" && depth == 0);
        if ends {
            parts.push(words(part.drain(..), sql));
        } else {
            part.push(token);
        }
    }
    parts.push(words(part.into_iter(), sql));
    parts.retain(|part| !part.is_empty());
    parts
}

/// Tokens with one blank between, as everybody might have written them.
fn words(tokens: impl Iterator<Item = Token>, sql: &str) -> String {
    let written = tokens
        .filter(|token| !token.is_trivia())
        .map(|token| match token.kind {
            TokenKind::Word => token.text(sql).to_ascii_lowercase(),
            TokenKind::QuotedIdentifier => unquoted(token.text(sql)),
            _ => token.text(sql).to_owned(),
        });
    written.collect::<Vec<_>>().join(" ")
}

/// A name without its quotes, if it means the same without.
fn unquoted(quoted: &str) -> String {
    let mut characters = quoted.chars();
    characters.next();
    characters.next_back();
    let name = characters.as_str();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match name.starts_with(|c: char| !c.is_ascii_digit()) && name.chars().all(plain) {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_the_same_however_it_was_written() {
        let written = "CREATE TABLE \"users\" (id INTEGER primary key, -- the key\n [email] TEXT DEFAULT 'A, (b', \"Full Name\" TEXT,\n CHECK (id IN (1, 2))) STRICT, without ROWID";
        let expected = [
            "id integer primary key",
            "email text default 'A, (b'",
            "\"Full Name\" text",
            "check ( id in ( 1 , 2 ) )",
            "strict , without rowid",
        ];
        assert_eq!(parts(written), expected);
    }

    #[test]
    fn the_history_is_no_part_of_it() {
        let connection = Connection::open_in_memory().expect("opens");
        crate::history::ensure(&connection).expect("is made");
        connection
            .execute_batch("CREATE TABLE b (x); CREATE VIEW a AS SELECT 1; CREATE VIRTUAL TABLE f USING fts5(x)")
            .expect("are made");
        let found = schema(&connection).expect("is read");
        let names = found.objects.iter().map(|object| object.name.name.as_str());
        let names: Vec<&str> = names.filter(|name| !name.starts_with("f_")).collect();
        assert_eq!(names, ["b", "f", "a"]);
    }
}
