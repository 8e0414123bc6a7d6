//! `dapter baseline`.

use clap::Args;
use dapter::{NewMigration, StampKind, StampTo};
use serde_json::json;

use super::arguments::Lock;
use super::migrate::watched;
use super::output::{Failure, Output};
use super::paths::shown;
use super::session::Session;

#[derive(Debug, Args)]
pub(crate) struct Baseline {
    /// What the database has already: an id or its beginning, `head`
    #[arg(required_unless_present = "create")]
    pub(crate) revision: Option<String>,
    /// Create an empty script with this message behind the head, and take that
    #[arg(long, value_name = "MESSAGE", conflicts_with = "revision")]
    pub(crate) create: Option<String>,
    #[command(flatten)]
    pub(crate) lock: Lock,
}

fn to(revision: &str) -> StampTo {
    StampTo {
        kind: StampKind::Baseline,
        ..StampTo::from(revision)
    }
}

pub(super) fn run(
    command: &Baseline,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let target = session.target_with(|overrides| command.lock.lay_over(overrides))?;
    let migrator = session.migrator(&target)?;
    let dry_run = session.global.dry_run;
    let mut text = String::new();
    let mut created = None;
    let revision = match (&command.create, &command.revision) {
        (Some(message), _) => {
            // A database that has a history already is told before a script is written.
            migrator.plan_stamp(to("base"))?;
            match dry_run {
                true => "head".to_owned(),
                false => {
                    let script = migrator.create_migration(NewMigration::new(message))?;
                    text.push_str(&format!("created {}\n", shown(&script.path)));
                    let id = script.revision.id.to_string();
                    created = Some(script.path);
                    id
                }
            }
        }
        (None, Some(revision)) => revision.clone(),
        (None, None) => return Err(Failure::usage("name a revision, or --create one")),
    };
    let change = match (dry_run, &command.create) {
        (true, Some(_)) if session.scripts()?.iter().len() == 0 => {
            migrator.plan_stamp(to("base"))?
        }
        (true, _) => migrator.plan_stamp(to(&revision))?,
        (false, _) => watched(migrator, &target, *output).stamp(to(&revision))?,
    };
    let would = if dry_run { "would be " } else { "" };
    for id in &change.insert {
        text.push_str(&format!("{id} {would}recorded as the baseline\n"));
    }
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "dry_run": dry_run,
        "created": created,
        "recorded": change.insert,
    });
    output.result(&document, &text)
}
