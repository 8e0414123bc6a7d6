//! `dapter repair`.

use dapter::project::Target;
use dapter::{HalfDone, RepairChoice, Repaired};
use serde_json::{Value, json};

use super::arguments::Repair;
use super::fleet::{Done, Style, Verb, Work};
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
        return output.result(&shown(&half_done, &target), &explanations(&half_done));
    };
    let repaired =
        watched(migrator, &target, *output).repair(command.revision.as_deref(), choice)?;
    output.result(&document(&repaired, &target), &told(&repaired))
}

/// The same of each of many databases; those in which nothing is half done are left alone.
pub(super) fn each<'a>(command: &'a Repair, session: &Session<'_>) -> Work<'a> {
    let choice = chosen(command).filter(|_| !session.global.dry_run);
    Work {
        style: match choice {
            Some(_) => Style::Changing(Verb::Repair),
            None => Style::Planning(Verb::Repair),
        },
        act: Box::new(move |target, migrator| {
            let half_done = migrator.status()?.half_done;
            let (document, text) = match choice {
                Some(choice) if !half_done.is_empty() => {
                    let repaired = migrator.repair(command.revision.as_deref(), choice)?;
                    (document(&repaired, target), told(&repaired))
                }
                _ => (shown(&half_done, target), explanations(&half_done)),
            };
            Ok(Done {
                document,
                lines: text.lines().map(str::to_owned).collect(),
                changed: !half_done.is_empty(),
            })
        }),
    }
}

fn shown(half_done: &[HalfDone], target: &Target) -> Value {
    json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "half_done": half_done,
        "repaired": null,
    })
}

fn explanations(half_done: &[HalfDone]) -> String {
    match half_done.is_empty() {
        true => "nothing is half done\n".to_owned(),
        false => half_done.iter().map(choices).collect(),
    }
}

fn document(repaired: &Repaired, target: &Target) -> Value {
    json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "repaired": {
            "revision": repaired.revision,
            "state": repaired.row.as_ref().map(|row| row.state.name()),
            "statements_done": repaired.row.as_ref().map(|row| row.statements_done),
        },
    })
}

fn told(repaired: &Repaired) -> String {
    format!("{} {}\n", repaired.revision, state(repaired))
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
