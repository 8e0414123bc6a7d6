//! `dapter init`.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use dapter::MigrationError;
use dapter::project::CONFIG_FILE_NAME;
use dapter::script::{ScriptDirectory, default_template};
use serde_json::json;

use super::diagnostics::shown;
use super::output::{Failure, Output};
use super::session::Session;

/// What a new dapter.toml says.
const CONFIG: &str = "\
# The databases of this project. A target is chosen with --target NAME.
[targets.default]
# ${NAME} is taken from the environment; ${NAME:-value} has a default.
url = \"${DATABASE_URL}\"
directory = \"migrations\"
";

pub(super) fn run(session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let directory = session.directory()?;
    let (extension, comment) = language(session)?;
    let config = session
        .config_path()
        .is_none()
        .then(|| PathBuf::from(CONFIG_FILE_NAME));
    if session.global.dry_run {
        let would: Vec<&Path> = config
            .as_deref()
            .into_iter()
            .chain([directory.as_path()])
            .collect();
        return print(*output, "would make", &would, &[]);
    }
    let template = default_template(&comment).map_err(MigrationError::Init)?;
    let made =
        ScriptDirectory::init(&directory, &extension, &template).map_err(MigrationError::Init)?;
    let mut created = made.created;
    if let Some(config) = config {
        write_new(&config)?;
        created.push(config);
    }
    let paths = |paths: &[PathBuf]| paths.iter().map(PathBuf::clone).collect::<Vec<_>>();
    let (created, existing) = (paths(&created), paths(&made.existing));
    print(*output, "made", &refs(&created), &refs(&existing))
}

fn refs(paths: &[PathBuf]) -> Vec<&Path> {
    paths.iter().map(PathBuf::as_path).collect()
}

/// Extension and comment marker of the scripts: the adapter's if a URL says which, otherwise SQL's.
fn language(session: &Session<'_>) -> Result<(String, String), Failure> {
    let Ok(target) = session.target() else {
        return Ok(("sql".to_owned(), "--".to_owned()));
    };
    let catalog = session.catalog()?;
    let choice = catalog
        .choose(target.url.value.scheme())
        .map_err(MigrationError::from)?;
    Ok((
        choice.adapter.extension.clone(),
        choice.adapter.comment.clone(),
    ))
}

fn write_new(path: &Path) -> Result<(), Failure> {
    let written = fs::File::create_new(path).and_then(|mut file| file.write_all(CONFIG.as_bytes()));
    match written {
        // Somebody made one at this very moment: theirs stays.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other
            .map_err(|error| Failure::usage(format!("cannot write {}: {error}", path.display()))),
    }
}

fn print(output: Output, verb: &str, created: &[&Path], existing: &[&Path]) -> Result<(), Failure> {
    let mut text = String::new();
    for path in created {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{verb} {}", shown(path));
    }
    for path in existing {
        let _ = writeln!(text, "left  {} as it is", shown(path));
    }
    if verb == "made" {
        text.push_str("next: dapter create \"What the first migration does\"\n");
    }
    output.result(&json!({"created": created, "existing": existing}), &text)
}
