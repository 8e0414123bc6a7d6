//! Reads models, wherever they are.

use std::path::{Path, PathBuf};
use std::process::Command;

use dapter::api::abi::Adapter;
use dapter::autogenerate::{
    Described, DesiredState, DocumentError, ModelFile, document_of_json, document_of_toml,
};
use dapter::project::{DatabaseUrl, ModelSource, Target};
use dapter::{MigrationSettings, Migrator, model_files};

use super::output::Failure;
use super::paths::shown;
use super::programs::{self, Ran, Running};
use super::session::Session;

/// What prints the statements of `SQLAlchemy` metadata, in the user's Python.
const SQLALCHEMY_READER: &str = include_str!("sqlalchemy.py");

/// Models that are being read. What prints them works meanwhile.
pub(super) enum Reading {
    Read(DesiredState),
    Printed {
        program: Running,
        /// What messages call it.
        name: String,
        hint: &'static str,
    },
}

impl Reading {
    /// The state that the models describe.
    pub(super) fn finish(self) -> Result<DesiredState, Failure> {
        let (program, name, hint) = match self {
            Self::Read(state) => return Ok(state),
            Self::Printed {
                program,
                name,
                hint,
            } => (program, name, hint),
        };
        let text = output(program.finish()?, hint)?;
        match text.trim_start().starts_with('{') {
            true => described(Path::new(&name), document_of_json(&text)),
            false => Ok(printed(name, text)),
        }
    }
}

/// Begins to read models.
pub(super) fn begin(
    source: &ModelSource,
    target: &Target,
    python: Option<&Path>,
    adapter: &Adapter,
    session: &Session<'_>,
) -> Result<Reading, Failure> {
    let start = |mut command: Command, name: String, hint| {
        command.current_dir(&target.project_directory);
        Reading::Printed {
            program: programs::start(command, hint),
            name,
            hint,
        }
    };
    let dialect = adapter.info().dialect();
    Ok(match source {
        ModelSource::Statements(path) => {
            Reading::Read(statements(path, &adapter.info().extension)?)
        }
        ModelSource::Document(path) => Reading::Read(document(path)?),
        ModelSource::Python { module, attribute } => {
            let program = python.map_or_else(|| usual_python(target), Path::to_owned);
            let mut command = Command::new(program);
            command.args(["-c", SQLALCHEMY_READER, module, attribute, dialect]);
            let hint = "name the Python in which SQLAlchemy and the models are installed: --python PROGRAM";
            start(command, format!("{module}:{attribute}"), hint)
        }
        ModelSource::Command(line) => {
            let mut command = programs::shell(line);
            command.env("DAPTER_DIALECT", dialect);
            let hint = "it must print statements or a schema document";
            start(command, line.clone(), hint)
        }
        ModelSource::Database(url) => Reading::Read(inspected(url, session)?),
    })
}

fn statements(path: &Path, extension: &str) -> Result<DesiredState, Failure> {
    let files = model_files(path, extension).map_err(|error| {
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
    document: Result<Described, DocumentError>,
) -> Result<DesiredState, Failure> {
    let described = document.map_err(|error| {
        let failure = Failure::refused(format!("{}: no schema document: {error}", shown(path)));
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })?;
    Ok(DesiredState::Described(described))
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

/// What a program has printed.
fn output(ran: Ran, hint: &str) -> Result<String, Failure> {
    if !ran.status.success() {
        let Ran {
            status, complaint, ..
        } = ran;
        let message = format!("the models cannot be read ({status}): {complaint}");
        return Err(Failure::refused(message).hint(hint));
    }
    String::from_utf8(ran.output)
        .map_err(|_| Failure::refused("what the models' program prints is not UTF-8"))
}
