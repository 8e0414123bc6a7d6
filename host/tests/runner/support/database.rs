//! A database of its own for each test, and what it holds.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dapter::api::abi::Adapter;
use dapter::api::memory::{MemoryAdapter, MemorySession};
use dapter::api::{
    AppliedRevision, ConnectOptions, History, HistoryChange, LogEntry, Notices, RevisionState,
    SyncMigrationAdapter, SyncSession, Value,
};
use dapter::project::{DatabaseUrl, TransactionMode};
use dapter::{AsyncMigrator, Identity, MigrationSettings, Migrator};

use super::adapters::record_alembic_heads;
use super::faults::{Fault, arm, disarm};
use super::project::Project;

static DATABASES: AtomicUsize = AtomicUsize::new(1);

/// A database that no other test knows.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    name: String,
}

/// What a database holds that does not depend on the time of day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) rows: Vec<AppliedRevision>,
}

impl Database {
    pub(crate) fn new() -> Self {
        Self {
            name: format!("test{}", DATABASES.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// Settings that wait for nobody.
    pub(crate) fn settings(&self, project: &Project) -> MigrationSettings {
        let url = DatabaseUrl::parse(&format!("memory:{}", self.name)).expect("a URL");
        MigrationSettings {
            lock_wait: Duration::ZERO,
            identity: Identity::of_this_process("anna"),
            ..MigrationSettings::new(url, project.path())
        }
    }

    pub(crate) fn migrator(&self, adapter: &Adapter, project: &Project) -> Migrator {
        Migrator::new(adapter.clone(), self.settings(project))
    }

    pub(crate) fn migrator_in(
        &self,
        mode: TransactionMode,
        adapter: &Adapter,
        project: &Project,
    ) -> Migrator {
        let settings = MigrationSettings {
            transaction: mode,
            ..self.settings(project)
        };
        Migrator::new(adapter.clone(), settings)
    }

    /// A migrator that waits for others, far longer than it takes.
    pub(crate) fn patient(&self, adapter: &Adapter, project: &Project) -> Migrator {
        Migrator::new(adapter.clone(), self.patient_settings(project))
    }

    pub(crate) fn patient_settings(&self, project: &Project) -> MigrationSettings {
        MigrationSettings {
            lock_wait: Duration::from_mins(2),
            ..self.settings(project)
        }
    }

    pub(crate) fn asynchronous(&self, adapter: &Adapter, project: &Project) -> AsyncMigrator {
        AsyncMigrator::new(adapter.clone(), self.patient_settings(project))
    }

    /// A session that goes past every fault.
    pub(crate) fn session(&self) -> MemorySession {
        let options = ConnectOptions::new(format!("memory:{}", self.name));
        MemoryAdapter
            .connect(&options, &Notices::new())
            .expect("it connects")
    }

    pub(crate) fn history(&self) -> History {
        self.session().read_history().expect("it reads")
    }

    pub(crate) fn swap(&self, change: &HistoryChange) {
        let mut session = self.session();
        session.ensure_history().expect("it ensures");
        session.swap_history(change).expect("it swaps");
    }

    pub(crate) fn log(&self) -> Vec<LogEntry> {
        self.session().read_log().expect("it reads")
    }

    /// The log, one word group a line: operation, revision, outcome.
    pub(crate) fn log_lines(&self) -> Vec<String> {
        let line =
            |entry: &LogEntry| format!("{} {} {}", entry.operation, entry.revision, entry.outcome);
        self.log().iter().map(line).collect()
    }

    /// The applied revisions in the order of application, half-done ones with their state: `r1 r2(upgrading 1/2)`.
    pub(crate) fn applied(&self) -> String {
        let shown = |row: &AppliedRevision| match row.state {
            RevisionState::Applied => row.revision.clone(),
            state => {
                format!(
                    "{}({} {}/{})",
                    row.revision,
                    state.name(),
                    row.statements_done,
                    row.statements_total
                )
            }
        };
        let rows: Vec<String> = self.history().rows.iter().map(shown).collect();
        rows.join(" ")
    }

    /// The keys that are there, in order.
    pub(crate) fn keys(&self) -> String {
        let keys: Vec<String> = self.content().values.into_keys().collect();
        keys.join(" ")
    }

    pub(crate) fn content(&self) -> Content {
        let text = |value: &Value| match value {
            Value::Text(text) => text.clone(),
            other => panic!("{other:?} is no text"),
        };
        let rows = self.session().query("all").expect("it reads").rows;
        let timeless = |row: AppliedRevision| AppliedRevision {
            duration_ms: 0,
            applied_at: String::new(),
            ..row
        };
        Content {
            values: rows
                .iter()
                .map(|row| (text(&row[0]), text(&row[1])))
                .collect(),
            rows: self.history().rows.into_iter().map(timeless).collect(),
        }
    }

    pub(crate) fn arm(&self, fault: Fault, call: usize) {
        arm(&self.name, fault, call);
    }

    pub(crate) fn disarm(&self) -> bool {
        disarm(&self.name)
    }

    pub(crate) fn record_alembic_heads(&self, heads: &[&str]) {
        record_alembic_heads(&self.name, heads);
    }

    /// Fails unless, for every revision of a [chain](Project::chain), the history says what the values say, and nobody
    /// holds the lock.
    pub(crate) fn assert_consistent(&self, revisions: usize, what: &str) {
        let history = self.history();
        let values = self.content().values;
        assert_eq!(history.lock, None, "the lock is free: {what}");
        for number in 1..=revisions {
            let revision = format!("r{number}");
            let has = |statement| values.contains_key(&format!("{revision}.{statement}"));
            // The upgrade puts the first, then the second; the downgrade deletes the second, then the first.
            let there = u64::from(has(1)) + u64::from(has(2));
            let row = history.row(&revision);
            let expected = match row.map(|row| (row.state, row.statements_done)) {
                None => 0,
                Some((RevisionState::Applied, _)) => 2,
                Some((RevisionState::Upgrading, done)) => done,
                Some((RevisionState::Downgrading, done)) => 2 - done,
            };
            // What was announced may have taken effect.
            let announced = row.is_some_and(|row| row.in_flight.is_some());
            let after = match row.map(|row| row.state) {
                Some(RevisionState::Downgrading) => expected.wrapping_sub(1),
                _ => expected + 1,
            };
            assert!(
                (has(1) || !has(2)) && (there == expected || announced && there == after),
                "{revision} has {there}, {}: {what}",
                self.applied()
            );
        }
    }
}
