//! Revisions that are named on the command line and whose scripts are asked for.

use dapter::revision::{Anchor, Applied, Expression, RevisionId, resolve_many};
use dapter::{MigrationError, Scripts};

use super::output::Failure;
use super::session::Session;

/// The scripts, and the revisions of them that an expression means; the database is asked only where the answer depends
/// on it.
pub(super) fn revisions(
    expression: &str,
    session: &Session<'_>,
) -> Result<(Scripts, Vec<RevisionId>), Failure> {
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

/// Whether the answer depends on what is applied.
fn needs_database(expression: &Expression) -> bool {
    match expression {
        Expression::Point(point) => matches!(point.anchor, None | Some(Anchor::Current)),
        Expression::Range { .. } => false,
    }
}
