//! Asking whether data may go.

use std::io::{self, IsTerminal, Write};

use dapter::Migrator;
use dapter::lint::LintFinding;
use dapter::plan::Direction;
use dapter::project::{DestroyData, Target};

use super::output::Output;
use super::paths::shown;

/// The migrator, which asks before it destroys data, unless the target or the command line says that it may.
pub(super) fn asking(migrator: Migrator, target: &Target, output: Output) -> Migrator {
    if target.destroy_data.value == DestroyData::Allow {
        return migrator;
    }
    let database = target.url.value.to_string();
    migrator.with_consent(move |direction, findings| {
        // Without a terminal there is nobody to ask: the failure tells what it is about.
        let somebody_reads =
            output.is_chatty() && io::stdin().is_terminal() && io::stderr().is_terminal();
        somebody_reads && ask(direction, findings, &database)
    })
}

/// The migrator, which destroys no data unless the target or the command line says that it may: of many databases that
/// are worked on at once, nobody is asked.
pub(super) fn unasked(migrator: Migrator, target: &Target) -> Migrator {
    if target.destroy_data.value == DestroyData::Allow {
        return migrator;
    }
    migrator.with_consent(|_, _| false)
}

fn ask(direction: Direction, findings: &[LintFinding], database: &str) -> bool {
    let mut question = format!("this {direction} destroys data in {database}:\n");
    for finding in findings {
        let (path, line) = (shown(&finding.path), finding.line);
        question.push_str(&format!(
            "  {path}:{line}: {} ({})\n",
            finding.message, finding.code
        ));
    }
    question.push_str("go on? [y/N] ");
    let mut stderr = anstream::stderr();
    if stderr
        .write_all(question.as_bytes())
        .and_then(|()| stderr.flush())
        .is_err()
    {
        return false;
    }
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}
