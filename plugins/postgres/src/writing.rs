//! The text of the statements that change the history.

use crate::literal::{array, number, text};
use crate::lock;
use crate::swap::Rows;
use crate::tables::{LOCK, LOG, Place, REVISION};
use dapter_plugin_api::{
    AppliedRevision, Expect, HistoryChange, LockChange, LogEntry, OfflineChange, Result, RowChange,
};

/// What becomes of the fingerprint of an announced statement where the change has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fingerprint {
    /// There was none.
    Written,
    /// It stays as it is.
    Kept,
}

/// Writes the statement of a change.
pub(crate) struct Writer<'c> {
    pub(crate) change: &'c HistoryChange,
    pub(crate) place: &'c Place,
    /// What is stored with the rows that announce a statement.
    pub(crate) fingerprint: Option<&'c str>,
}

impl Writer<'_> {
    /// New rows and lines of the log, as two statements: the keys of the table do the checking.
    pub(crate) fn additions(&self) -> Result<String> {
        let mut statements = Vec::new();
        if !self.change.rows.is_empty() {
            let rows = self.additions_of(self.written(|_| true))?;
            let (table, columns) = (self.place.table(&REVISION), revision_columns());
            statements.push(format!("INSERT INTO {table} ({columns}) VALUES {rows}"));
        }
        if !self.change.log.is_empty() {
            let table = self.place.table(&LOG);
            statements.push(format!(
                "INSERT INTO {table} ({}) VALUES {}",
                log_columns(),
                self.log()?
            ));
        }
        Ok(statements.join("; "))
    }

    /// Everything, in one statement.
    pub(crate) fn whole(&self, rows: Rows) -> Result<String> {
        let (revision, lock) = (self.place.table(&REVISION), self.place.table(&LOCK));
        let ids = array(self.change.rows.iter().map(|row| row.revision.as_str()))?;
        let held = if self.change.lock == LockChange::Ignore {
            "SELECT NULL::text AS token, NULL::text AS host, NULL::bigint AS pid, NULL::text AS locked_since WHERE false".to_owned()
        } else {
            format!("SELECT token, host, pid, locked_since FROM {lock} WHERE id = 1 FOR UPDATE")
        };
        let rows_hold = match rows {
            Rows::Checked | Rows::Compared => self.rows_hold()?,
            Rows::Unchecked => "true".to_owned(),
        };
        let mut parts = vec![
            format!("held AS MATERIALIZED ({held})"),
            format!(
                "found AS MATERIALIZED (SELECT revision, state, statements_done FROM {revision} \
                 WHERE revision = ANY ({ids}) ORDER BY revision FOR UPDATE)"
            ),
            format!(
                "verdict AS MATERIALIZED (SELECT {} AS lock_holds, {rows_hold} AS rows_hold)",
                self.lock_holds()?
            ),
            "go AS MATERIALIZED (SELECT 1 AS yes FROM verdict WHERE lock_holds AND rows_hold)"
                .to_owned(),
        ];
        if rows != Rows::Compared {
            parts.extend(self.row_parts(rows, &revision)?);
            parts.extend(self.lock_parts(&lock)?);
        }
        if rows != Rows::Compared && !self.change.log.is_empty() {
            let (table, columns) = (self.place.table(&LOG), log_columns());
            parts.push(format!(
                "logged AS (INSERT INTO {table} ({columns}) SELECT v.* FROM go, (VALUES {}) AS v)",
                self.log()?
            ));
        }
        Ok(format!(
            "WITH {} SELECT lock_holds, rows_hold, token, host, pid, locked_since, revision, state, statements_done \
             FROM verdict LEFT JOIN held ON true LEFT JOIN found ON true",
            parts.join(", ")
        ))
    }

    /// Whether the rows found are those that are expected.
    fn rows_hold(&self) -> Result<String> {
        if self.change.rows.is_empty() {
            return Ok("true".to_owned());
        }
        let expected = self.change.rows.iter().map(|row| {
            let revision = text(&row.revision)?;
            Ok(match row.expect {
                Expect::Absent => format!("({revision}, NULL::text, NULL::bigint)"),
                Expect::Present {
                    state,
                    statements_done,
                } => {
                    format!(
                        "({revision}, '{}', {})",
                        state.name(),
                        number(statements_done)?
                    )
                }
            })
        });
        let expected = expected.collect::<Result<Vec<String>>>()?.join(", ");
        Ok(format!(
            "NOT EXISTS (SELECT 1 FROM (VALUES {expected}) AS e (revision, state, done) \
             LEFT JOIN found AS f ON f.revision = e.revision \
             WHERE f.state IS DISTINCT FROM e.state OR f.statements_done IS DISTINCT FROM e.done)"
        ))
    }

    /// Whether the lock row is as expected. Who takes it must find the lock free that sessions without a pooler hold; it
    /// is held to the end of the transaction, so that they find either it or the row.
    fn lock_holds(&self) -> Result<String> {
        Ok(match &self.change.lock {
            LockChange::Ignore => "true".to_owned(),
            LockChange::Require(token)
            | LockChange::Renew { token, .. }
            | LockChange::Release(token) => {
                format!("EXISTS (SELECT 1 FROM held WHERE token = {})", text(token)?)
            }
            LockChange::Take { instead_of, .. } => {
                let other = match instead_of {
                    Some(token) => format!(" WHERE token <> {}", text(token)?),
                    None => String::new(),
                };
                format!(
                    "CASE WHEN EXISTS (SELECT 1 FROM held{other}) THEN false \
                     ELSE pg_catalog.pg_try_advisory_xact_lock({}) END",
                    lock::key(&self.place.schema)
                )
            }
        })
    }

    fn row_parts(&self, rows: Rows, table: &str) -> Result<Vec<String>> {
        let mut parts = Vec::new();
        let removed = self.change.rows.iter().filter(|row| {
            row.row.is_none() && (rows == Rows::Unchecked || row.expect != Expect::Absent)
        });
        let removed: Vec<&str> = removed.map(|row| row.revision.as_str()).collect();
        if !removed.is_empty() {
            parts.push(format!(
                "removed AS (DELETE FROM {table} USING go WHERE revision = ANY ({}))",
                array(removed)?
            ));
        }
        let columns = revision_columns();
        let is_new = |row: &RowChange| row.expect == Expect::Absent;
        let (added, changed) = match rows {
            Rows::Unchecked => (self.written(|_| true), Vec::new()),
            _ => (self.written(is_new), self.written(|row| !is_new(row))),
        };
        if !added.is_empty() {
            let or_update = match rows {
                Rows::Unchecked => format!(
                    " ON CONFLICT (revision) DO UPDATE SET {}",
                    assignments("excluded", "r")
                ),
                _ => String::new(),
            };
            parts.push(format!(
                "added AS (INSERT INTO {table} AS r ({columns}) SELECT v.* FROM go, (VALUES {}) AS v{or_update})",
                self.additions_of(added)?
            ));
        }
        if !changed.is_empty() {
            parts.push(format!(
                "changed AS (UPDATE {table} AS r SET {} FROM go, (VALUES {}) AS v ({columns}) \
                 WHERE r.revision = v.revision)",
                assignments("v", "r"),
                self.changes_of(changed)?
            ));
        }
        Ok(parts)
    }

    fn lock_parts(&self, table: &str) -> Result<Vec<String>> {
        Ok(match &self.change.lock {
            LockChange::Ignore | LockChange::Require(_) => Vec::new(),
            LockChange::Take { row, .. } => {
                let columns: Vec<&str> = LOCK.columns().collect();
                let values = [
                    "1".to_owned(),
                    text(&row.token)?,
                    text(&row.host)?,
                    text(&row.machine)?,
                    number(row.pid.into())?,
                    text(&row.process_started)?,
                    text(&row.user)?,
                    text(&row.since)?,
                    number(row.beat)?,
                ];
                let assigned = columns
                    .iter()
                    .zip(&values)
                    .map(|(name, value)| format!("{name} = {value}"));
                let assigned: Vec<String> = assigned.collect();
                vec![
                    format!(
                        "retaken AS (UPDATE {table} SET {} FROM go WHERE EXISTS (SELECT 1 FROM held))",
                        assigned.join(", ")
                    ),
                    format!(
                        "taken AS (INSERT INTO {table} ({}) SELECT {} FROM go WHERE NOT EXISTS (SELECT 1 FROM held))",
                        columns.join(", "),
                        values.join(", ")
                    ),
                ]
            }
            LockChange::Renew { beat, .. } => {
                vec![format!(
                    "renewed AS (UPDATE {table} SET beat = {} FROM go)",
                    number(*beat)?
                )]
            }
            LockChange::Release(_) => vec![format!("released AS (DELETE FROM {table} USING go)")],
        })
    }

    /// The rows to write, of the changes that are chosen.
    fn written(&self, chosen: impl Fn(&RowChange) -> bool) -> Vec<&AppliedRevision> {
        let rows = self.change.rows.iter().filter(|row| chosen(row));
        rows.filter_map(|row| row.row.as_ref()).collect()
    }

    /// New rows.
    fn additions_of(&self, rows: Vec<&AppliedRevision>) -> Result<String> {
        let rows = rows
            .into_iter()
            .map(|row| self.row(row, Fingerprint::Written));
        Ok(rows.collect::<Result<Vec<String>>>()?.join(", "))
    }

    /// Rows in place of others, whose fingerprints stay where none is given.
    fn changes_of(&self, rows: Vec<&AppliedRevision>) -> Result<String> {
        let rows = rows.into_iter().map(|row| self.row(row, Fingerprint::Kept));
        Ok(rows.collect::<Result<Vec<String>>>()?.join(", "))
    }

    fn row(&self, row: &AppliedRevision, fingerprint_before: Fingerprint) -> Result<String> {
        Ok(format!(
            "({})",
            self.values(row, fingerprint_before)?.join(", ")
        ))
    }

    /// The values of a row, in the order of the columns of [`REVISION`].
    fn values(
        &self,
        row: &AppliedRevision,
        fingerprint_before: Fingerprint,
    ) -> Result<[String; 17]> {
        let flight = row.in_flight.clone().unwrap_or_default();
        let fingerprint = match (&row.in_flight, self.fingerprint) {
            (None, _) => text("")?,
            (Some(_), Some(fingerprint)) => text(fingerprint)?,
            // What is there stays there.
            (Some(_), None) if fingerprint_before == Fingerprint::Kept => "NULL::text".to_owned(),
            (Some(_), None) => text("")?,
        };
        Ok([
            text(&row.revision)?,
            text(&row.message)?,
            text(&row.checksum)?,
            number(row.position)?,
            text(row.state.name())?,
            number(row.statements_done)?,
            number(row.statements_total)?,
            text(&row.done_checksum)?,
            text(&row.error)?,
            number(row.duration_ms)?,
            text(&row.applied_at)?,
            text(&row.applied_by)?,
            text(&row.dapter_version)?,
            text(&flight.statement)?,
            text(&flight.done_checksum)?,
            text(&flight.since)?,
            fingerprint,
        ])
    }

    fn log(&self) -> Result<String> {
        let lines = self.change.log.iter().map(|entry| {
            let values = line(entry)?;
            Ok(format!("({})", values.join(", ")))
        });
        Ok(lines.collect::<Result<Vec<String>>>()?.join(", "))
    }
}

/// The values of a line of the log, in the order of [`log_columns`].
fn line(entry: &LogEntry) -> Result<[String; 10]> {
    Ok([
        text(&entry.at)?,
        text(&entry.operation)?,
        text(&entry.revision)?,
        text(&entry.outcome)?,
        number(entry.statements)?,
        number(entry.duration_ms)?,
        text(&entry.by)?,
        text(&entry.host)?,
        text(&entry.dapter_version)?,
        text(&entry.note)?,
    ])
}

/// The present, as the history writes it.
const NOW: &str = "pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', \
     'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')";

/// The statements of a change that a script makes, whatever is there.
pub(crate) fn offline(change: &OfflineChange, place: &Place) -> Result<Vec<String>> {
    let table = place.table(&REVISION);
    let revision = text(&change.revision)?;
    let mut statements = Vec::new();
    match &change.row {
        None => statements.push(format!("DELETE FROM {table} WHERE revision = {revision}")),
        Some(row) => {
            let writer = Writer {
                change: &HistoryChange::default(),
                place,
                fingerprint: None,
            };
            let mut values = writer.values(row, Fingerprint::Written)?;
            values[3] = format!(
                "coalesce((SELECT position FROM {table} WHERE revision = {revision}), \
                 (SELECT coalesce(max(position), 0) + 1 FROM {table}))"
            );
            values[10] = NOW.to_owned();
            statements.push(format!(
                "INSERT INTO {table} AS r ({})\n  VALUES ({})\n  ON CONFLICT (revision) DO UPDATE SET {}",
                revision_columns(),
                values.join(", "),
                assignments("excluded", "r")
            ));
        }
    }
    if let Some(entry) = &change.log {
        let mut values = line(entry)?;
        values[0] = NOW.to_owned();
        statements.push(format!(
            "INSERT INTO {} ({})\n  VALUES ({})",
            place.table(&LOG),
            log_columns(),
            values.join(", ")
        ));
    }
    Ok(statements)
}

fn revision_columns() -> String {
    REVISION.columns().collect::<Vec<_>>().join(", ")
}

/// The columns of the log but for its key, which counts by itself.
fn log_columns() -> String {
    LOG.columns().skip(1).collect::<Vec<_>>().join(", ")
}

/// Every column but the key set to that of `from`; a fingerprint that is not given stays as it is in `to`.
fn assignments(from: &str, to: &str) -> String {
    let assigned = REVISION.columns().skip(1).map(|column| match column {
        "in_flight_fingerprint" => format!("{column} = coalesce({from}.{column}, {to}.{column})"),
        column => format!("{column} = {from}.{column}"),
    });
    assigned.collect::<Vec<_>>().join(", ")
}
