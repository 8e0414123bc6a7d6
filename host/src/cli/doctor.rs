//! `dapter doctor`: what is well, and what to do about the rest. It changes nothing.

mod database;
mod findings;
mod surroundings;

use std::fmt::Write;

use serde_json::{Value, json};

use super::arguments::Global;
use super::exit_code::Exit;
use super::output::{Failure, Output};
use super::session::Session;
use findings::{Finding, Findings, Outcome};

/// Looks at everything; one target's problem keeps nobody from looking at the next.
pub(super) fn run(global: &Global, output: &Output) -> Result<Exit, Failure> {
    let mut findings = Findings::default();
    match Session::start(global) {
        Ok(session) => {
            surroundings::look(&session, &mut findings);
            for (name, target) in surroundings::targets(&session, &mut findings) {
                match target {
                    Ok(target) => database::look(&target, &session, &mut findings),
                    Err(failure) => findings.failed("settings", Some(&name), &failure),
                }
            }
        }
        Err(failure) => findings.failed("configuration", None, &failure),
    }
    let findings = findings.0;
    output.result(&document(&findings), &text(&findings, *output))?;
    match count(&findings, Outcome::Problem) {
        0 => Ok(Exit::Done),
        _ => Ok(Exit::Failed),
    }
}

fn count(findings: &[Finding], outcome: Outcome) -> usize {
    let same = |finding: &&Finding| finding.outcome == outcome;
    findings.iter().filter(same).count()
}

fn document(findings: &[Finding]) -> Value {
    json!({
        "checks": findings,
        "problems": count(findings, Outcome::Problem),
        "warnings": count(findings, Outcome::Warning),
    })
}

/// A line a finding, below the target that it is about, and what to do about it.
fn text(findings: &[Finding], output: Output) -> String {
    let mut text = String::new();
    let mut about: Option<&str> = None;
    for finding in findings {
        if finding.target.as_deref() != about {
            about = finding.target.as_deref();
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\n{}", about.unwrap_or("all"));
        }
        let mark = finding.outcome.mark();
        let mut lines = finding.message.lines();
        let first = lines.next().unwrap_or_default();
        let _ = writeln!(text, "{mark:<9}{:<14}{first}", finding.check);
        for line in lines {
            let _ = writeln!(text, "{:23}{line}", "");
        }
        for line in finding.hint.iter().flat_map(|hint| hint.lines()) {
            let _ = writeln!(text, "{:23}{line}", "");
        }
    }
    if output.is_chatty() {
        let problems = counted(count(findings, Outcome::Problem), "problem");
        let warnings = counted(count(findings, Outcome::Warning), "warning");
        let _ = writeln!(text, "\n{problems}, {warnings}");
    }
    text
}

fn counted(count: usize, word: &str) -> String {
    match count {
        0 => format!("no {word}s"),
        1 => format!("1 {word}"),
        several => format!("{several} {word}s"),
    }
}
