//! The log: lines are added, in order, and never touched again.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, same};
use crate::client::patiently;
use crate::samples::{DIFFICULT, append, entry, long_text, note};
use dapter_plugin_api::LogEntry;

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    every_field_of_a_line_is_kept,
    lines_come_oldest_first,
    equal_lines_are_two_lines,
    the_order_is_not_that_of_the_times,
    lines_of_eight_sessions_are_all_there,
)];

fn every_field_of_a_line_is_kept(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let long = LogEntry {
        note: long_text(),
        ..entry("a", "long")
    };
    let lines = vec![
        entry("a", "plain"),
        entry("b", DIFFICULT),
        LogEntry::default(),
        long,
    ];
    database.connect()?.swap(&append(lines.clone()))?;
    same("the log", &database.log()?, &lines)
}

fn lines_come_oldest_first(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let mut client = database.connect()?;
    let lines: Vec<LogEntry> = ["m", "z", "a", "10", "9", "b"]
        .into_iter()
        .map(note)
        .collect();
    client.swap(&append(lines[..3].to_vec()))?;
    client.swap(&append(lines[3..4].to_vec()))?;
    database.connect()?.swap(&append(lines[4..].to_vec()))?;
    same("the log", &client.read_log()?, &lines)
}

fn equal_lines_are_two_lines(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let mut client = database.connect()?;
    client.swap(&append(vec![entry("a", "same"), entry("a", "same")]))?;
    client.swap(&append(vec![entry("a", "same")]))?;
    same("the log", &client.read_log()?, &vec![entry("a", "same"); 3])
}

/// Clocks go back.
fn the_order_is_not_that_of_the_times(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let mut client = database.connect()?;
    let at = |at: &str| LogEntry {
        at: at.to_owned(),
        ..note("x")
    };
    let lines = vec![
        at("2025-06-01T00:00:00Z"),
        at("2024-01-01T00:00:00Z"),
        at("2025-06-01T00:00:00Z"),
    ];
    for line in &lines {
        client.swap(&append(vec![line.clone()]))?;
    }
    same("the log", &client.read_log()?, &lines)
}

fn lines_of_eight_sessions_are_all_there(bench: &Bench) -> Verdict {
    const EACH: usize = 10;
    let database = bench.kept()?;
    database.race(|client, number| {
        for line in 0..EACH {
            let line = append(vec![
                note(&format!("{number} {line} a")),
                note(&format!("{number} {line} b")),
            ]);
            patiently(|| client.swap(&line))?;
        }
        Ok(())
    })?;
    let log = database.log()?;
    for number in 0..crate::bench::RACERS {
        let own = format!("{number} ");
        let found: Vec<&str> = log
            .iter()
            .map(|line| line.note.as_str())
            .filter(|note| note.starts_with(&own))
            .collect();
        let expected: Vec<String> = (0..EACH)
            .flat_map(|line| [format!("{number} {line} a"), format!("{number} {line} b")])
            .collect();
        same(
            "the lines of one session",
            &found,
            &expected.iter().map(String::as_str).collect(),
        )?;
    }
    holds(
        log.len() == 2 * EACH * crate::bench::RACERS,
        "the log has lines that nobody wrote",
    )
}
