//! What the kit found, for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use dapter_conformance::{Failure, KIT_VERSION, Outcome};

use super::super::super::table::table;
use super::report::{Report, Run};

/// What was tested, each area with its counts, then what failed and what was skipped, and the sum.
pub(super) fn of(report: &Report) -> String {
    let mut text = heading(report);
    for run in &report.runs {
        text.push('\n');
        if report.runs.len() > 1 {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}:", run.place.name());
        }
        text.push_str(&areas(run));
        for tested in &run.tested {
            if let Outcome::Failed(failure) = &tested.outcome {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "\nfailed {}::{}", tested.area, tested.behaviour);
                text.push_str(&why(failure, report));
            }
        }
    }
    text.push_str(&skipped(report));
    let (passed, failed, skipped) = (report.passed(), report.failed(), report.skipped());
    let seconds = report.took.as_secs_f64();
    let _ = writeln!(
        text,
        "\n{passed} passed, {failed} failed, {skipped} skipped in {seconds:.2} s"
    );
    text
}

fn why(failure: &Failure, report: &Report) -> String {
    let parts = [
        ("", Some(&failure.message)),
        ("expected ", failure.expected.as_ref()),
        ("found    ", failure.found.as_ref()),
    ];
    let mut text = String::new();
    for (name, part) in parts {
        let lines = part.into_iter().flat_map(|part| part.lines());
        for line in lines.take(MOST_LINES) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {name}{}", report.shown(line));
        }
    }
    text
}

/// What is shown of a text with many lines.
const MOST_LINES: usize = 20;

fn heading(report: &Report) -> String {
    let facts = &report.facts;
    let mut rows = vec![
        ["kit".to_owned(), KIT_VERSION.to_owned()],
        ["file".to_owned(), facts.file.clone()],
        ["sha256".to_owned(), facts.sha256.clone()],
        [
            "plugin".to_owned(),
            format!("{} {}", facts.plugin, facts.version),
        ],
        ["adapter".to_owned(), facts.adapter.clone()],
    ];
    if let Some(server) = &facts.server {
        rows.push([
            "server".to_owned(),
            format!("{} {}", server.product, server.version),
        ]);
    }
    let rows: Vec<Vec<String>> = rows.into_iter().map(Vec::from).collect();
    table(&rows)
}

fn areas(run: &Run) -> String {
    let mut rows: Vec<(&str, [usize; 3])> = Vec::new();
    for tested in &run.tested {
        if rows.last().is_none_or(|(area, _)| *area != tested.area) {
            rows.push((tested.area, [0; 3]));
        }
        if let Some((_, counts)) = rows.last_mut() {
            counts[match tested.outcome {
                Outcome::Passed => 0,
                Outcome::Failed(_) => 1,
                Outcome::Skipped(_) => 2,
            }] += 1;
        }
    }
    let cell = |count: usize, word: &str| match count {
        0 => String::new(),
        count => format!("{count:>3} {word}"),
    };
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(area, [passed, failed, skipped])| {
            vec![
                area.to_owned(),
                cell(passed, "passed"),
                cell(failed, "failed"),
                cell(skipped, "skipped"),
            ]
        })
        .collect();
    table(&rows)
}

/// The reasons, each with its cases.
fn skipped(report: &Report) -> String {
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for tested in report.runs.iter().flat_map(|run| &run.tested) {
        if let Outcome::Skipped(skip) = &tested.outcome {
            let name = format!("{}::{}", tested.area, tested.behaviour);
            let names = reasons.entry(skip.to_string()).or_default();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let mut text = String::new();
    for (reason, names) in reasons {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\nskipped: {}", report.shown(&reason));
        for name in names {
            let _ = writeln!(text, "  {name}");
        }
    }
    text
}
