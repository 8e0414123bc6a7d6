//! Reads models, wherever they are.

use std::path::{Path, PathBuf};
use std::process::Command;

use dapter::autogenerate::{DesiredState, ModelFile, document_of_json, document_of_toml};
use dapter::project::{DatabaseUrl, ModelSource, Target};
use dapter::{MigrationSettings, Migrator, model_files};

use super::output::Failure;
use super::paths::shown;
use super::session::Session;

/// What prints the statements of `SQLAlchemy` metadata, in the user's Python.
const SQLALCHEMY_READER: &str = include_str!("sqlalchemy.py");

/// The state that the models describe.
pub(super) fn read(
    source: &ModelSource,
    target: &Target,
    python: Option<&Path>,
    session: &Session<'_>,
) -> Result<DesiredState, Failure> {
    match source {
        ModelSource::Statements(path) => statements(path, target, session),
        ModelSource::Document(path) => document(path),
        ModelSource::Python { module, attribute } => {
            let dialect = dialect(target, session)?;
            let program = python.map_or_else(|| usual_python(target), Path::to_owned);
            let mut command = Command::new(program);
            command.args(["-c", SQLALCHEMY_READER, module, attribute, &dialect]);
            let hint = "name the Python in which SQLAlchemy and the models are installed: --python PROGRAM";
            let text = output(command, target, hint)?;
            Ok(printed(format!("{module}:{attribute}"), text))
        }
        ModelSource::Command(line) => {
            let mut command = shell(line);
            command.env("DAPTER_DIALECT", dialect(target, session)?);
            let text = output(
                command,
                target,
                "it must print statements or a schema document",
            )?;
            match text.trim_start().starts_with('{') {
                true => described(&PathBuf::from(line), document_of_json(&text)),
                false => Ok(printed(line.clone(), text)),
            }
        }
        ModelSource::Database(url) => inspected(url, session),
    }
}

fn statements(
    path: &Path,
    target: &Target,
    session: &Session<'_>,
) -> Result<DesiredState, Failure> {
    let extension = session.adapter(target)?.info().extension.clone();
    let files = model_files(path, &extension).map_err(|error| {
        Failure::refused(format!("cannot read the models {}: {error}", shown(path)))
    })?;
    if files.is_empty() {
        let message = format!("there are no models in {}", shown(path));
        return Err(Failure::refused(message).hint(format!("write .{extension} files into it")));
    }
    Ok(DesiredState::Statements(files))
}

fn document(path: &Path) -> Result<DesiredState, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::refused(format!("cannot read the models {}: {error}", shown(path)))
    })?;
    let is_json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    described(
        path,
        match is_json {
            true => document_of_json(&text),
            false => document_of_toml(&text),
        },
    )
}

fn described(
    path: &Path,
    document: Result<dapter::api::Schema, dapter::autogenerate::DocumentError>,
) -> Result<DesiredState, Failure> {
    let schema = document.map_err(|error| {
        Failure::refused(format!("{}: no schema document: {error}", shown(path)))
    })?;
    Ok(DesiredState::Described(schema))
}

fn printed(name: String, text: String) -> DesiredState {
    DesiredState::Statements(vec![ModelFile {
        path: PathBuf::from(name),
        text,
    }])
}

fn inspected(url: &DatabaseUrl, session: &Session<'_>) -> Result<DesiredState, Failure> {
    Ok(DesiredState::Inspected(elsewhere(url, session)?.inspect()?))
}

/// The Python of the project's virtual environment, where there is one by a usual name.
fn usual_python(target: &Target) -> PathBuf {
    let places = [
        ".venv/bin/python",
        "venv/bin/python",
        ".venv/Scripts/python.exe",
    ];
    let places = places.map(|place| target.project_directory.join(place));
    let found = places.into_iter().find(|place| place.exists());
    found.unwrap_or_else(|| PathBuf::from("python3"))
}

/// A migrator for another database, without scripts.
pub(super) fn elsewhere(url: &DatabaseUrl, session: &Session<'_>) -> Result<Migrator, Failure> {
    let adapter = session.adapter_of(url)?;
    let settings = MigrationSettings::new(url.clone(), PathBuf::new());
    Ok(Migrator::new(adapter, settings))
}

fn dialect(target: &Target, session: &Session<'_>) -> Result<String, Failure> {
    let adapter = session.adapter(target)?;
    Ok(adapter.info().dialect().to_owned())
}

#[cfg(unix)]
fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]);
    command
}

#[cfg(not(unix))]
fn shell(line: &str) -> Command {
    let mut command = Command::new("cmd");
    command.args(["/C", line]);
    command
}

/// What a program prints.
fn output(mut command: Command, target: &Target, hint: &str) -> Result<String, Failure> {
    command.current_dir(&target.project_directory);
    let name = command.get_program().to_string_lossy().into_owned();
    let ran = command
        .output()
        .map_err(|error| Failure::refused(format!("cannot run {name}: {error}")).hint(hint))?;
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr);
        let last = said.trim().lines().last().unwrap_or("it said nothing");
        let message = format!("the models cannot be read ({}): {last}", ran.status);
        return Err(Failure::refused(message).hint(hint));
    }
    String::from_utf8(ran.stdout)
        .map_err(|_| Failure::refused("what the models' program prints is not UTF-8"))
}
