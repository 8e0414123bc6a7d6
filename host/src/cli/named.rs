//! Revisions that are named on the command line and whose scripts are asked for.

use dapter::revision::{Anchor, Applied, Expression, RevisionId, resolve_many};
use dapter::{MigrationError, Scripts};

use super::output::Failure;
use super::session::Session;

/// What the ids of repeatable scripts begin with.
const REPEATABLE: &str = "repeatable:";

/// The scripts, and the revisions of them that an expression means, or the repeatable script of that id; the database is
/// asked only where the answer depends on it.
pub(super) fn revisions(
    expression: &str,
    session: &Session<'_>,
) -> Result<(Scripts, Vec<RevisionId>), Failure> {
    if let Some(name) = expression.strip_prefix(REPEATABLE) {
        let scripts = session.scripts()?;
        // A branch may have that name: then it is the beginning of a range.
        let is_range = scripts
            .graph()
            .branch_labels()
            .any(|(label, _)| label.as_str() == "repeatable");
        if !is_range || scripts.get(expression).is_some() {
            let script = repeatable(name, &scripts)?;
            return Ok((scripts, vec![script]));
        }
    }
    let expression = Expression::parse(expression).map_err(MigrationError::from)?;
    let scripts = session.scripts()?;
    let applied = if needs_database(&expression) {
        let target = session.target()?;
        let current = session.migrator(&target)?.current_revision()?;
        current
            .into_iter()
            .filter(|current| current.has_script)
            .map(|current| current.revision)
            .collect()
    } else {
        Vec::new()
    };
    let (applied, _) = Applied::split(scripts.graph(), &applied);
    let revisions = resolve_many(&applied, &expression).map_err(MigrationError::from)?;
    Ok((scripts, revisions))
}

/// The id of the repeatable script of this name.
fn repeatable(name: &str, scripts: &Scripts) -> Result<RevisionId, Failure> {
    let names = || {
        let ids = scripts.repeatable().map(|script| &script.revision.id);
        ids.filter_map(RevisionId::repeatable_name)
    };
    let mut found = scripts.repeatable().map(|script| &script.revision.id);
    if let Some(id) = found.find(|id| id.repeatable_name() == Some(name)) {
        return Ok(id.clone());
    }
    let failure = Failure::refused(format!("there is no repeatable script `{name}`"));
    let all: Vec<&str> = names().collect();
    Err(match all.is_empty() {
        true => failure.hint("`dapter create --repeatable NAME` writes one"),
        false => failure.hint(format!("there are: {}", all.join(", "))),
    })
}

/// Whether the answer depends on what is applied.
fn needs_database(expression: &Expression) -> bool {
    match expression {
        Expression::Point(point) => matches!(point.anchor, None | Some(Anchor::Current)),
        Expression::Range { .. } => false,
    }
}
