//! What of a plan destroys data, and who agrees to that.

use std::borrow::Cow;

use dapter_plugin_api::abi::Adapter;
use dapter_plugin_api::{Capability, ConnectOptions, Finding, LintScript, Statement};

use super::allowed::{Covered, names};
use super::finding::LintFinding;
use super::place;
use crate::error::MigrationError;
use crate::plan::{Direction, Plan};
use crate::script::{Allow, Script, ScriptBody};

/// Decides whether statements may destroy data: it is told which do, and answers whether they may run.
pub type Consent = dyn Fn(Direction, &[LintFinding]) -> bool + Send + Sync;

/// The statements of a plan that will destroy data and that no script allows. What the plan itself makes before is not
/// among them: nobody has put anything into it yet. An adapter that does not lint finds nothing.
pub(crate) async fn destroying(
    plan: &Plan,
    bodies: &[ScriptBody],
    adapter: &Adapter,
    options: &ConnectOptions,
) -> Result<Vec<LintFinding>, MigrationError> {
    if !adapter.info().has(Capability::Lint) {
        return Ok(Vec::new());
    }
    let (text, statements, places) = joined(plan);
    let script = LintScript {
        options: Some(options),
        ..LintScript::new(&text, &statements)
    };
    let found = adapter.lint(&script).await.map_err(MigrationError::Lint)?;
    let destroying = found.into_iter().filter(|finding| finding.destroys_data);
    let finding = |found: Finding| {
        let (step_index, index) = places[found.statement];
        let step = &plan.steps[step_index];
        let script = bodies[step_index].script();
        let covered = Covered {
            section_line: section_line(script, adapter, plan.direction),
            statements: &step.statements,
        };
        let allows = |allow: &Allow| names(allow, &found.code) && covered.by(allow, index);
        if script.allows.iter().any(allows) {
            return None;
        }
        let (line, column) = place::of(&found, &step.statements[index]);
        Some(LintFinding {
            code: found.code,
            severity: found.severity,
            revision: Some(step.revision.clone()),
            direction: Some(plan.direction),
            path: step.path.clone(),
            line,
            column,
            message: found.message,
            reason: found.reason,
            advice: found.advice,
            destroys_data: true,
            allowed: None,
        })
    };
    Ok(destroying.filter_map(finding).collect())
}

/// What is to be done of a plan as one text, its statements, and the step and the index of each.
type Joined<'p> = (Cow<'p, str>, Vec<Statement>, Vec<(usize, usize)>);

fn joined(plan: &Plan) -> Joined<'_> {
    let to_do = plan.steps.iter().enumerate().flat_map(|(at, step)| {
        let statements = step.statements.iter().enumerate().skip(step.done);
        statements.map(move |(index, statement)| ((at, index), statement))
    });
    // One script is its statements' text already, and may be too long to have it twice.
    if let [step] = plan.steps.as_slice()
        && let Some(first) = step.statements.first()
    {
        let (statements, places) = to_do
            .map(|(place, statement)| (place::at(statement.text.range(), statement), place))
            .unzip();
        return (Cow::Borrowed(first.text.script()), statements, places);
    }
    let (mut text, mut statements, mut places) = (String::new(), Vec::new(), Vec::new());
    for (place, statement) in to_do {
        let start = text.len();
        text.push_str(&statement.text);
        statements.push(place::at(start..text.len(), statement));
        places.push(place);
        text.push('\n');
    }
    (Cow::Owned(text), statements, places)
}

fn section_line(script: &Script, adapter: &Adapter, direction: Direction) -> usize {
    let dialect = adapter.info().dialect();
    let section = match direction {
        Direction::Upgrade => script.upgrade_for(dialect),
        Direction::Downgrade => script.downgrade_for(dialect),
    };
    section.map_or(0, |section| section.line)
}
