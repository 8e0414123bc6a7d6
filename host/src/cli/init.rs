//! `dapter init`.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use dapter::MigrationError;
use dapter::project::CONFIG_FILE_NAME;
use dapter::script::{ScriptDirectory, ScriptError, default_template};
use serde_json::{Value, json};

use super::autogenerate;
use super::output::{Failure, Output};
use super::paths::{absolute, shown};
use super::session::Session;

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
const SET_URL: &str =
    "next: set DATABASE_URL (to sqlite:app.db, say), or write the URL into dapter.toml";

/// What was made, or would be, and what was there before.
#[derive(Default)]
struct Found {
    created: Vec<PathBuf>,
    existing: Vec<PathBuf>,
}

impl Found {
    fn push(&mut self, path: PathBuf) {
        match path.exists() {
            true => self.existing.push(path),
            false => self.created.push(path),
        }
    }
}

pub(super) fn run(command: &Init, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let directory = session.directory()?;
    let (extension, comment) = language(session)?;
    let template = directory.join(format!("script.{extension}"));
    let config = session.config_path();
    if let Some(models) = &command.models {
        autogenerate::parse("--models: ", models)?;
    }
    if let (Some(path), Some(models)) = (config, &command.models) {
        let message = format!("--models: there is a {} already", shown(path));
        let line = format!("{MODELS}{}", Value::from(models.as_str()));
        return Err(Failure::usage(message).hint(format!("write into its target: {line}")));
    }
    let mut found = Found::default();
    if session.global.dry_run {
        for path in [directory.clone(), directory.join("versions"), template] {
            found.push(path);
        }
    } else {
        let text = template_text(&template, &comment)?;
        let made =
            ScriptDirectory::init(&directory, &extension, &text).map_err(MigrationError::Init)?;
        (found.created, found.existing) = (made.created, made.existing);
    }
    match config {
        Some(path) => found.existing.push(absolute(path)),
        None if session.global.dry_run => found.push(absolute(Path::new(CONFIG_FILE_NAME))),
        None => {
            write_new(Path::new(CONFIG_FILE_NAME), &config_text(command))?;
            found.created.push(absolute(Path::new(CONFIG_FILE_NAME)));
        }
    }
    let needs_url = session.target().is_err();
    print(*output, &found, session.global.dry_run, needs_url)
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

fn print(output: Output, found: &Found, dry_run: bool, needs_url: bool) -> Result<(), Failure> {
    let (made, left) = match dry_run {
        true => ("would make", "would leave"),
        false => ("made", "left"),
    };
    let mut text = String::new();
    // Writing to a String cannot fail.
    for path in &found.created {
        let _ = writeln!(text, "{made} {}", shown(path));
    }
    for path in &found.existing {
        let _ = writeln!(text, "{left} {} as it is", shown(path));
    }
    if !dry_run {
        let next = match needs_url {
            true => format!("{SET_URL}\n{}", NEXT.replace("next:", "then:")),
            false => NEXT.to_owned(),
        };
        let _ = writeln!(text, "{next}");
    }
    if !output.is_chatty() && !dry_run {
        text.clear();
    }
    let document = json!({
        "dry_run": dry_run,
        "created": found.created,
        "existing": found.existing,
    });
    output.result(&document, &text)
}
