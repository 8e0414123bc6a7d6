//! Asking the catalogs, and making objects of what they say.

use super::{bodies, kinds, lists};
use crate::error::unlocated;
use crate::link::{Answer, Link};
use crate::literal;
use crate::session::PostgresSession;
use crate::tables::{LOCK, LOG, REVISION};
use crate::transaction::State;
use dapter_plugin_api::schema::{Dependency, SchemaRules};
use dapter_plugin_api::{AdapterError, ErrorKind, Result, Schema, SchemaObject};
use std::collections::{BTreeMap, BTreeSet};

const COMMON: &str = include_str!("common.sql");

/// The queries for tables, for all other objects, and for what needs what.
const QUERIES: [&str; 3] = [
    include_str!("tables.sql"),
    include_str!("objects.sql"),
    include_str!("depends.sql"),
];

/// The first version whose columns say how they are compressed.
const COMPRESSION: u64 = 140_000;

/// The first version whose publications name schemas, whose foreign keys name the columns that are set, and whose keys may take
/// NULL for a value.
const SCHEMAS_OF_PUBLICATIONS: u64 = 150_000;

/// An object's catalog and its number there.
type Key = (String, String);

/// Reads the objects of all schemas.
pub(crate) async fn schema<L: Link>(session: &mut PostgresSession<L>) -> Result<Schema> {
    let (open, close) = match session.state {
        State::Idle => ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "COMMIT"),
        _ => {
            session.open_transaction().await?;
            ("SAVEPOINT dapter", "ROLLBACK TO SAVEPOINT dapter")
        }
    };
    session.in_doubt = true;
    let read = ask(session, open, close).await;
    session.in_doubt = false;
    match read {
        Err(error) if session.state == State::Idle => {
            let undone = session.link.send("ROLLBACK").await;
            Err(undone.map_or_else(unlocated, |_| error))
        }
        read => read,
    }
}

async fn ask<L: Link>(session: &mut PostgresSession<L>, open: &str, close: &str) -> Result<Schema> {
    let told = session.link.send(&opening(session, open)?).await;
    let told = told.map_err(unlocated)?;
    let version = told.iter().find_map(|answer| answer.value(1));
    let number = told.iter().find_map(|answer| answer.value(2));
    let settings = told.iter().find_map(|answer| answer.value(3));
    let number = number.and_then(|number| number.parse().ok()).unwrap_or(0);
    let kinds = told.last().map(kinds::chosen).unwrap_or_default();
    let message = format!("{}; {close}", queries(session, number, &kinds)?);
    let answers = session.link.send(&message).await.map_err(unlocated)?;
    let mut answers = answers.into_iter();
    let (Some(tables), Some(objects), Some(needs)) =
        (answers.next(), answers.next(), answers.next())
    else {
        return Err(unreadable("fewer answers than queries"));
    };
    let mut found = BTreeMap::new();
    // Each text goes as soon as it is read: of thousands of tables they are large.
    for row in tables.rows.into_iter().chain(objects.rows) {
        let (key, object) = object(row)?;
        found.insert(key, object);
    }
    depend(&mut found, &needs);
    if let Some(within) = &session.within {
        within.own(&mut found)?;
    }
    // By their words, which know no schemas: only what counts may be found.
    bodies::depend(&mut found);
    let product = "PostgreSQL".to_owned();
    Ok(Schema {
        product,
        version: version.unwrap_or_default().to_owned(),
        settings: settings.unwrap_or_default().to_owned(),
        rules: SchemaRules {
            columns_have_places: false,
            names_ignore_case: false,
            references_are_checked: true,
            dependents_block: true,
            ..SchemaRules::default()
        },
        ..Schema::of(found.into_values().collect())
    })
}

/// Begins, says which schema unqualified names are of, and asks for the version and what there is.
fn opening<L: Link>(session: &PostgresSession<L>, open: &str) -> Result<String> {
    let settings = &session.settings;
    let home = match settings.search_path {
        Some(_) => literal::text(&settings.default_schema)?,
        None => "coalesce(current_schema(), 'public')".to_owned(),
    };
    // A scratch schema has those of the extensions beside it.
    let others = match (&session.within, &settings.search_path) {
        (Some(_), Some(names)) => literal::text(
            &names[1..]
                .iter()
                .fold(String::new(), |all, name| all + ", " + &literal::name(name)),
        )?,
        _ => "''".to_owned(),
    };
    // Names of the catalog come first, so that nobody's function takes the place of one that is asked here. Compiling such
    // queries takes longer than running them.
    Ok(format!(
        "{open}; SELECT pg_catalog.set_config('dapter.schema', {home}, true), \
         pg_catalog.current_setting('server_version'), pg_catalog.current_setting('server_version_num'), \
         (SELECT pg_catalog.concat_ws(' ', pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, \
          pg_catalog.current_setting('search_path'), pg_catalog.current_setting('default_tablespace'), \
          pg_catalog.current_setting('standard_conforming_strings')) \
          FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()); \
         SELECT pg_catalog.set_config(name, 'off', true) FROM pg_catalog.pg_settings WHERE name = 'jit'; \
         SELECT pg_catalog.set_config('search_path', 'pg_catalog, ' || \
         pg_catalog.quote_ident(pg_catalog.current_setting('dapter.schema')) || {others} || ', pg_temp', true); {}",
        kinds::inquiry()
    ))
}

fn queries<L: Link>(session: &PostgresSession<L>, version: u64, kinds: &str) -> Result<String> {
    let tables = [&REVISION, &LOG, &LOCK].map(|table| literal::text(table.name));
    let tables: Vec<String> = tables.into_iter().collect::<Result<_>>()?;
    let schemas = if version < SCHEMAS_OF_PUBLICATIONS {
        "NULL::text"
    } else {
        "(SELECT string_agg(x.pnnspid::regnamespace::text, ', ' ORDER BY x.pnnspid::regnamespace::text) \
         FROM pg_publication_namespace x WHERE x.pnpubid = p.oid)"
    };
    // What is not in the catalogs of older servers. That every row is asked as JSON would take as long as all the rest.
    let compression = match version < COMPRESSION {
        true => "NULL::\"char\"",
        false => "a.attcompression",
    };
    let (set_columns, nulls_not_distinct) = match version < SCHEMAS_OF_PUBLICATIONS {
        true => ("NULL::int2[]", "false"),
        false => ("c.confdelsetcols", "i.indnullsnotdistinct"),
    };
    let queries = QUERIES.map(|query| format!("{COMMON}{query}"));
    Ok(queries
        .join(";\n")
        .replace("{kinds}", kinds)
        .replace("{schema}", &literal::text(&session.place.schema)?)
        .replace("{tables}", &tables.join(", "))
        .replace("{schemas of publication}", schemas)
        .replace("{compression}", compression)
        .replace("{set columns}", set_columns)
        .replace("{nulls not distinct}", nulls_not_distinct))
}

fn object(row: Vec<Option<String>>) -> Result<(Key, SchemaObject)> {
    let Ok([Some(class), Some(number), Some(text)]) = <[_; 3]>::try_from(row) else {
        return Err(unreadable("a row of the catalogs is incomplete"));
    };
    let read = |text: &str| -> Result<SchemaObject> {
        serde_json::from_str(text).map_err(|error| unreadable(&error.to_string()))
    };
    let mut object = read(&text)?;
    // Bodies of functions are kept as they were written.
    if !["function", "procedure"].contains(&object.kind.as_str())
        && let Some(settled) = lists::settled(&text)
    {
        object = read(&settled)?;
    }
    if let Some(table) = object.as_table_mut() {
        table.sort();
    }
    Ok(((class, number), object))
}

/// Fills in what needs what.
fn depend(found: &mut BTreeMap<Key, SchemaObject>, needs: &Answer) {
    // Per object and needed object the columns, of which a reference to the whole names none.
    let mut columns: BTreeMap<(Key, Key), BTreeSet<String>> = BTreeMap::new();
    for row in &needs.rows {
        let text = |place: usize| row.get(place).cloned().flatten();
        let key =
            |place| Some((text(place)?, text(place + 1)?)).filter(|it| found.contains_key(it));
        if let (Some(from), Some(to)) = (key(0), key(2)) {
            columns.entry((from, to)).or_default().extend(text(4));
        }
    }
    for ((from, to), columns) in columns {
        let Some(needed) = found.get(&to) else {
            continue;
        };
        let needed = Dependency {
            kind: needed.kind.clone(),
            name: needed.name.clone(),
            columns: columns.into_iter().collect(),
        };
        if let Some(object) = found.get_mut(&from) {
            // That it hangs on its table says its name; the table may change but for the columns that it names.
            let is_own = object.name.table().as_ref() == Some(&needed.name);
            if !is_own || !needed.columns.is_empty() {
                object.depends_on.push(needed);
            }
        }
    }
    for object in found.values_mut() {
        object.depends_on.sort();
    }
}

fn unreadable(what: &str) -> AdapterError {
    AdapterError::new(
        ErrorKind::Other,
        format!("cannot read what the catalogs say: {what}"),
    )
}
