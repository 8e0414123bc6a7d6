//! `dapter verify`.

use std::fmt::Write;

use clap::Args;
use dapter::Migrator;
use dapter::plan::Direction;
use dapter::verify::{Difference, Outcome, Verified};
use serde_json::{Value, json};

use super::migrate::watched;
use super::output::{Failure, Output};
use super::paths::shown;
use super::scratch_url::ScratchUrl;
use super::session::Session;

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Which revisions: an id, `head`, `a1:b2` [default: all]
    #[arg(value_name = "RANGE", allow_negative_numbers = true)]
    range: Option<String>,
    #[command(flatten)]
    scratch_url: ScratchUrl,
}

pub(super) fn run(command: &Verify, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target()?;
    let mut settings = session.settings(&target);
    settings.scratch_url = command.scratch_url.parse()?;
    let migrator = Migrator::new(session.adapter(&target)?, settings);
    let tell = {
        let output = *output;
        move |verified: &Verified| {
            if output.is_chatty() {
                // Where this cannot be printed, neither can the summary, and that says so.
                let _ = output.event(&Value::Null, &line(verified));
            }
        }
    };
    let verified = watched(migrator, &target, *output).verify(command.range.as_deref(), tell)?;
    let wrong = verified.iter().filter(|v| !v.outcome.is_right()).count();
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "revisions": verified,
    });
    let text = match output.is_chatty() {
        true => summary(&verified, wrong),
        // Who wants to hear nothing else hears what is wrong.
        false => verified
            .iter()
            .filter(|verified| !verified.outcome.is_right())
            .map(line)
            .collect(),
    };
    output.result(&document, &text)?;
    match wrong {
        0 => Ok(()),
        _ => Err(Failure::Found),
    }
}

fn summary(verified: &[Verified], wrong: usize) -> String {
    let count = match verified.len() {
        1 => "1 revision".to_owned(),
        count => format!("{count} revisions"),
    };
    match wrong {
        0 => format!("{count} tried in a scratch database: nothing is wrong\n"),
        wrong => format!("{count} tried in a scratch database: something is wrong with {wrong}\n"),
    }
}

/// What came of a revision, and what is not as it should be.
fn line(verified: &Verified) -> String {
    let Verified {
        revision,
        message,
        path,
        outcome,
        notices,
    } = verified;
    let (mark, what) = told(outcome);
    let mut text = format!("{mark} {revision} {message}: {what}\n");
    match outcome {
        Outcome::Inexact { differences } | Outcome::Unstable { differences } => {
            text.push_str(&listed(differences));
        }
        Outcome::Failed { error, line, .. } => {
            let line = line.map_or_else(String::new, |line| format!(":{line}"));
            // Writing to a String cannot fail.
            let _ = writeln!(text, "    {}{line}: {error}", shown(path));
        }
        _ => {}
    }
    for notice in notices {
        let _ = writeln!(text, "    note: {notice}");
    }
    text
}

fn told(outcome: &Outcome) -> (char, String) {
    let what = match outcome {
        Outcome::Exact => return ('✓', "undone exactly".to_owned()),
        Outcome::Irreversible { reason } => {
            let reason = reason.as_deref().unwrap_or("it has no downgrade");
            return ('-', format!("applied, not undone: {reason}"));
        }
        Outcome::Inexact { .. } => "its downgrade does not restore the schema",
        Outcome::Unstable { .. } => "applied again, it makes another schema",
        Outcome::Failed {
            direction: Direction::Downgrade,
            ..
        } => "its downgrade fails",
        Outcome::Failed { again: true, .. } => "undone, it cannot be applied again",
        Outcome::Failed { .. } => "it fails",
        Outcome::NotTried => "not tried",
        _ => "not understood by this command",
    };
    ('✗', what.to_owned())
}

fn listed(differences: &[Difference]) -> String {
    let lines = differences.iter().map(|difference| {
        let text = difference.to_string();
        let lines = text.lines().map(|line| format!("    {line}\n"));
        lines.collect::<String>()
    });
    lines.collect()
}
