//! Whether a statement took effect that was announced and never recorded.
//!
//! Before a statement runs that commits by itself, what its objects look like is written down with the announcement. Who
//! reads the history later looks at them again: they look the same, and it did not run; they differ, and it did.

use crate::answer::{Failure, ResultSet};
use crate::connection::Connection;
use crate::error::{NO_SUCH_TABLE, failed};
use crate::literal::{name, text};
use crate::object::{By, Kind, Probe, Trace};
use crate::rows::RevisionRow;
use crate::session::Session;
use dapter_plugin_api::{AdapterError, AppliedRevision, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What is written down.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fingerprint {
    /// The statement does no harm when it runs again.
    Repeatable,
    /// What the objects looked like before.
    Objects(Vec<Seen>),
}

/// What an object looked like.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    #[serde(flatten)]
    probe: Probe,
    /// See [`look`].
    was: String,
}

const ABSENT: &str = "absent";

/// Statements that make the session print definitions as every session does, and that undo it.
pub(crate) const NEUTRAL: &str = "SET @dapter_sql_mode = @@SESSION.sql_mode, @dapter_results = @@SESSION.character_set_results, \
     @dapter_quote = @@SESSION.sql_quote_show_create, SESSION sql_mode = '', SESSION character_set_results = 'utf8mb4', \
     SESSION sql_quote_show_create = 1";
const AS_BEFORE: &str = "SET SESSION sql_mode = @dapter_sql_mode, SESSION character_set_results = @dapter_results, \
     SESSION sql_quote_show_create = @dapter_quote";

impl<C: Connection> Session<C> {
    /// The expression for the column: the fingerprint before the statement runs. The server computes it itself where it
    /// only has to look whether the objects are there.
    pub(crate) async fn fingerprint(&mut self, trace: Trace) -> Result<String> {
        let probes = match trace {
            Trace::None => return Ok("NULL".to_owned()),
            Trace::Repeatable => return written(&Fingerprint::Repeatable),
            Trace::Objects(probes) => probes,
        };
        if probes.iter().all(|probe| existence(probe).is_some()) {
            return computed(&probes);
        }
        let mut seen = Vec::new();
        for probe in probes {
            match self.look(&probe).await? {
                Some(was) => seen.push(Seen { probe, was }),
                None => return Ok("NULL".to_owned()),
            }
        }
        written(&Fingerprint::Objects(seen))
    }

    /// The rows, with what their statements in flight did.
    pub(crate) async fn judged(&mut self, rows: Vec<RevisionRow>) -> Result<Vec<AppliedRevision>> {
        let mut judged = Vec::with_capacity(rows.len());
        for RevisionRow {
            mut row,
            fingerprint,
        } in rows
        {
            if let (Some(in_flight), Some(fingerprint)) = (&mut row.in_flight, fingerprint) {
                in_flight.took_effect = self.judge(&fingerprint).await?;
            }
            judged.push(row);
        }
        Ok(judged)
    }

    async fn judge(&mut self, fingerprint: &str) -> Result<Option<bool>> {
        let seen = match serde_json::from_str(fingerprint) {
            Ok(Fingerprint::Repeatable) => return Ok(Some(false)),
            Ok(Fingerprint::Objects(seen)) => seen,
            // A newer version wrote it.
            Err(_) => return Ok(None),
        };
        let mut changed = Vec::new();
        for Seen { probe, was } in seen {
            let Some(is) = self.look(&probe).await? else {
                return Ok(None);
            };
            let Some(has_changed) = compare(&probe, &was, &is) else {
                return Ok(None);
            };
            changed.push(has_changed);
        }
        let any = changed.contains(&true);
        // Dropping several objects is not atomic everywhere.
        Ok((any == changed.iter().all(|&changed| changed)).then_some(any))
    }

    /// Gives the session its own settings back.
    pub(crate) async fn be_as_before(&mut self) -> Result<()> {
        self.one(AS_BEFORE.to_owned()).await?;
        self.neutral = false;
        Ok(())
    }

    /// What an object looks like now; `None` where that cannot be told.
    async fn look(&mut self, probe: &Probe) -> Result<Option<String>> {
        if let Some(query) = existence(probe).or_else(|| content(probe)) {
            let answer = self.send(vec![format!("SELECT {query}")]).await;
            return match answer.whole() {
                Ok(sets) => Ok(sets.first().and_then(ResultSet::first).map(lossy)),
                // There is no looking into a table that is not there, and none without the right to.
                Err(Failure::Server { code, .. })
                    if code == NO_SUCH_TABLE && probe.by == By::Content =>
                {
                    Ok(Some(ABSENT.to_owned()))
                }
                Err(failure) => untold(failure),
            };
        }
        let Some((show, column)) = definition(probe) else {
            return Ok(None);
        };
        self.neutral = true;
        let answer = self
            .send(vec![NEUTRAL.to_owned(), show, AS_BEFORE.to_owned()])
            .await;
        match answer.failure {
            None => {
                self.neutral = false;
                let set = answer.sets.get(1);
                let shown = set.and_then(|set| set.rows.first()?.cells().nth(column)?);
                Ok(shown.map(|shown| hash(&lossy(shown))))
            }
            Some(failure @ Failure::Lost(_)) => Err(failed(failure)),
            Some(failure) => {
                self.be_as_before().await?;
                match failure.code() {
                    Some(code) if MISSING.contains(&code) => Ok(Some(ABSENT.to_owned())),
                    _ => untold(failure),
                }
            }
        }
    }
}

/// Who may not look cannot tell; whatever else went wrong is no answer.
fn untold(failure: Failure) -> Result<Option<String>> {
    let error = failed(failure);
    match error.kind {
        ErrorKind::Permission | ErrorKind::Statement => Ok(None),
        _ => Err(error),
    }
}

/// That an object of some kind is not there: database, table, routine, trigger, event.
const MISSING: &[u16] = &[1049, 1146, 1305, 1360, 1539];

/// The expression that is 1 where the object is there, if that is what is asked.
fn existence(probe: &Probe) -> Option<String> {
    if probe.by != By::Existence {
        return None;
    }
    let (schema, object) = (text(&probe.schema), text(&probe.name));
    let found = match probe.kind {
        Kind::Table | Kind::View | Kind::Sequence => format!(
            "information_schema.tables WHERE table_schema = {schema} AND table_name = {object}"
        ),
        Kind::Trigger => format!(
            "information_schema.triggers WHERE trigger_schema = {schema} AND trigger_name = {object}"
        ),
        Kind::Procedure | Kind::Function => format!(
            "information_schema.routines WHERE routine_schema = {schema} AND routine_name = {object} AND routine_type = '{}'",
            if probe.kind == Kind::Procedure {
                "PROCEDURE"
            } else {
                "FUNCTION"
            }
        ),
        Kind::Event => format!(
            "information_schema.events WHERE event_schema = {schema} AND event_name = {object}"
        ),
        Kind::Database => {
            format!("information_schema.schemata WHERE schema_name = {object}")
        }
        // Only some may look there.
        Kind::User => return None,
    };
    Some(format!("EXISTS(SELECT 1 FROM {found})"))
}

/// The expression for when a table was made and whether anything is in it, or for a user's existence, if that is asked.
fn content(probe: &Probe) -> Option<String> {
    let (schema, object) = (text(&probe.schema), text(&probe.name));
    match (probe.by, probe.kind) {
        (By::Existence, Kind::User) => Some(format!(
            "EXISTS(SELECT 1 FROM mysql.user WHERE User = {object} AND Host = {schema})"
        )),
        (By::Content, _) => Some(format!(
            "CONCAT(COALESCE((SELECT create_time FROM information_schema.tables WHERE table_schema = {schema} \
             AND table_name = {object}), ''), ' ', EXISTS(SELECT 1 FROM {}.{}))",
            name(&probe.schema),
            name(&probe.name)
        )),
        _ => None,
    }
}

/// The statement that shows a definition, and the column that it is in.
fn definition(probe: &Probe) -> Option<(String, usize)> {
    let qualified = match probe.schema.as_str() {
        "" => name(&probe.name),
        schema => format!("{}.{}", name(schema), name(&probe.name)),
    };
    let (noun, column) = match probe.kind {
        Kind::Table => ("TABLE", 1),
        Kind::View => ("VIEW", 1),
        Kind::Sequence => ("SEQUENCE", 1),
        Kind::Trigger => ("TRIGGER", 2),
        Kind::Procedure => ("PROCEDURE", 2),
        Kind::Function => ("FUNCTION", 2),
        Kind::Event => ("EVENT", 3),
        Kind::Database => ("DATABASE", 1),
        Kind::User => return None,
    };
    Some((format!("SHOW CREATE {noun} {qualified}"), column))
}

/// Whether an object has changed; `None` where that is open.
fn compare(probe: &Probe, was: &str, is: &str) -> Option<bool> {
    if was == is {
        return Some(false);
    }
    if probe.by != By::Content {
        return Some(true);
    }
    // Rows that came since then say nothing.
    let time = |seen: &str| seen.rsplit_once(' ').map(|(time, _)| time.to_owned());
    match (time(was), time(is)) {
        (Some(before), Some(now)) if before == now && is.ends_with('1') => None,
        _ => Some(true),
    }
}

/// A fingerprint as a literal.
fn written(fingerprint: &Fingerprint) -> Result<String> {
    Ok(text(&json(fingerprint)?))
}

/// The fingerprint of objects whose existence the server looks up when it writes it.
fn computed(probes: &[Probe]) -> Result<String> {
    let mut parts = Vec::new();
    let mut before = r#"{"objects":["#.to_owned();
    for probe in probes {
        let Some(exists) = existence(probe) else {
            return Ok("NULL".to_owned());
        };
        let object = json(probe)?;
        let open = object.strip_suffix('}').unwrap_or(&object);
        parts.push(text(&format!(r#"{before}{open},"was":""#)));
        parts.push(exists);
        before = r#""},"#.to_owned();
    }
    parts.push(text(r#""}]}"#));
    Ok(format!("CONCAT({})", parts.join(", ")))
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| AdapterError::from_source(ErrorKind::Other, &error))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A hash of a definition without the number that the next row gets.
fn hash(shown: &str) -> String {
    let definition = match shown.find(" AUTO_INCREMENT=") {
        Some(at) => {
            let behind = &shown[at + " AUTO_INCREMENT=".len()..];
            let rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
            // Not within a comment or a default.
            if rest.len() < behind.len() {
                format!("{}{rest}", &shown[..at])
            } else {
                shown.to_owned()
            }
        }
        None => shown.to_owned(),
    };
    let digest = Sha256::digest(definition.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(by: By) -> Probe {
        Probe {
            kind: Kind::Table,
            schema: "d".to_owned(),
            name: "it's".to_owned(),
            by,
        }
    }

    #[test]
    fn what_the_server_computes_is_what_is_read() {
        let probes = [probe(By::Existence), probe(By::Existence)];
        let expression = computed(&probes).expect("writes");
        assert!(expression.starts_with("CONCAT(_utf8mb4 x'"), "{expression}");
        let seen = probes.into_iter().map(|probe| Seen {
            probe,
            was: "0".to_owned(),
        });
        let written = json(&Fingerprint::Objects(seen.collect())).expect("writes");
        let part = r#"{"kind":"table","schema":"d","name":"it's","by":"existence","was":"0"}"#;
        assert_eq!(written, format!(r#"{{"objects":[{part},{part}]}}"#));
    }

    #[test]
    fn the_number_of_the_next_row_is_no_part_of_a_definition() {
        let before = "CREATE TABLE `t` (…) ENGINE=InnoDB AUTO_INCREMENT=12 DEFAULT CHARSET=utf8mb4";
        let after = "CREATE TABLE `t` (…) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";
        assert_eq!(hash(before), hash(after));
        assert_ne!(
            hash(before),
            hash("CREATE TABLE `t` (…) ENGINE=Aria DEFAULT CHARSET=utf8mb4")
        );
    }

    #[test]
    fn rows_that_came_later_leave_a_truncation_open() {
        let table = [
            ("2025 1", "2025 1", Some(false)),
            ("2025 1", "2026 0", Some(true)),
            ("2025 1", "2025 0", Some(true)),
            ("2025 1", "2026 1", Some(true)),
            ("2025 0", "2025 1", None),
        ];
        for (was, is, expected) in table {
            assert_eq!(
                compare(&probe(By::Content), was, is),
                expected,
                "{was}, {is}"
            );
        }
        assert_eq!(compare(&probe(By::Definition), "a", "b"), Some(true));
    }
}
