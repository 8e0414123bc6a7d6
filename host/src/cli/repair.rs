//! `dapter repair`.

use dapter::{HalfDone, RepairChoice, Repaired};
use serde_json::json;

use super::arguments::Repair;
use super::migrate::watched;
use super::output::{Failure, Output};
use super::session::Session;
use super::status::explained;

pub(super) fn run(command: &Repair, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target_with(|overrides| command.lock.lay_over(overrides))?;
    let migrator = session.migrator(&target)?;
    let choice = chosen(command).filter(|_| !session.global.dry_run);
    let Some(choice) = choice else {
        let half_done = migrator.status()?.half_done;
        let text = match half_done.is_empty() {
            true => "nothing is half done\n".to_owned(),
            false => half_done.iter().map(choices).collect(),
        };
        return output.result(&json!({"half_done": half_done, "repaired": null}), &text);
    };
    let repaired =
        watched(migrator, &target, *output).repair(command.revision.as_deref(), choice)?;
    let state = state(&repaired);
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "repaired": {
            "revision": repaired.revision,
            "state": repaired.row.as_ref().map(|row| row.state.name()),
            "statements_done": repaired.row.as_ref().map(|row| row.statements_done),
        },
    });
    output.result(&document, &format!("{} {state}\n", repaired.revision))
}

fn chosen(command: &Repair) -> Option<RepairChoice> {
    let choice = &command.choice;
    match choice.statements {
        Some(count) => Some(RepairChoice::Statements(count)),
        None if choice.done => Some(RepairChoice::Done),
        None if choice.not_done => Some(RepairChoice::NotDone),
        None if choice.finished => Some(RepairChoice::Finished),
        None if choice.undone => Some(RepairChoice::Undone),
        None => None,
    }
}

fn state(repaired: &Repaired) -> String {
    match &repaired.row {
        None => "counts as not applied now".to_owned(),
        Some(row) if row.statements_total == 0 || row.state.name() == "applied" => {
            "counts as applied now".to_owned()
        }
        Some(row) => format!(
            "has {} of {} statements done now",
            row.statements_done, row.statements_total
        ),
    }
}

/// A half-done step, and what can be said of it.
fn choices(step: &HalfDone) -> String {
    let number = step.statements_done + 1;
    let id = &step.revision;
    let mut lines = vec![
        format!(
            "  --done          statement {number} took effect, or you ran it by hand: go on behind it"
        ),
        format!(
            "  --statements N  the first N statements have taken effect, as the script has them now"
        ),
        format!(
            "  --finished      you finished the whole {} by hand",
            step.direction
        ),
        format!(
            "  --undone        you undid by hand what the {} had done",
            step.direction
        ),
    ];
    if step.in_flight.is_some() {
        lines.insert(
            1,
            format!("  --not-done      statement {number} did not take effect: it runs again"),
        );
    }
    format!(
        "{}\nto settle it by hand, look at the database, then say what is the case: dapter repair {id} …\n{}\n",
        explained(step),
        lines.join("\n")
    )
}
