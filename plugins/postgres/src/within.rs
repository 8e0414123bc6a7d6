//! A scratch schema within a transaction that is rolled back, for a role that may make no databases.
//!
//! It is in the database itself. Nobody else ever sees it, and it is gone with the connection, whatever ends that. Names that
//! are qualified with the schema of unqualified names mean the scratch schema; those of other schemas are refused, since what
//! they name is the application's. So it is with bodies of functions and blocks, which are texts.

use crate::error::{has_state, unlocated};
use crate::link::Link;
use crate::literal;
use crate::session::PostgresSession;
use crate::tokens::Tokens;
use crate::transaction::{BEGIN, State};
use body::Holder;
use dapter_plugin_api::schema::{Body, Dependency, SchemaObject};
use dapter_plugin_api::sql::{Lexer, Rules, Token, TokenKind};
use dapter_plugin_api::{AdapterError, ErrorKind, ObjectName, Result};
use std::collections::BTreeMap;

mod body;

/// The value of the option `scratch` that asks for it: no name of a database that is made here.
pub(crate) const MARK: &str = "in a transaction";

const HINT: &str = "the role may make no databases, so that it was tried within a transaction: \
     give it the right to, with ALTER ROLE … CREATEDB, or name another server with --scratch-url";

/// Where the scratch schema is.
#[derive(Debug, Clone)]
pub(crate) struct Within {
    /// The scratch schema.
    schema: String,
    /// The schema that it stands for.
    home: String,
    /// All other schemas of the database.
    others: Vec<String>,
}

/// Its name, the schema that it stands for, the schemas that extensions are in, and all.
const LOOK: &str = "SELECT 'dapter_scratch_' || pg_catalog.pg_backend_pid() || '_' || left(md5(random()::text), 8), {home}, \
     (SELECT pg_catalog.json_agg(DISTINCT n.nspname) FROM pg_catalog.pg_extension e \
      JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname <> 'pg_catalog'), \
     (SELECT pg_catalog.json_agg(nspname) FROM pg_catalog.pg_namespace \
      WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_')";

/// Opens the transaction and makes the schema.
pub(crate) async fn open<L: Link>(session: &mut PostgresSession<L>) -> Result<()> {
    let home = match session.settings.search_path {
        Some(_) => literal::text(&session.settings.default_schema)?,
        None => "coalesce(pg_catalog.current_schema(), 'public')".to_owned(),
    };
    let told = session.link.send(&LOOK.replace("{home}", &home)).await;
    let told = told.map_err(unlocated)?;
    let value = |place| told.first().and_then(|answer| answer.value(place));
    let list = |place| -> Vec<String> {
        let text = value(place).unwrap_or("[]");
        serde_json::from_str(text).unwrap_or_default()
    };
    let within = Within {
        schema: value(0).unwrap_or_default().to_owned(),
        home: value(1).unwrap_or_default().to_owned(),
        others: list(3),
    };
    let mut path = vec![within.schema.clone()];
    path.extend(list(2));
    let opening = format!(
        "{BEGIN}CREATE SCHEMA {0}; SET LOCAL search_path = {1}",
        literal::name(&within.schema),
        crate::search_path::list(&path)
    );
    session.link.send(&opening).await.map_err(|failure| {
        let error = unlocated(failure);
        match has_state(&error, &["42501"]) {
            true => error.with_hint(
                "give the role the right to make databases, ALTER ROLE … CREATEDB, or schemas, \
                 GRANT CREATE ON DATABASE …; or name another server with --scratch-url",
            ),
            false => error,
        }
    })?;
    session.settings.default_schema.clone_from(&within.schema);
    session.settings.search_path = Some(path);
    session.within = Some(within);
    session.state = State::Open;
    session.settings_told = true;
    Ok(())
}

/// What scripts need that are tried, and a transaction that is rolled back has not.
pub(crate) fn without_scripts() -> AdapterError {
    AdapterError::new(
        ErrorKind::Unsupported,
        "scripts cannot be tried within a transaction",
    )
    .with_hint(HINT)
}

impl Within {
    /// A statement as it is sent.
    pub(crate) fn statement(&self, text: &str) -> Result<String> {
        let mut tokens = Tokens::of(text);
        if tokens.accept(&["CREATE", "SCHEMA"]) && !tokens.accept(&["IF", "NOT", "EXISTS"]) {
            return Err(refused(
                "a schema",
                tokens.name().as_deref().unwrap_or_default(),
            ));
        }
        let mut tokens = Tokens::of(text);
        let is_local = tokens.accept(&["SET", "LOCAL"]) || tokens.accept(&["SET", "SESSION"]);
        if (is_local || tokens.accept(&["SET"])) && tokens.accept(&["SEARCH_PATH"]) {
            return match self.names(text, &self.home) {
                // That is where it is already.
                true => Ok("SELECT".to_owned()),
                false => Err(refused("the setting", "search_path")),
            };
        }
        let text = self.mapped(text)?;
        Ok(at_once(&text))
    }

    fn names(&self, text: &str, name: &str) -> bool {
        let mut tokens = Lexer::new(text, &Rules::POSTGRESQL);
        tokens.any(|token| is_name(&token) && named(token.text(text)) == name)
    }

    /// The text with the scratch schema instead of the one that it stands for.
    fn mapped(&self, text: &str) -> Result<String> {
        let tokens: Vec<Token> = Lexer::new(text, &Rules::POSTGRESQL)
            .filter(|token| !token.is_trivia())
            .collect();
        let word = |at: Option<usize>| {
            let token = at.and_then(|at| tokens.get(at));
            token.map_or("", |token| token.text(text))
        };
        let holder = body::holder(text);
        let mut mapped = String::with_capacity(text.len());
        let mut done = 0;
        for (at, token) in tokens.iter().enumerate() {
            let before = word(at.checked_sub(1));
            if let Some(holder) = holder
                && token.kind == TokenKind::String
            {
                mapped.push_str(&text[done..token.start]);
                mapped.push_str(&self.mapped_body(token.text(text), holder)?);
                done = token.end;
                continue;
            }
            let qualifies = before != "." && word(Some(at + 1)) == ".";
            if !is_name(token) || !qualifies && !before.eq_ignore_ascii_case("schema") {
                continue;
            }
            let name = named(token.text(text));
            if name == self.home {
                mapped.push_str(&text[done..token.start]);
                mapped.push_str(&literal::name(&self.schema));
                done = token.end;
            } else if qualifies && self.others.contains(&name) {
                let named = format!("{}.{}", token.text(text), word(Some(at + 2)));
                return Err(refused("what is in another schema", &named));
            }
        }
        mapped.push_str(&text[done..]);
        Ok(mapped)
    }

    /// A text that is a body, with its quotes.
    fn mapped_body(&self, text: &str, holder: Holder) -> Result<String> {
        let mapped = body::with_schema(text, &self.home, &self.schema);
        let mapped = mapped.map_err(|name| refused("what the body of a function names", &name))?;
        match holder {
            Holder::Foreign if mapped != text => {
                let name = format!("{}.…", self.home);
                Err(refused("what a body in this language names", &name))
            }
            // It runs at once, so what it names must not be the application's.
            Holder::Block => {
                let inside = text.splitn(3, '$').nth(2).unwrap_or_default();
                self.mapped(inside).map(|_| mapped)
            }
            Holder::Function | Holder::Foreign => Ok(mapped),
        }
    }

    fn without_home(&self, statement: &mut String) {
        if let Some((create, schema)) = statement.split_once(" WITH SCHEMA ")
            && named(schema) == self.home
        {
            *statement = create.to_owned();
        }
    }

    /// Of all that there is what was made here, and what belongs to no schema.
    pub(crate) fn own<K: Ord>(&self, found: &mut BTreeMap<K, SchemaObject>) -> Result<()> {
        found.retain(|_, object| {
            let is_scratch = object.kind == "schema" && object.name.name == self.schema;
            object.name.schema.is_empty() && !is_scratch
        });
        // An extension where unqualified names are found says no schema.
        let extensions = found.values_mut();
        for object in extensions.filter(|object| object.kind == "extension") {
            if let Body::Definition(definition) = &mut object.body {
                let statements = definition.create.iter_mut();
                statements.for_each(|it| self.without_home(it));
            }
        }
        for object in found.values_mut() {
            let is_scratch = |it: &Dependency| it.kind == "schema" && it.name.name == self.schema;
            object.depends_on.retain(|needed| !is_scratch(needed));
            if let Body::Definition(definition) = &mut object.body
                && ["function", "procedure"].contains(&object.kind.as_str())
            {
                let texts = definition
                    .create
                    .iter_mut()
                    .chain(&mut definition.canonical);
                texts.for_each(|it| *it = body::without_schema(it, &self.home, &self.schema));
            }
        }
        let outside = found.values().find_map(outside);
        match outside {
            Some((object, needed)) => Err(refused(
                &format!("what {object} needs"),
                &needed.to_string(),
            )),
            None => Ok(()),
        }
    }
}

/// What an object needs in another schema.
fn outside(object: &SchemaObject) -> Option<(&ObjectName, &ObjectName)> {
    let references = match &object.body {
        Body::Table(table) => &table.foreign_keys[..],
        _ => &[],
    };
    let referred = references.iter().map(|key| &key.table);
    let needed = object.depends_on.iter().map(|needed| &needed.name);
    let mut all = referred.chain(needed);
    let found = all.find(|name| !name.schema.is_empty())?;
    Some((&object.name, found))
}

/// A name as the server takes it: without quotes, else in lower case.
fn named(text: &str) -> String {
    let quoted = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    quoted.map_or_else(|| text.to_lowercase(), |name| name.replace("\"\"", "\""))
}

fn is_name(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier)
}

/// The statement as it can be in a transaction, and over what is there already.
fn at_once(text: &str) -> String {
    let mut tokens = Tokens::of(text);
    if tokens.accept(&["CREATE", "EXTENSION"]) {
        return match tokens.accept(&["IF"]) {
            true => text.to_owned(),
            false => without_word(text, "EXTENSION", "EXTENSION IF NOT EXISTS"),
        };
    }
    let is_index = tokens.accept(&["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY"])
        || tokens.accept(&["CREATE", "INDEX", "CONCURRENTLY"])
        || tokens.accept(&["DROP", "INDEX", "CONCURRENTLY"]);
    match is_index {
        true => without_word(text, "CONCURRENTLY", ""),
        false => text.to_owned(),
    }
}

/// The text with something else instead of its first word that is this one.
fn without_word(text: &str, word: &str, instead: &str) -> String {
    let mut tokens = Lexer::new(text, &Rules::POSTGRESQL);
    let found = tokens.find(|token| token.text(text).eq_ignore_ascii_case(word));
    found.map_or_else(
        || text.to_owned(),
        |token| format!("{}{instead}{}", &text[..token.start], &text[token.end..]),
    )
}

fn refused(what: &str, name: &str) -> AdapterError {
    AdapterError::new(
        ErrorKind::Unsupported,
        format!("{what} cannot be tried within a transaction: {name}"),
    )
    .with_hint(HINT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within() -> Within {
        Within {
            schema: "dapter_scratch_1".to_owned(),
            home: "public".to_owned(),
            others: vec!["public".to_owned(), "app".to_owned()],
        }
    }

    #[test]
    fn names_of_the_schema_mean_the_scratch_schema() {
        let table = [
            ("SELECT a.b FROM c", "SELECT a.b FROM c"),
            ("DROP TABLE public.t", "DROP TABLE \"dapter_scratch_1\".t"),
            (
                "DROP TABLE \"public\" . t",
                "DROP TABLE \"dapter_scratch_1\" . t",
            ),
            (
                "SELECT 'public.t', x.public.y",
                "SELECT 'public.t', x.public.y",
            ),
            (
                "GRANT USAGE ON SCHEMA public TO a",
                "GRANT USAGE ON SCHEMA \"dapter_scratch_1\" TO a",
            ),
            (
                "CREATE INDEX CONCURRENTLY i ON t (a)",
                "CREATE INDEX  i ON t (a)",
            ),
            (
                "CREATE EXTENSION citext",
                "CREATE EXTENSION IF NOT EXISTS citext",
            ),
            ("SET search_path = public", "SELECT"),
            (
                "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS $$SELECT public.g()$$",
                "CREATE FUNCTION \"dapter_scratch_1\".f() RETURNS int LANGUAGE sql AS $$SELECT dapter_scratch_1.g()$$",
            ),
        ];
        for (text, sent) in table {
            assert_eq!(within().statement(text).expect(text), sent);
        }
    }

    #[test]
    fn what_is_the_applications_is_refused_by_name() {
        let table = [
            (
                "CREATE TABLE app.t (a int)",
                "what is in another schema cannot be tried within a transaction: app.t",
            ),
            (
                "DO $$BEGIN DELETE FROM app.t; END$$",
                "what is in another schema cannot be tried within a transaction: app.t",
            ),
            (
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT PUBLIC.g()'",
                "what the body of a function names cannot be tried within a transaction: PUBLIC.g",
            ),
            (
                "CREATE SCHEMA other",
                "a schema cannot be tried within a transaction: other",
            ),
            (
                "SET search_path TO app",
                "the setting cannot be tried within a transaction: search_path",
            ),
        ];
        for (text, message) in table {
            let error = within().statement(text).expect_err(text);
            assert_eq!(error.message, message);
        }
    }
}
