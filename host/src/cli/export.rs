//! `dapter export`.

use std::path::PathBuf;

use clap::Args;
use dapter::adopt::Tool;
use dapter::{Export as Order, ExportHistory, Exported};
use serde_json::json;

use super::arguments::Lock;
use super::migrate::watched;
use super::output::{Failure, Output};
use super::paths::shown;
use super::session::Session;

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Tool to write for: alembic, atlas, dbmate, diesel, flyway, golang-migrate, goose, prisma, refinery or sqlx
    pub(crate) tool: Tool,
    /// Folder to write into, an empty or a new one; for Alembic its `versions`
    #[arg(long, value_name = "FOLDER")]
    pub(crate) to: PathBuf,
    /// Tell its table too what is applied, so that it finds nothing to do
    #[arg(long)]
    pub(crate) history: bool,
    /// Table in which it keeps what is applied [default: the tool's own]
    #[arg(long, value_name = "NAME", requires = "history")]
    pub(crate) table: Option<String>,
    #[command(flatten)]
    pub(crate) lock: Lock,
}

pub(super) fn run(command: &Export, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target_with(|overrides| command.lock.lay_over(overrides))?;
    let order = Order {
        tool: command.tool,
        to: command.to.clone(),
        history: match (&command.table, command.history) {
            (Some(table), _) => ExportHistory::Table(table.clone()),
            (None, true) => ExportHistory::Usual,
            (None, false) => ExportHistory::Left,
        },
    };
    let migrator = session.migrator(&target)?;
    let dry_run = session.global.dry_run;
    let exported = match dry_run {
        true => migrator.plan_export(&order)?,
        false => watched(migrator, &target, *output).export(&order)?,
    };
    let table = exported
        .table
        .as_ref()
        .map(|(name, removed, added)| json!({ "name": name, "removed": removed, "added": added }));
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "dry_run": dry_run,
        "tool": command.tool.name(),
        "written": exported.written,
        "table": table,
        "notes": exported.notes,
    });
    output.result(&document, &text(&exported, dry_run))
}

fn text(exported: &Exported, dry_run: bool) -> String {
    let mut text = String::new();
    let would = if dry_run { "would be " } else { "" };
    for path in &exported.written {
        text.push_str(&format!("{would}created {}\n", shown(path)));
    }
    if let Some((table, removed, added)) = &exported.table {
        text.push_str(&match removed + added {
            0 => format!("{table} says what is applied already\n"),
            _ => format!("{table}: {removed} rows {would}removed, {added} added\n"),
        });
    }
    for note in &exported.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    text
}
