//! What an announced statement touches, so that it can be told afterwards whether it took effect.
//!
//! A fingerprint is taken before the statement runs, and stored with its announcement: names are resolved then, and the
//! objects that were there already are listed. Fields have tabs between.

use crate::alone::Alone;
use crate::history::field;
use crate::link::Link;
use crate::literal::text;
use crate::session::PostgresSession;
use crate::tables::REVISION;
use dapter_plugin_api::{AppliedRevision, Result};

/// Finds out what the statement touches.
pub(crate) async fn take<L: Link>(
    session: &mut PostgresSession<L>,
    statement: &Alone,
) -> Result<String> {
    let Some(query) = question(statement)? else {
        return Ok(match statement {
            Alone::Repeatable => "repeatable".to_owned(),
            _ => "unknown".to_owned(),
        });
    };
    let answer = session.ask(&query).await?;
    let fields = answer.rows.first().cloned().unwrap_or_default();
    let fields: Vec<String> = (0..fields.len())
        .map(|index| escaped(field(&fields, index)))
        .collect();
    Ok(fields.join("\t"))
}

/// What to ask before the statement runs; the first field is the kind of fingerprint.
fn question(statement: &Alone) -> Result<Option<String>> {
    Ok(Some(match statement {
        Alone::CreateIndex { index, table } => {
            let name = index.as_deref().map(last_name).unwrap_or_default();
            format!(
                "SELECT 'create-index', t::oid, {}, (SELECT pg_catalog.string_agg(indexrelid::text, ',') \
                 FROM pg_catalog.pg_index WHERE indrelid = t) FROM pg_catalog.to_regclass({}) AS t",
                text(&name)?,
                text(table)?
            )
        }
        Alone::DropIndex { index } => format!(
            "SELECT 'drop-index', pg_catalog.to_regclass({})::oid",
            text(index)?
        ),
        Alone::AddValue { name, label } => format!(
            "SELECT 'add-value', t::oid, {label}::text, EXISTS (SELECT 1 FROM pg_catalog.pg_enum \
             WHERE enumtypid = t AND enumlabel = {label}) FROM pg_catalog.to_regtype({}) AS t",
            text(name)?
        ),
        Alone::CreateDatabase { name } => database("create-database", name)?,
        Alone::DropDatabase { name } => database("drop-database", name)?,
        Alone::DetachPartition { table, partition } => format!(
            "SELECT 'detach', pg_catalog.to_regclass({})::oid, pg_catalog.to_regclass({})::oid",
            text(table)?,
            text(partition)?
        ),
        Alone::Repeatable | Alone::Opaque => return Ok(None),
    }))
}

fn database(kind: &str, name: &str) -> Result<String> {
    let name = text(name)?;
    Ok(format!(
        "SELECT '{kind}', {name}::text, EXISTS (SELECT 1 FROM pg_catalog.pg_database WHERE datname = {name})"
    ))
}

/// The name of an index, which has no schema of its own.
fn last_name(name: &str) -> String {
    crate::tokens::plain(name)
}

/// What became of an announced statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It is there.
    Done,
    /// It is not there, and may run again.
    None,
    /// It left an index behind that is not valid, with this name.
    Remainder(String),
    /// It is half done, and this statement completes it.
    Pending(String),
    /// Nobody can tell.
    Unknown,
}

/// What to ask afterwards: whether it took effect, and what it left behind.
fn inquiry(fingerprint: &str) -> Result<Option<String>> {
    let fields: Vec<String> = fingerprint.split('\t').map(unescaped).collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    Ok(Some(match fields[..] {
        ["create-index", table, name, before] if is_number(table) => {
            let named = if name.is_empty() {
                String::new()
            } else {
                format!(" AND c.relname = {}", text(name)?)
            };
            format!(
                "SELECT i.indisvalid AND i.indisready AND i.indislive, \
                 CASE WHEN NOT i.indisvalid THEN pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) END \
                 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE i.indrelid = {table} AND NOT i.indexrelid::text = ANY (pg_catalog.string_to_array({}, ',')){named} \
                 ORDER BY i.indisvalid DESC LIMIT 1",
                text(before)?
            )
        }
        ["drop-index", index] if is_number(index) => {
            format!("SELECT NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid = {index})")
        }
        ["add-value", of, label, "f"] if is_number(of) => format!(
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_enum WHERE enumtypid = {of} AND enumlabel = {})",
            text(label)?
        ),
        ["create-database", name, "f"] => format!(
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_database WHERE datname = {})",
            text(name)?
        ),
        ["drop-database", name, "t"] => format!(
            "SELECT NOT EXISTS (SELECT 1 FROM pg_catalog.pg_database WHERE datname = {})",
            text(name)?
        ),
        ["detach", table, partition] if is_number(table) && is_number(partition) => format!(
            "SELECT i.inhrelid IS NULL, NULL, CASE WHEN i.inhdetachpending THEN \
             pg_catalog.format('ALTER TABLE %s DETACH PARTITION %s FINALIZE', \
             {table}::regclass, {partition}::regclass) END \
             FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_inherits i \
             ON i.inhparent = {table} AND i.inhrelid = {partition}"
        ),
        _ => return Ok(None),
    }))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Finds out whether a statement with this fingerprint took effect.
pub(crate) async fn effect<L: Link>(
    session: &mut PostgresSession<L>,
    fingerprint: &str,
) -> Result<Effect> {
    let Some(query) = inquiry(fingerprint)? else {
        let kind = fingerprint.split('\t').next().unwrap_or_default();
        // What was there before changes nothing by running again, and neither does what names nothing.
        let harmless = kind == "repeatable" || fingerprint.contains('\t');
        return Ok(if harmless {
            Effect::None
        } else {
            Effect::Unknown
        });
    };
    let answer = session.ask(&query).await?;
    Ok(
        match (answer.is_true(0), answer.value(1), answer.value(2)) {
            (true, ..) => Effect::Done,
            (false, Some(index), _) => Effect::Remainder(index.to_owned()),
            (false, None, Some(statement)) => Effect::Pending(statement.to_owned()),
            (false, None, None) => Effect::None,
        },
    )
}

/// The fingerprint that is stored with the announcement of a revision's statement.
pub(crate) async fn stored<L: Link>(
    session: &mut PostgresSession<L>,
    revision: &str,
) -> Result<String> {
    let table = session.place.table(&REVISION);
    let query = format!(
        "SELECT in_flight_fingerprint FROM {table} WHERE revision = {}",
        text(revision)?
    );
    let answer = session.ask(&query).await?;
    Ok(answer.value(0).unwrap_or_default().to_owned())
}

/// Says of every announced statement whether it took effect.
pub(crate) async fn judge<L: Link>(
    session: &mut PostgresSession<L>,
    rows: &mut [AppliedRevision],
) -> Result<()> {
    for row in rows.iter_mut() {
        let Some(flight) = &mut row.in_flight else {
            continue;
        };
        let fingerprint = stored(session, &row.revision).await?;
        flight.took_effect = match effect(session, &fingerprint).await? {
            Effect::Done => Some(true),
            Effect::None | Effect::Remainder(_) | Effect::Pending(_) => Some(false),
            Effect::Unknown => None,
        };
    }
    Ok(())
}

/// A field without tabs.
fn escaped(field: &str) -> String {
    field.replace('\\', r"\\").replace('\t', r"\t")
}

fn unescaped(field: &str) -> String {
    let mut text = String::with_capacity(field.len());
    let mut characters = field.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('t') => text.push('\t'),
                other => text.extend(other),
            },
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_tabs() {
        for field in ["", "a\tb", r"a\tb", r"\\", "é\\"] {
            let written = escaped(field);
            assert!(!written.contains('\t'), "{field}");
            assert_eq!(unescaped(&written), field);
        }
    }

    #[test]
    fn only_what_has_changed_something_is_asked_about() {
        let asked = |fingerprint: &str| inquiry(fingerprint).expect("no NUL").is_some();
        assert!(asked("create-index\t16390\ti\t1,2"));
        assert!(asked("create-index\t16390\t\t"));
        assert!(asked("drop-index\t7"));
        assert!(asked("add-value\t7\tgood\tf"));
        assert!(asked("drop-database\tshop\tt"));
        assert!(asked("detach\t1\t2"));
        for fingerprint in [
            "",
            "unknown",
            "repeatable",
            "create-index\t\ti\t",
            "create-index\t1; DROP TABLE x\ti\t",
            "drop-index\t",
            "add-value\t7\tgood\tt",
            "create-database\tshop\tt",
        ] {
            assert!(!asked(fingerprint), "{fingerprint}");
        }
    }
}
