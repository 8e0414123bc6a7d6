//! `dapter diff`.

use clap::Args;
use dapter::api::Schema;
use dapter::api::abi::Adapter;
use dapter::diff::Rename;
use dapter::project::{ModelSource, Target};
use dapter::{AutogenerateOptions, Migrator};
use serde_json::json;

use super::autogenerate::{Comparison, changes, parse, warn};
use super::models;
use super::output::{Failure, Output};
use super::session::Session;

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// Where it begins: `database`, `models`, `scripts` (those that are applied), a revision, or a source as for --models
    #[arg(default_value = "database")]
    from: String,
    /// Where it leads
    #[arg(default_value = "models")]
    to: String,
    /// Print the statements that lead there, and nothing else
    #[arg(long)]
    sql: bool,
    #[command(flatten)]
    comparison: Comparison,
}

pub(super) fn run(command: &Diff, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target()?;
    let adapter = session.adapter(&target)?;
    let migrator = command.comparison.remembering(&target, &adapter, session)?;
    let places = Places {
        comparison: &command.comparison,
        target: &target,
        adapter: &adapter,
        migrator: &migrator,
        session,
    };
    let (start, end) = (places.found(&command.from)?, places.found(&command.to)?);
    let beside = start.clone().or_else(|| end.clone());
    let (start, _) = places.state(&command.from, start, beside.as_ref())?;
    let (end, former_names) = places.state(&command.to, end, beside.as_ref())?;
    let options = AutogenerateOptions {
        former_names,
        ..command.comparison.options()
    };
    let generated = migrator.between(start, end, &options)?;
    let (from, to) = (shown(&command.from), shown(&command.to));
    let document = json!({
        "from": from,
        "to": to,
        "changes": changes(&generated),
        "operations": generated.operations,
        "upgrade": generated.upgrade,
        "downgrade": generated.downgrade,
        "losses": generated.losses,
        "rename_candidates": generated.rename_candidates,
        "unproven": generated.unproven,
    });
    if command.sql {
        warn(&generated, *output);
        return output.result(&document, &generated.upgrade_text);
    }
    let mut text: String = changes(&generated)
        .into_iter()
        .map(|change| format!("{change}\n"))
        .collect();
    if generated.is_empty() && output.is_chatty() {
        text = format!("no difference between {from} and {to}\n");
    }
    warn(&generated, *output);
    output.result(&document, &text)
}

/// What a place is looked up with.
struct Places<'c> {
    comparison: &'c Comparison,
    target: &'c Target,
    adapter: &'c Adapter,
    migrator: &'c Migrator,
    session: &'c Session<'c>,
}

impl Places<'_> {
    /// What is there, unless it is models that have to be built.
    fn found(&self, place: &str) -> Result<Option<Schema>, Failure> {
        let found = match place {
            "database" => self.migrator.inspect()?,
            "scripts" => self.migrator.schema_of_applied()?,
            place if place == "models" || is_source(place) => return Ok(None),
            revision => self.migrator.schema_at(revision)?,
        };
        Ok(Some(found))
    }

    /// What is there, if need be built on a server like that of another state, and what had another name before.
    fn state(
        &self,
        place: &str,
        found: Option<Schema>,
        beside: Option<&Schema>,
    ) -> Result<(Schema, Vec<Rename>), Failure> {
        if let Some(found) = found {
            return Ok((found, Vec::new()));
        }
        let (comparison, migrator) = (self.comparison, self.migrator);
        let models = match place {
            "models" => comparison.models(self.target, self.adapter, self.session)?,
            _ => {
                let source = parse("", place)?;
                let python = comparison.python.as_deref();
                models::begin(&source, self.target, python, self.adapter, self.session)?
            }
        };
        let models = models.finish()?;
        // What else there is would take the place of what is remembered of the models.
        let built = match beside.filter(|_| place == "models") {
            Some(beside) => migrator.state_beside(&models, beside)?,
            None => migrator.state(&models)?,
        };
        let former_names = migrator.former_names(&models, &built)?;
        Ok((built, former_names))
    }
}

/// A place as it may be shown: a URL without its password.
fn shown(place: &str) -> String {
    match ModelSource::parse(place) {
        Ok(ModelSource::Database(url)) => url.to_string(),
        _ => place.to_owned(),
    }
}

/// Whether it is written as a source and not as a revision.
fn is_source(place: &str) -> bool {
    place.contains([':', '/', '.', std::path::MAIN_SEPARATOR])
        || std::path::Path::new(place).exists()
}
