//! The options of what compares a database with its models.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dapter::api::abi::Adapter;
use dapter::autogenerate::Generated;
use dapter::diff::{Filter, Rename, RenameCandidates, summary};
use dapter::project::{ModelSource, Target};
use dapter::script::ScriptFormat;
use dapter::{AutogenerateOptions, MigrationSettings, Migrator};
use serde_json::{Value, json};

use super::models::{self, Reading};
use super::output::{Failure, Output};
use super::scratch_url::ScratchUrl;
use super::session::Session;

/// Whether a new script comes from the models.
#[derive(Debug, Default, Args)]
pub(crate) struct Autogenerate {
    /// Write what leads from the database to its models, or those of the tool that its adapter drives
    /// [default: if `models` is configured]
    #[arg(long)]
    pub(crate) autogenerate: bool,
    /// Write an empty script, whatever the models say
    #[arg(long, conflicts_with = "autogenerate")]
    pub(crate) empty: bool,
    /// What the script is written in [default: `format` in dapter.toml, else sql]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Write what was changed in the database by hand: what leads to it from what its scripts build
    #[arg(long, conflicts_with_all = ["autogenerate", "empty", "models", "python"])]
    pub(crate) drift: bool,
    #[command(flatten)]
    pub(crate) comparison: Comparison,
}

/// What a script is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The database's own language
    Sql,
    /// Portable operations, which every adapter writes in its own words when they run
    Toml,
}

impl Autogenerate {
    /// What the script is written in.
    pub(super) fn format(&self, session: &Session<'_>) -> Result<ScriptFormat, Failure> {
        match self.format {
            Some(format) => Ok(format.into()),
            None => session.script_format(),
        }
    }
}

impl From<Format> for ScriptFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Sql => ScriptFormat::Adapter,
            Format::Toml => ScriptFormat::Portable,
        }
    }
}

/// What is compared, and how.
#[derive(Debug, Default, Args)]
pub(crate) struct Comparison {
    /// Models, instead of those in dapter.toml: a file or folder of statements, a .toml or .json document,
    /// python:MODULE:ATTRIBUTE, command:LINE or a URL
    #[arg(long, value_name = "SOURCE")]
    pub(crate) models: Option<String>,
    /// Python that knows the models of python:MODULE:ATTRIBUTE [default: that of .venv, else python3]
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) python: Option<PathBuf>,
    /// What has another name now: users=people, users.name=users.full_name; may be repeated
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) rename: Vec<Rename>,
    /// Look only at such objects: users, 'shop_*', 'view report_*'; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(crate) include: Vec<String>,
    /// Leave such objects out; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,
    /// Prefer statements that let others go on working
    #[arg(long)]
    pub(crate) online: bool,
    #[command(flatten)]
    scratch_url: ScratchUrl,
}

impl Comparison {
    pub(super) fn options(&self) -> AutogenerateOptions {
        AutogenerateOptions {
            renames: self.rename.clone(),
            filter: Filter {
                include: self.include.clone(),
                exclude: self.exclude.clone(),
            },
            online: self.online,
            ..AutogenerateOptions::default()
        }
    }

    /// Where the models are, if that was said anywhere.
    fn source(&self, target: &Target) -> Result<Option<ModelSource>, Failure> {
        match &self.models {
            Some(models) => parse("--models: ", models).map(Some),
            None => Ok(target.models.as_ref().map(|models| models.value.clone())),
        }
    }

    /// Begins to read the models.
    pub(super) fn models(
        &self,
        target: &Target,
        adapter: &Adapter,
        session: &Session<'_>,
    ) -> Result<Reading, Failure> {
        let source = self.source(target)?.ok_or_else(|| {
            let message = "there are no models to compare the database with";
            Failure::usage(message).hint(
                "write `models = \"…\"` into the target in dapter.toml, or name them with --models",
            )
        })?;
        models::begin(&source, target, self.python.as_deref(), adapter, session)
    }

    pub(super) fn migrator(
        &self,
        target: &Target,
        adapter: &Adapter,
        session: &Session<'_>,
    ) -> Result<Migrator, Failure> {
        let settings = self.settings(target, session)?;
        Ok(Migrator::new(adapter.clone(), settings))
    }

    /// The same, which remembers what models look like once they are built.
    pub(super) fn remembering(
        &self,
        target: &Target,
        adapter: &Adapter,
        session: &Session<'_>,
    ) -> Result<Migrator, Failure> {
        let mut settings = self.settings(target, session)?;
        settings.cache = session.cache_of(target)?;
        Ok(Migrator::new(adapter.clone(), settings))
    }

    /// Whether it was said where scratch databases are made.
    pub(super) fn has_scratch_url(&self) -> bool {
        self.scratch_url.is_given()
    }

    fn settings(
        &self,
        target: &Target,
        session: &Session<'_>,
    ) -> Result<MigrationSettings, Failure> {
        let mut settings = session.settings(target);
        settings.scratch_url = self.scratch_url.parse()?;
        Ok(settings)
    }
}

/// Reads where models are. What is said of a text that cannot be read does not show it: a URL may hold a password.
pub(super) fn parse(option: &str, text: &str) -> Result<ModelSource, Failure> {
    let source = ModelSource::parse(text);
    source.map_err(|error| Failure::usage(format!("{option}{error}")).hint(error.hint()))
}

/// What differs, for programs.
pub(super) fn document(generated: &Generated) -> Value {
    json!({
        "changes": changes(generated),
        "losses": generated.losses,
        "rename_candidates": generated.rename_candidates,
        "unproven": generated.unproven,
    })
}

/// What differs, a line each.
pub(super) fn changes(generated: &Generated) -> Vec<String> {
    generated.operations.iter().map(summary).collect()
}

/// Tells what a person has to know before the script runs.
pub(super) fn warn(generated: &Generated, output: Output) {
    for lost in &generated.losses {
        output.note(&format!("warning: the upgrade destroys {lost}"));
    }
    let candidates = generated.rename_candidates.iter();
    for rename in candidates.flat_map(RenameCandidates::renames) {
        output.note(&format!("if it was renamed: --rename {rename}"));
    }
    for unproven in &generated.unproven {
        output.note(&format!("warning: not proven in scratch: {unproven}"));
    }
}
