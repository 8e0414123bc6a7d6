//! `dapter adopt`.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use dapter::adopt::{ALEMBIC_DOCUMENT, ALEMBIC_READER, AdoptError, SourceFile, Tool};
use dapter::diagnostic::Diagnostics;
use dapter::{AdoptHistory, Adopted, Adoption, MigrationError, read_source_folder};
use serde_json::json;

use super::arguments::Lock;
use super::migrate::watched;
use super::output::{Failure, Output};
use super::paths::shown;
use super::programs;
use super::session::Session;
use super::tool;

#[derive(Debug, Args)]
pub(crate) struct Adopt {
    /// Tool to take over from: alembic, atlas, dbmate, diesel, flyway, golang-migrate, goose, prisma, refinery or sqlx
    /// [default: whichever has written the folder]
    pub(crate) tool: Option<Tool>,
    /// Folder of its migrations; for Alembic that of alembic.ini
    #[arg(long, value_name = "FOLDER")]
    pub(crate) from: PathBuf,
    /// Table in which it keeps what is applied [default: the tool's own]
    #[arg(long, value_name = "NAME")]
    pub(crate) table: Option<String>,
    /// Ask no database: write the scripts alone
    #[arg(long, conflicts_with = "table")]
    pub(crate) offline: bool,
    /// Python in which Alembic is installed [default: python3]
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) python: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) lock: Lock,
}

pub(super) fn run(command: &Adopt, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target_with(|overrides| command.lock.lay_over(overrides))?;
    // Before another tool's program is asked for anything.
    tool::refuse_adoption(session)?;
    let (tool, files) = files(command)?;
    let adoption = Adoption {
        tool,
        directory: tool.parse(&files),
        from: command.from.clone(),
        history: match (&command.table, command.offline) {
            (_, true) => AdoptHistory::Offline,
            (Some(table), false) => AdoptHistory::Table(table.clone()),
            (None, false) => AdoptHistory::Usual,
        },
    };
    let migrator = session.migrator(&target)?;
    let dry_run = session.global.dry_run;
    let adopted = match dry_run {
        true => migrator.plan_adoption(&adoption)?,
        false => watched(migrator, &target, *output).adopt(&adoption)?,
    };
    let document = json!({
        "target": target.name,
        "database": target.url.value.to_string(),
        "dry_run": dry_run,
        "tool": tool.name(),
        "written": adopted.written,
        "kept": adopted.kept,
        "table": adopted.table,
        "recorded": adopted.recorded,
        "notes": adopted.notes,
    });
    output.result(&document, &text(&adopted, tool, dry_run))
}

/// The tool and its files; those of Alembic as it renders them itself.
fn files(command: &Adopt) -> Result<(Tool, Vec<SourceFile>), Failure> {
    let from = &command.from;
    if !from.is_dir() {
        return Err(Failure::usage(format!(
            "--from: {} is no folder",
            from.display()
        )));
    }
    let unreadable = |problems: Diagnostics| match command.tool {
        Some(tool) => MigrationError::from(AdoptError::Files { tool, problems }),
        None => MigrationError::Scripts(problems),
    };
    let files = read_source_folder(from).map_err(unreadable)?;
    let tool = match command.tool {
        Some(tool) => tool,
        None => Tool::recognise(&files).map_err(|found| {
            let path = from.clone();
            MigrationError::from(AdoptError::NotRecognised { path, found })
        })?,
    };
    match tool {
        Tool::Alembic => Ok((tool, vec![rendered(command, from)?])),
        _ => Ok((tool, files)),
    }
}

/// What Alembic renders, by the Python that it is installed in.
fn rendered(command: &Adopt, from: &Path) -> Result<SourceFile, Failure> {
    let default = PathBuf::from("python3");
    let python = command.python.as_ref().unwrap_or(&default);
    let hint = "name the Python in which Alembic and the project's packages are installed: --python PROGRAM";
    let mut reader = Command::new(python);
    let ran = programs::run(reader.arg("-c").arg(ALEMBIC_READER).arg(from), hint)?;
    if !ran.status.success() {
        let message = format!("Alembic does not render its revisions: {}", ran.complaint);
        return Err(Failure::refused(message).hint(hint));
    }
    let text = String::from_utf8(ran.output)
        .map_err(|_| Failure::refused("what Alembic renders is not UTF-8"))?;
    Ok(SourceFile {
        path: ALEMBIC_DOCUMENT.to_owned(),
        text,
    })
}

fn text(adopted: &Adopted, tool: Tool, dry_run: bool) -> String {
    let mut text = String::new();
    let would = if dry_run { "would be " } else { "" };
    for path in &adopted.written {
        text.push_str(&format!("{would}created {}\n", shown(path)));
    }
    if adopted.kept > 0 {
        text.push_str(&format!(
            "{} scripts of {tool} were there already\n",
            adopted.kept
        ));
    }
    if let Some(table) = adopted.table.as_ref().filter(|_| adopted.is_new) {
        let count = adopted.recorded.len();
        let written = adopted.written.len() + adopted.kept;
        text.push_str(&format!(
            "{count} of {written} {would}recorded as applied, as {table} says\n"
        ));
    }
    for note in &adopted.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    text
}
