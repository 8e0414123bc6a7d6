//! `dapter plugin test`: the conformance kit on the adapter in a plugin's file.

mod databases;
mod file;
mod placeholders;
mod report;
mod text;

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use dapter::MigrationError;
use dapter::api::ServerFacts;
use dapter::api::abi::Adapter;
use dapter::plugin::{Catalog, Choice, Given, standard_places};
use dapter::project::{DatabaseUrl, parse_duration};
use dapter_conformance::{Case, Running, Tested, cases};

use super::super::output::{Failure, Output};
use super::super::paths::{absolute, shown};
use super::super::session::Session;
use databases::Databases;
use file::SubjectFile;
use report::{Facts, Report};

/// The file beside an author's Cargo.toml.
pub(super) const SUBJECT_FILE_NAME: &str = "conformance.toml";

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The plugin's file: the library that `cargo build` made
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Which of its adapters [default: the one for the scheme of --url, or the only one]
    #[arg(long, value_name = "KEY")]
    pub(super) adapter: Option<String>,
    /// What the kit must know of the databases and their language [default: conformance.toml here or above FILE]
    #[arg(long, value_name = "FILE")]
    pub(super) subject: Option<PathBuf>,
    /// Only cases with this in their name, such as history or split::
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Option<String>,
    /// Write the report into this file too, as JSON
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// How many cases to run at once [default: 4]
    #[arg(long, value_name = "N")]
    pub(super) jobs: Option<NonZeroUsize>,
    /// How long a case may take before it has failed [default: 2m]
    #[arg(long, value_name = "TIME", value_parser = limit)]
    pub(super) case_timeout: Option<Duration>,
}

const JOBS: NonZeroUsize = NonZeroUsize::new(4).expect("four is not zero");
/// Longer than a slow statement runs by itself, so that a canceller that does nothing is found out and no case hangs.
const LIMIT: Duration = Duration::from_secs(120);

fn limit(text: &str) -> Result<Duration, String> {
    let time = parse_duration(text).map_err(|error| format!("{error} ({})", error.hint()))?;
    match time.is_zero() {
        true => Err("no case ends within no time (write 30s or 2m)".to_owned()),
        false => Ok(time),
    }
}

pub(super) fn run(command: &Test, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let report = examine(command, session)?;
    if let Some(path) = &command.report {
        write(path, &report)?;
    }
    output.result(&report.document(), &text::of(&report))?;
    if let Some(remark) = &report.remark {
        output.note(&format!("note: {remark}"));
    }
    match report.failed() {
        0 => Ok(()),
        _ => Err(Failure::Found),
    }
}

/// Runs the kit on a plugin's file.
pub(super) fn examine(command: &Test, session: &Session<'_>) -> Result<Report, Failure> {
    // What may be found in the configuration or the environment is somebody's database: only what was typed is used.
    let url = session.global.url.as_deref().map(DatabaseUrl::parse);
    let url = url
        .transpose()
        .map_err(|error| Failure::usage(format!("--url: {error}")).hint(error.hint()))?;
    let catalog = catalog(&command.file)?;
    let choice = choose(&catalog, command, url.as_ref())?;
    let (path, subject) = SubjectFile::find(command.subject.as_deref(), &command.file)?;
    let bytes = fs::read(&choice.file.path).map_err(|error| {
        Failure::refused(format!("cannot read {}: {error}", shown(&choice.file.path)))
            .hint("check that the file may be read")
    })?;
    let place = session.place_of(&choice)?;
    let mut facts = Facts::of(&choice, place, &bytes);
    let adapter = session.open(&choice, place)?;
    let databases = Databases::new(adapter.clone(), &subject, url.as_ref(), &path)?;
    let limit = command.case_timeout.unwrap_or(LIMIT);
    facts.server = first_database(&databases, limit)?;
    let start = Instant::now();
    let tested = tested(adapter, subject, &databases, command)?;
    let rest = Arc::clone(&databases);
    // Whoever hangs may hold what is to be removed.
    let remark = match within(limit, move || rest.remove_all()) {
        Some(()) => databases.remark(),
        None => Some("not all databases could be removed in time".to_owned()),
    };
    Ok(Report {
        facts,
        filter: command.filter.clone(),
        tested,
        took: start.elapsed(),
        remark,
        url,
    })
}

/// Runs the cases on an adapter, however it was made.
fn tested(
    adapter: Adapter,
    subject: SubjectFile,
    databases: &Arc<Databases>,
    command: &Test,
) -> Result<Vec<Tested>, Failure> {
    let subject = subject.into_subject(adapter, databases)?;
    let mut cases = cases(subject);
    if let Some(filter) = &command.filter {
        let name = |case: &Case| format!("{}::{}", case.area(), case.behaviour());
        cases.retain(|case| name(case).contains(filter.as_str()));
        if cases.is_empty() {
            let message = format!("--filter: no case has `{filter}` in its name");
            return Err(Failure::usage(message)
                .hint("names are listed in docs/adapter-reference.md, and with --json"));
        }
    }
    let after = Arc::clone(databases);
    let running = Running {
        jobs: command.jobs.unwrap_or(JOBS),
        limit: command.case_timeout.unwrap_or(LIMIT),
        after_each: Arc::new(move || after.remove_mine()),
    };
    Ok(running.run(&cases))
}

/// The one file as a catalogue of its own: what else is installed has no say.
fn catalog(file: &Path) -> Result<Catalog, Failure> {
    let given = Given {
        files: vec![file.to_owned()],
        ..Given::default()
    };
    let places = standard_places(&given).map_err(MigrationError::from)?;
    Ok(Catalog::scan(&places))
}

fn choose<'c>(
    catalog: &'c Catalog,
    command: &Test,
    url: Option<&DatabaseUrl>,
) -> Result<Choice<'c>, Failure> {
    let descriptors = catalog
        .files()
        .iter()
        .filter_map(|file| file.descriptor.as_ref());
    let adapters: Vec<_> = descriptors.flat_map(|plugin| &plugin.adapters).collect();
    let of_url = url.and_then(|url| {
        let serves = |scheme: &String| scheme == url.scheme();
        adapters
            .iter()
            .find(|adapter| adapter.schemes.iter().any(serves))
    });
    let key = match (&command.adapter, of_url, &adapters[..]) {
        (Some(key), ..) => key.as_str(),
        (None, Some(adapter), _) => adapter.key.as_str(),
        (None, None, [only]) => only.key.as_str(),
        // What is no plugin at all is refused with its own words.
        (None, None, []) => "",
        (None, None, several) => {
            let keys: Vec<&str> = several.iter().map(|adapter| adapter.key.as_str()).collect();
            let message = format!(
                "the plugin has {} adapters: {}",
                keys.len(),
                keys.join(", ")
            );
            return Err(Failure::usage(message).hint("choose one with --adapter KEY"));
        }
    };
    Ok(catalog.choose_by_key(key).map_err(MigrationError::from)?)
}

/// What the adapter tells of the server behind its first database, if it tells anything.
fn first_database(
    databases: &Arc<Databases>,
    limit: Duration,
) -> Result<Option<ServerFacts>, Failure> {
    let here = Arc::clone(databases);
    let tried = within(limit, move || here.try_once());
    let tried = tried.unwrap_or_else(|| Err("it takes longer than a case may take".to_owned()));
    tried.map_err(|why| {
        Failure::refused(format!("cannot make a database to test on: {why}")).hint(
            "the database of --url must be there, and its user may make others; look at `fresh` and `create`",
        )
    })
}

/// What work answers, if it ends in time; otherwise its thread is left behind.
fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (send, ended) = channel();
    thread::spawn(move || {
        // Nobody waits any more for what took too long.
        let _ = send.send(work());
    });
    ended.recv_timeout(limit).ok()
}

/// Writes the report where another program finds it.
pub(super) fn write(path: &Path, report: &Report) -> Result<(), Failure> {
    let text = format!("{:#}\n", report.document());
    fs::write(path, text).map_err(|error| {
        Failure::refused(format!(
            "cannot write the report {}: {error}",
            absolute(path).display()
        ))
        .hint("name a file in a folder that is there, with --report")
    })
}
