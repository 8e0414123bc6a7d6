//! `dapter plugin test`: the conformance kit on the adapter in a plugin's file.

#[cfg(unix)]
mod elsewhere;
mod kit;
#[cfg(unix)]
mod printed;
mod report;
mod text;

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use dapter::MigrationError;
use dapter::plugin::{Catalog, Choice, Given, standard_places};
use dapter::project::{DatabaseUrl, parse_duration};
use dapter_conformance::{FileError, SubjectFile};

use super::super::output::{Failure, Output};
use super::super::paths::{absolute, shown};
use super::super::session::Session;
use kit::Kit;
use report::{Facts, Report};

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

/// Runs the kit on a plugin's file, at each place that was asked for.
pub(super) fn examine(command: &Test, session: &Session<'_>) -> Result<Report, Failure> {
    // What may be found in the configuration or the environment is somebody's database: only what was typed is used.
    let url = session.global.url.as_deref().map(DatabaseUrl::parse);
    let url = url
        .transpose()
        .map_err(|error| Failure::usage(format!("--url: {error}")).hint(error.hint()))?;
    let catalog = catalog(&command.file)?;
    let choice = choose(&catalog, command, url.as_ref())?;
    let path = subject_file(command)?;
    let subject = SubjectFile::read(&path).map_err(|error| unfit(&error))?;
    let bytes = fs::read(&choice.file.path).map_err(|error| {
        Failure::refused(format!("cannot read {}: {error}", shown(&choice.file.path)))
            .hint("check that the file may be read")
    })?;
    let places = session.places_of(&choice)?;
    let mut facts = Facts::of(&choice, &bytes);
    let kit = Kit {
        command,
        session,
        choice: &choice,
        subject: &subject,
        path: &path,
        url: url.as_ref(),
    };
    let start = Instant::now();
    let (mut runs, mut remark) = (Vec::new(), None);
    for place in places {
        let ran = kit.run(place, &runs)?;
        facts.server = facts.server.or(ran.server);
        remark = remark.or(ran.remark);
        runs.push(ran.run);
    }
    Ok(Report {
        facts,
        filter: command.filter.clone(),
        runs,
        took: start.elapsed(),
        remark,
        url,
    })
}

/// The file that was named, or else the one in this folder or in one above the plugin's.
fn subject_file(command: &Test) -> Result<PathBuf, Failure> {
    if let Some(path) = &command.subject {
        return Ok(path.clone());
    }
    let (plugin, name) = (&command.file, SubjectFile::NAME);
    let here = PathBuf::from(name);
    if here.is_file() {
        return Ok(here);
    }
    let above = absolute(plugin);
    let mut above = above.ancestors().skip(1).map(|folder| folder.join(name));
    above.find(|path| path.is_file()).ok_or_else(|| {
        let hint = format!(
            "write one ({name} of `dapter plugin new` is an example), or name it with --subject FILE"
        );
        let message = format!(
            "there is no {name} here, nor above {}: it tells the kit how to get an empty database",
            shown(plugin)
        );
        Failure::refused(message).hint(hint)
    })
}

/// What the file should say and does not.
fn unfit(error: &FileError) -> Failure {
    let hint = error.hint();
    Failure::refused(error.to_string()).hint(hint)
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
