//! Reading the history, and making its tables.

use crate::error::is_missing;
use crate::fingerprint;
use crate::link::{Answer, Link};
use crate::literal;
use crate::lock;
use crate::session::PostgresSession;
use crate::tables::{self, ALEMBIC, LOCK, LOG, Place, Present, REVISION};
use crate::transaction::State;
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ErrorKind, History, InFlight, LockRow, LogEntry, Result,
    RevisionState,
};

/// A state of the database that nobody changes in between.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ";

/// All that the database remembers, as of one moment.
///
/// Where all tables are there, it is one statement, and so one round trip and one snapshot.
pub(crate) async fn read<L: Link>(session: &mut PostgresSession<L>) -> Result<History> {
    let mut history = match session.state {
        State::Idle => match at_once(session).await {
            Err(error) if is_missing(&error) => in_snapshot(session).await?,
            other => other?,
        },
        _ => looking_first(session).await?,
    };
    fingerprint::judge(session, &mut history.rows).await?;
    Ok(history)
}

/// Reads tables that are believed to be there.
async fn at_once<L: Link>(session: &mut PostgresSession<L>) -> Result<History> {
    let answer = session
        .ask(&Selection::believed(&session.place, session.alembic)?)
        .await?;
    let mut history = gathered(&answer)?;
    history.ready = true;
    let alembic = answer
        .rows
        .iter()
        .any(|row| field(row, 0) == "has_alembic" && field(row, 1) == "true");
    if alembic && !session.alembic {
        session.alembic = true;
        let answer = session
            .ask(&Selection::believed(&session.place, true)?)
            .await?;
        history = gathered(&answer)?;
        history.ready = true;
    }
    Ok(history)
}

/// Looks which tables there are, and reads those, in one snapshot.
async fn in_snapshot<L: Link>(session: &mut PostgresSession<L>) -> Result<History> {
    session.alembic = false;
    session.raw(SNAPSHOT).await?;
    session.state = State::Open;
    session.settings_told = true;
    let history = looking_first(session).await;
    match history {
        Ok(history) => session.commit_now().await.map(|()| history),
        Err(error) => Err(session.rolled_back(error).await),
    }
}

/// Looks which tables there are, and reads those. An error would end the transaction that is open.
async fn looking_first<L: Link>(session: &mut PostgresSession<L>) -> Result<History> {
    let present = look(session).await?;
    let mut history = match Selection::present(&session.place, &present)? {
        Some(statement) => gathered(&session.ask(&statement).await?)?,
        None => History::default(),
    };
    history.ready = present.is_complete();
    Ok(history)
}

async fn look<L: Link>(session: &mut PostgresSession<L>) -> Result<Present> {
    let look = session.place.look()?;
    Ok(Present::read(&session.ask(&look).await?))
}

/// The row of one revision.
pub(crate) async fn row_of<L: Link>(
    session: &mut PostgresSession<L>,
    id: &str,
) -> Result<Option<AppliedRevision>> {
    let columns: Vec<&str> = REVISION.columns().collect();
    let (columns, table) = (columns.join(", "), session.place.table(&REVISION));
    let id = literal::text(id)?;
    let select = format!("SELECT {columns} FROM {table} WHERE revision = {id}");
    let answer = session.ask(&select).await?;
    answer.rows.first().map(|row| revision(row)).transpose()
}

/// The log, oldest line first.
pub(crate) async fn read_log<L: Link>(session: &mut PostgresSession<L>) -> Result<Vec<LogEntry>> {
    let present = look(session).await?;
    let Some(columns) = LOG.selected(&present)? else {
        return Ok(Vec::new());
    };
    let table = session.place.table(&LOG);
    let select = format!("SELECT {} FROM {table} ORDER BY id", columns.join(", "));
    let answer = session.ask(&select).await?;
    answer.rows.iter().map(|row| log_entry(row)).collect()
}

/// Makes the tables, or adds the columns they lack; writes nothing if they are complete.
pub(crate) async fn ensure<L: Link>(session: &mut PostgresSession<L>) -> Result<()> {
    if look(session).await?.is_complete() {
        return Ok(());
    }
    let own = session.state == State::Idle;
    if own {
        session.note_begin()?;
    }
    let made = make(session).await;
    match made {
        Ok(()) if own => session.commit_now().await,
        Err(error) if own => Err(session.rolled_back(error).await),
        made => made,
    }
}

async fn make<L: Link>(session: &mut PostgresSession<L>) -> Result<()> {
    // One session at a time, to the end of its transaction: making a table twice fails in more than one way.
    let key = lock::making_key(&session.place.schema);
    let alone = format!("SELECT pg_catalog.pg_advisory_xact_lock({key})");
    session.ask(&alone).await?;
    // Somebody else may have done it meanwhile.
    let present = look(session).await?;
    let statements = tables::missing(&session.place, &present)?;
    if statements.is_empty() {
        return Ok(());
    }
    let made = session.ask(&statements.join("; ")).await;
    made.map(drop)
        .map_err(|error| explained(error, &session.place))
}

fn explained(mut error: AdapterError, place: &Place) -> AdapterError {
    let schema = &place.schema;
    match error.sqlstate.as_deref() {
        Some("42501") => {
            error.hint = Some(format!(
                "dapter keeps its history in the schema `{schema}`: let the user create tables there, \
                 or name another schema in `history_schema`"
            ));
        }
        Some("3F000") => {
            error.hint = Some(format!(
                "dapter keeps its history in the schema `{schema}`: create it, \
                 or name another schema in `history_schema`"
            ));
        }
        _ => {}
    }
    error
}

/// The statements that read everything at once: rows of text whose first column says what they are.
struct Selection;

impl Selection {
    /// For tables that are all there.
    fn believed(place: &Place, alembic: bool) -> Result<String> {
        let all = |table: &tables::Table| table.columns().collect::<Vec<_>>();
        let mut parts = vec![
            part("revision", &all(&REVISION), &place.table(&REVISION)),
            part("lock", &all(&LOCK), &place.table(&LOCK)),
            // No line, but an error if anything is missing.
            part("log", &all(&LOG), &place.table(&LOG)) + " WHERE false",
        ];
        parts.push(if alembic {
            part("alembic", &[ALEMBIC.1], &place.alembic())
        } else {
            let found = format!(
                "EXISTS (SELECT 1 FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = {} \
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = '{}' \
                 WHERE c.relname = '{}')",
                literal::text(&place.alembic_schema)?,
                ALEMBIC.1,
                ALEMBIC.0
            );
            row("has_alembic", &[&found])
        });
        Ok(parts.join(" UNION ALL "))
    }

    /// For what is there; `None` if nothing is.
    fn present(place: &Place, present: &Present) -> Result<Option<String>> {
        let mut parts = Vec::new();
        for (what, table) in [("revision", &REVISION), ("lock", &LOCK)] {
            if let Some(columns) = table.selected(present)? {
                parts.push(part(what, &columns, &place.table(table)));
            }
        }
        if present.has_alembic() {
            parts.push(part("alembic", &[ALEMBIC.1], &place.alembic()));
        }
        Ok((!parts.is_empty()).then(|| parts.join(" UNION ALL ")))
    }
}

fn part(what: &str, columns: &[&str], table: &str) -> String {
    format!("{} FROM {table}", row(what, columns))
}

/// A row as wide as the widest.
fn row(what: &str, columns: &[&str]) -> String {
    let width = REVISION.columns().count();
    let columns = columns.iter().map(|column| format!("({column})::text"));
    let padding = std::iter::repeat_with(|| "NULL::text".to_owned());
    let columns: Vec<String> = columns.chain(padding).take(width).collect();
    format!("SELECT '{what}', {}", columns.join(", "))
}

fn gathered(answer: &Answer) -> Result<History> {
    let mut history = History::default();
    for row in &answer.rows {
        let values = row.get(1..).unwrap_or_default();
        match field(row, 0) {
            "revision" => history.rows.push(revision(values)?),
            "lock" => history.lock = Some(lock_row(values)?),
            "alembic" if values.first().is_some_and(Option::is_some) => {
                history.alembic_heads.push(field(values, 0).to_owned());
            }
            _ => {}
        }
    }
    history.rows.sort_by_key(|row| row.position);
    history.alembic_heads.sort();
    Ok(history)
}

/// A value of a row, empty where it is null.
pub(crate) fn field(row: &[Option<String>], column: usize) -> &str {
    row.get(column)
        .and_then(Option::as_deref)
        .unwrap_or_default()
}

fn revision(row: &[Option<String>]) -> Result<AppliedRevision> {
    let text = |column| field(row, column).to_owned();
    let flight = InFlight {
        statement: text(13),
        done_checksum: text(14),
        since: text(15),
        took_effect: None,
    };
    Ok(AppliedRevision {
        revision: text(0),
        message: text(1),
        checksum: text(2),
        position: unsigned(row, 3)?,
        state: RevisionState::from_name(field(row, 4))?,
        statements_done: unsigned(row, 5)?,
        statements_total: unsigned(row, 6)?,
        done_checksum: text(7),
        error: text(8),
        in_flight: (flight != InFlight::default()).then_some(flight),
        duration_ms: unsigned(row, 9)?,
        applied_at: text(10),
        applied_by: text(11),
        dapter_version: text(12),
    })
}

/// The lock row, all its columns in their order.
pub(crate) fn lock_row(row: &[Option<String>]) -> Result<LockRow> {
    let text = |column| field(row, column).to_owned();
    Ok(LockRow {
        token: text(1),
        host: text(2),
        machine: text(3),
        pid: u32::try_from(unsigned(row, 4)?).map_err(|_| strange(field(row, 4)))?,
        process_started: text(5),
        user: text(6),
        since: text(7),
        beat: unsigned(row, 8)?,
    })
}

fn log_entry(row: &[Option<String>]) -> Result<LogEntry> {
    let text = |column| field(row, column).to_owned();
    Ok(LogEntry {
        at: text(1),
        operation: text(2),
        revision: text(3),
        outcome: text(4),
        statements: unsigned(row, 5)?,
        duration_ms: unsigned(row, 6)?,
        by: text(7),
        host: text(8),
        dapter_version: text(9),
        note: text(10),
    })
}

fn unsigned(row: &[Option<String>], column: usize) -> Result<u64> {
    let written = field(row, column);
    written.parse().map_err(|_| strange(written))
}

fn strange(written: &str) -> AdapterError {
    AdapterError::new(
        ErrorKind::Other,
        format!("the history holds the number `{written}`"),
    )
}
