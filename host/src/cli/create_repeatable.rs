//! `dapter create --repeatable`.

use dapter::MigrationError;
use dapter::revision::RevisionId;
use serde_json::json;

use super::output::{Failure, Output};
use super::paths::shown;
use super::session::Session;

/// Writes a script that runs again whenever its text changes, or shows what would be written.
pub(super) fn run(
    name: &str,
    message: &str,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let id = RevisionId::of_repeatable(name);
    let id =
        id.map_err(|error| Failure::usage(format!("--repeatable: {error}")).hint(error.hint()))?;
    if name.contains(['/', '\\']) || name.starts_with('.') {
        return Err(Failure::usage(format!(
            "--repeatable: `{name}` cannot be the name of its file"
        ))
        .hint("choose one without slashes and without a dot at its beginning"));
    }
    let scripts = session.scripts()?;
    let directory = scripts.directory();
    let dry_run = session.global.dry_run;
    let (path, text) = directory
        .preview_repeatable(name, message)
        .map_err(MigrationError::Creation)?;
    if !dry_run {
        let created = directory.create_repeatable(name, message);
        created.map_err(MigrationError::Creation)?;
    }
    let document = json!({
        "dry_run": dry_run,
        "repeatable": id.repeatable_name(),
        "path": path,
        "text": dry_run.then_some(&text),
    });
    let shown = match dry_run {
        true => text,
        false => format!("{}\n", shown(&path)),
    };
    output.result(&document, &shown)
}
