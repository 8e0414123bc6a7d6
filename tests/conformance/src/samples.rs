//! Rows, holders, log lines and changes to test with.

use dapter_plugin_api::{
    AppliedRevision, Expect, HistoryChange, LockChange, LockRow, LogEntry, RevisionState, RowChange,
};

/// Text that is lost or changed wherever somebody builds statements by hand or trims.
pub(crate) const DIFFICULT: &str = concat!(
    "  Ünïcödé 日本語 🦀 e\u{301}: 'single' ''two'' \"double\" `back` [square] \\ \\n %s %_ ?1 $1 :name @x {} <&>\r\n",
    "\ttab\n\n-- dapter:upgrade\nDROP TABLE dapter_revision; /* open\n$$ # // ',\"); ROLLBACK;\u{7f} \u{feff}\u{200b} \r "
);

/// More text than the short text types of some databases hold.
pub(crate) fn long_text() -> String {
    let mut text = "0123456789abcdef".repeat(64 * 1024 / 16);
    text.push_str("é🦀");
    text
}

/// A row with nothing but what it must have.
pub(crate) fn row(revision: &str, position: u64) -> AppliedRevision {
    AppliedRevision {
        revision: revision.to_owned(),
        position,
        ..AppliedRevision::default()
    }
}

/// A row with something in every field.
pub(crate) fn full_row(
    revision: &str,
    position: u64,
    state: RevisionState,
    text: &str,
) -> AppliedRevision {
    AppliedRevision {
        revision: revision.to_owned(),
        message: text.to_owned(),
        checksum: format!("text1-sha256:{}", "0f".repeat(32)),
        position,
        state,
        statements_done: 3,
        statements_total: 7,
        done_checksum: format!("text1-sha256:{}", "a1".repeat(32)),
        error: text.to_owned(),
        in_flight: None,
        duration_ms: i64::MAX.unsigned_abs(),
        applied_at: "2025-05-16T10:30:00.123456789Z".to_owned(),
        applied_by: text.to_owned(),
        dapter_version: "1.2.3-rc.4+build".to_owned(),
    }
}

/// A log line with something in every field.
pub(crate) fn entry(revision: &str, text: &str) -> LogEntry {
    LogEntry {
        at: "2025-05-16T10:30:00Z".to_owned(),
        operation: "upgrade".to_owned(),
        revision: revision.to_owned(),
        outcome: "failed".to_owned(),
        statements: 3,
        duration_ms: i64::MAX.unsigned_abs(),
        by: text.to_owned(),
        host: text.to_owned(),
        dapter_version: "1.2.3-rc.4+build".to_owned(),
        note: text.to_owned(),
    }
}

/// A log line that is known by its note.
pub(crate) fn note(text: &str) -> LogEntry {
    LogEntry {
        note: text.to_owned(),
        ..LogEntry::default()
    }
}

/// A holder with something in every field.
pub(crate) fn holder(token: &str) -> LockRow {
    LockRow {
        token: token.to_owned(),
        host: format!("host-of-{token}"),
        machine: "7d1c5e2f".to_owned(),
        pid: u32::MAX,
        process_started: "1234567890".to_owned(),
        user: "O'Brien 日本".to_owned(),
        since: "2025-05-16T10:30:00Z".to_owned(),
        beat: 0,
    }
}

/// Writes rows that are not there yet.
pub(crate) fn add(rows: impl IntoIterator<Item = AppliedRevision>) -> HistoryChange {
    HistoryChange {
        rows: rows
            .into_iter()
            .map(|row| changed(None, Some(row)))
            .collect(),
        ..HistoryChange::default()
    }
}

/// Writes one row in place of another of the same revision.
pub(crate) fn replace(before: &AppliedRevision, after: &AppliedRevision) -> HistoryChange {
    HistoryChange {
        rows: vec![changed(Some(before), Some(after.clone()))],
        ..HistoryChange::default()
    }
}

/// Deletes rows.
pub(crate) fn remove<'a>(rows: impl IntoIterator<Item = &'a AppliedRevision>) -> HistoryChange {
    HistoryChange {
        rows: rows
            .into_iter()
            .map(|row| changed(Some(row), None))
            .collect(),
        ..HistoryChange::default()
    }
}

/// One row, before and after; one of them is there.
pub(crate) fn changed(
    before: Option<&AppliedRevision>,
    after: Option<AppliedRevision>,
) -> RowChange {
    let revision = before.or(after.as_ref()).map(|row| row.revision.clone());
    RowChange {
        revision: revision.unwrap_or_default(),
        expect: Expect::exactly(before),
        row: after,
    }
}

/// Adds lines to the log.
pub(crate) fn append(log: Vec<LogEntry>) -> HistoryChange {
    HistoryChange {
        log,
        ..HistoryChange::default()
    }
}

/// Does this to the lock row.
pub(crate) fn with_lock(lock: LockChange) -> HistoryChange {
    HistoryChange {
        lock,
        ..HistoryChange::default()
    }
}

/// Takes the lock row, be it free or held by the token given.
pub(crate) fn take(token: &str, instead_of: Option<&str>) -> HistoryChange {
    with_lock(LockChange::Take {
        instead_of: instead_of.map(str::to_owned),
        row: holder(token),
    })
}

/// Demands that the lock row holds this token.
pub(crate) fn require(token: &str) -> HistoryChange {
    with_lock(LockChange::Require(token.to_owned()))
}

/// Gives the lock row back.
pub(crate) fn release(token: &str) -> HistoryChange {
    with_lock(LockChange::Release(token.to_owned()))
}
