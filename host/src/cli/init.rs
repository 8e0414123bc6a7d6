//! `dapter init`.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use clap::Args;
use dapter::project::CONFIG_FILE_NAME;
use dapter::script::{ScriptDirectory, ScriptError, default_template};
use dapter::{Initialization, MigrationError};
use serde_json::{Value, json};

use super::autogenerate;
use super::output::{Failure, Output};
use super::paths::{absolute, shown};
use super::session::Session;
use super::tool;

/// What a new dapter.toml says.
const CONFIG: &str = "\
# The databases of this project. A target is chosen with --target NAME.
[targets.default]
# ${NAME} is taken from the environment; ${NAME:-value} has a default.
url = \"${DATABASE_URL}\"
directory = \"migrations\"
";

/// The line of a new dapter.toml that says where the models are.
const MODELS: &str = "models = ";

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Models that scripts are to come from, written into a new dapter.toml: schema.sql, python:app.models:Base
    #[arg(long, value_name = "SOURCE")]
    models: Option<String>,
}

/// What there is to do after the first and after any other `init`.
const NEXT: &str = "next: dapter create \"What the first migration does\"";
const NEXT_WITH_SCRIPTS: &str = "next: dapter upgrade";
/// What there is to do where scripts are left whose revisions are gone.
const ORPHANS: &str = "next: bring the revision back in the tool; or have the tool take the database to another one, \
                       and run `dapter init` again";
const SET_URL: &str =
    "next: set DATABASE_URL (to sqlite:app.db, say), or write the URL into dapter.toml";

pub(super) fn run(command: &Init, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let config = session.config_path();
    if let Some(models) = &command.models {
        autogenerate::parse("--models: ", models)?;
    }
    if let (Some(path), Some(models)) = (config, &command.models) {
        let message = format!("--models: there is a {} already", shown(path));
        let line = format!("{MODELS}{}", Value::from(models.as_str()));
        return Err(Failure::usage(message).hint(format!("write into its target: {line}")));
    }
    let tool = tool::migrator(session)?;
    if tool.is_some() && command.models.is_some() {
        let message = "--models: the tool that the adapter drives has models of its own";
        return Err(Failure::usage(message).hint("leave it out"));
    }
    let mut found = match (&tool, session.global.dry_run) {
        (Some(migrator), true) => migrator.plan_init_migrations()?,
        (Some(migrator), false) => migrator.init_migrations()?,
        (None, true) => with_template(session, ScriptDirectory::plan_init)?,
        (None, false) => with_template(session, ScriptDirectory::init)?,
    };
    match config {
        Some(path) => found.existing.push(absolute(path)),
        None => {
            if !session.global.dry_run {
                write_new(Path::new(CONFIG_FILE_NAME), &config_text(command))?;
            }
            found.created.push(absolute(Path::new(CONFIG_FILE_NAME)));
        }
    }
    let has_scripts = found
        .existing
        .iter()
        .chain(&found.created)
        .any(|path| is_script(path, &found));
    let next = match (session.target().is_err(), has_scripts) {
        (true, _) => format!("{SET_URL}\n{}", NEXT.replace("next:", "then:")),
        (false, true) => NEXT_WITH_SCRIPTS.to_owned(),
        (false, false) => NEXT.to_owned(),
    };
    print(session, *output, &found, &next)
}

/// Makes the directory with a template, or finds out what would be made.
fn with_template(
    session: &Session<'_>,
    work: fn(&Path, &str, &str) -> Result<Initialization, ScriptError>,
) -> Result<Initialization, Failure> {
    let directory = session.directory()?;
    let (extension, comment) = language(session)?;
    let text = template_text(&directory.join(format!("script.{extension}")), &comment)?;
    Ok(work(&directory, &extension, &text).map_err(MigrationError::Init)?)
}

/// The text of the template: one that is there is its owner's, whatever it says, and stays.
fn template_text(path: &Path, comment: &str) -> Result<String, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        // What else may be in the way shows when it is written.
        Err(_) => Ok(default_template(comment).map_err(MigrationError::Init)?),
    }
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

/// What the new dapter.toml says. Texts of TOML are written as those of JSON.
fn config_text(command: &Init) -> String {
    match &command.models {
        Some(models) => format!("{CONFIG}{MODELS}{}\n", Value::from(models.as_str())),
        None => CONFIG.to_owned(),
    }
}

fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let written = fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        // Somebody made one at this very moment: theirs stays.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => Ok(other.map_err(|source| {
            MigrationError::Init(ScriptError::Io {
                action: "write",
                path: path.to_owned(),
                source,
            })
        })?),
    }
}

/// Whether it is a script, and no folder or template.
fn is_script(path: &Path, found: &Initialization) -> bool {
    path.parent() == Some(found.directory.versions())
}

fn print(
    session: &Session<'_>,
    output: Output,
    found: &Initialization,
    next: &str,
) -> Result<(), Failure> {
    let dry_run = session.global.dry_run;
    let (made, rewrote, removed, left) = match dry_run {
        true => (
            "would make",
            "would write anew",
            "would remove",
            "would leave",
        ),
        false => ("made", "wrote anew", "removed", "left"),
    };
    let existing = found.existing.iter();
    let (scripts, others): (Vec<_>, Vec<_>) = existing.partition(|path| is_script(path, found));
    let mut text = String::new();
    // Writing to a String cannot fail.
    for path in &found.created {
        let _ = writeln!(text, "{made} {}", shown(path));
    }
    for path in &found.rewritten {
        let _ = writeln!(text, "{rewrote} {}", shown(path));
    }
    for path in &found.removed {
        let _ = writeln!(
            text,
            "{removed} {}, which the tool has no more",
            shown(path)
        );
    }
    for path in others {
        let _ = writeln!(text, "{left} {} as it is", shown(path));
    }
    if !scripts.is_empty() {
        let scripts = match scripts.len() {
            1 => "1 script as it is".to_owned(),
            count => format!("{count} scripts as they are"),
        };
        let _ = writeln!(text, "{left} {scripts}");
    }
    for orphan in &found.orphans {
        let _ = writeln!(
            text,
            "{left} {}, though the tool has no revision {}: {}",
            shown(&orphan.path),
            orphan.revision,
            orphan.why,
        );
    }
    if !dry_run {
        let next = if found.orphans.is_empty() {
            next
        } else {
            ORPHANS
        };
        let _ = writeln!(text, "{next}");
    }
    if !output.is_chatty() && !dry_run {
        text.clear();
    }
    let mut document = json!({
        "dry_run": dry_run,
        "created": found.created,
        "existing": found.existing,
    });
    // Nothing but a tool's script is ever written anew, or removed.
    if !found.rewritten.is_empty() {
        document["rewritten"] = json!(found.rewritten);
    }
    if !found.removed.is_empty() {
        document["removed"] = json!(found.removed);
    }
    if !found.orphans.is_empty() {
        let orphans = found.orphans.iter();
        let orphans = orphans.map(|orphan| {
            json!({
                "path": orphan.path,
                "revision": orphan.revision,
                "why": orphan.why,
            })
        });
        document["orphans"] = orphans.collect();
    }
    output.result(&document, &text)
}
