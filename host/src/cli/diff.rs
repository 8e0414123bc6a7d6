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
    let migrator = command.comparison.migrator(&target, &adapter, session)?;
    let places = Places {
        comparison: &command.comparison,
        target: &target,
        adapter: &adapter,
        migrator: &migrator,
        session,
    };
    let (start, _) = places.state(&command.from)?;
    let (end, former_names) = places.state(&command.to)?;
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
    /// What is there, and what had another name before.
    fn state(&self, place: &str) -> Result<(Schema, Vec<Rename>), Failure> {
        let (comparison, migrator) = (self.comparison, self.migrator);
        let models = match place {
            "database" => return Ok((migrator.inspect()?, Vec::new())),
            "scripts" => return Ok((migrator.schema_of_applied()?, Vec::new())),
            "models" => comparison.models(self.target, self.adapter, self.session)?,
            place if is_source(place) => {
                let source = parse("", place)?;
                let python = comparison.python.as_deref();
                models::begin(&source, self.target, python, self.adapter, self.session)?
            }
            revision => return Ok((migrator.schema_at(revision)?, Vec::new())),
        };
        let models = models.finish()?;
        let built = migrator.state(&models)?;
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
