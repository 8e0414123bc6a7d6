//! Writes the scripts in another tool's format, and tells its table what is applied.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use dapter_plugin_api::{Capability, ForeignChange, History, RevisionState};

use super::core::Core;
use super::planning;
use super::portable::Basis;
use super::scripts::Scripts;
use crate::adopt::{AdoptError, Migration, Tool};
use crate::error::MigrationError;
use crate::execute::Locked;
use crate::export::{
    AppliedHere, ExportedFiles, Outgoing, Section, applied_here, export, table_change,
};
use crate::plan::Direction;
use crate::revision::{Applied, Revision};
use crate::script::{ScriptBody, ScriptError, ScriptTransaction};

type Result<T> = std::result::Result<T, MigrationError>;

/// What is given to another tool.
#[derive(Debug, Clone)]
pub struct Export {
    /// The tool.
    pub tool: Tool,
    /// The folder to write into; it is made, or must be empty.
    pub to: PathBuf,
    /// Whether the tool's table is told what is applied.
    pub history: ExportHistory,
}

/// Whether the tool's table is told what is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportHistory {
    /// No database is asked.
    Left,
    /// The tool's own table is.
    Usual,
    /// A table of this name is, perhaps with its schema before a dot.
    Table(String),
}

/// What was written, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exported {
    /// The files.
    pub written: Vec<PathBuf>,
    /// The table that was told, with the number of rows that went and that came.
    pub table: Option<(String, usize, usize)>,
    /// What is left out.
    pub notes: Vec<String>,
}

/// Scripts in the other tool's words.
struct Ready {
    scripts: Scripts,
    outgoing: Vec<Outgoing>,
    files: ExportedFiles,
}

impl Core {
    /// What [`export_to`](Self::export_to) would do.
    pub(super) async fn plan_export(&self, order: &Export) -> Result<Exported> {
        let ready = self.ready(order).await?;
        let mut exported = summary(order, &ready);
        if order.history != ExportHistory::Left {
            let mut session = self.connect().await?;
            let history = self.read(&mut session).await?;
            let change = self.change(order, &ready, &history, &mut session).await?;
            exported.tell(&change);
        }
        Ok(exported)
    }

    /// Writes the files, and tells the tool's table what is applied.
    pub(super) async fn export_to(&self, order: &Export) -> Result<Exported> {
        let ready = self.ready(order).await?;
        let mut exported = summary(order, &ready);
        if order.history == ExportHistory::Left {
            write(&order.to, &ready.files)?;
            return Ok(exported);
        }
        let mut session = self.connect().await?;
        let history = self.read(&mut session).await?;
        let _running = self.interrupt.while_running(session.canceller());
        let context = self.context();
        let mut locked = self.acquire(session, &history, &context).await?;
        let result = self.export_locked(order, &ready, &mut locked).await;
        exported.tell(&self.give_back(locked, &context, result).await?);
        Ok(exported)
    }

    async fn export_locked(
        &self,
        order: &Export,
        ready: &Ready,
        locked: &mut Locked,
    ) -> Result<ForeignChange> {
        let session = locked.session();
        let history = self.read(session).await?;
        let change = self.change(order, ready, &history, session).await?;
        write(&order.to, &ready.files)?;
        let failed = |error| self.database(&format!("write the table {} of", change.table), error);
        // What makes a table may end a transaction, so the table is made before one begins.
        let table = ForeignChange {
            remove: Vec::new(),
            insert: Vec::new(),
            ..change.clone()
        };
        session.write_foreign(&table).await.map_err(failed)?;
        let in_transaction = session.has(Capability::Transactions);
        if in_transaction {
            session.begin().await.map_err(failed)?;
        }
        let written = session.write_foreign(&change).await;
        if in_transaction {
            match &written {
                Ok(()) => session.commit().await.map_err(failed)?,
                // The error of the writing is the one that matters; the session's end undoes it too.
                Err(_) => drop(session.rollback().await),
            }
        }
        written.map_err(failed)?;
        Ok(change)
    }

    async fn ready(&self, order: &Export) -> Result<Ready> {
        let scripts = self.scripts().await?;
        let mut bodies = Vec::new();
        for revision in scripts.graph().topological() {
            let Some(script) = scripts.get(revision.id.as_str()) else {
                continue;
            };
            bodies.push((revision, scripts.directory().read_body(script)?));
        }
        let (revisions, bodies): (Vec<_>, Vec<_>) = bodies.into_iter().unzip();
        let basis = Basis::Scripts(&[], &scripts);
        let bodies = self.rendered_both_ways(bodies, basis).await?;
        let mut outgoing = Vec::new();
        for (revision, body) in revisions.into_iter().zip(&bodies) {
            outgoing.push(self.outgoing(revision, body).await?);
        }
        if outgoing.is_empty() {
            let path = scripts.directory().versions().to_owned();
            return Err(AdoptError::NoScripts { path }.into());
        }
        let files = export(order.tool, &outgoing)?;
        let in_the_way = in_the_way(&order.to)?;
        if !in_the_way.is_empty() {
            let (path, files) = (order.to.clone(), in_the_way);
            return Err(AdoptError::InTheWay { path, files }.into());
        }
        Ok(Ready {
            scripts,
            outgoing,
            files,
        })
    }

    async fn outgoing(&self, revision: &Revision, body: &ScriptBody) -> Result<Outgoing> {
        let dialect = self.adapter.info().dialect();
        let script = body.script();
        let downgrade = match script.irreversible {
            Some(_) => None,
            None => {
                script.downgrade_for(dialect)?;
                Some(self.section(body, Direction::Downgrade).await?)
            }
        };
        Ok(Outgoing {
            revision: revision.clone(),
            path: script.path.clone(),
            created: script.created.clone(),
            upgrade: self.section(body, Direction::Upgrade).await?,
            downgrade,
        })
    }

    async fn section(&self, body: &ScriptBody, direction: Direction) -> Result<Section> {
        let options = self.settings.connect_options();
        let planned = planning::statements(body, &self.adapter, &options, direction).await?;
        let statements = planned.iter().map(|statement| statement.text.to_string());
        let dialect = self.adapter.info().dialect();
        let script = body.script();
        let (section, parts) = match direction {
            Direction::Upgrade => (script.upgrade_for(dialect)?, body.upgrade_for(dialect)?),
            Direction::Downgrade => (script.downgrade_for(dialect)?, body.downgrade_for(dialect)?),
        };
        let end = parts.last().map_or(0, |part| part.start + part.text.len());
        let texts: Vec<_> = parts.iter().map(|part| (part.kind, part.text)).collect();
        let is_followed = end < body.text().len();
        Ok(Section {
            statements: statements.collect(),
            alone: script.transaction_of(section) == ScriptTransaction::None,
            ..Section::new(&texts, is_followed)
        })
    }

    /// What must change in the tool's table.
    async fn change(
        &self,
        order: &Export,
        ready: &Ready,
        history: &History,
        session: &mut dapter_plugin_api::abi::Session,
    ) -> Result<ForeignChange> {
        let applied = applied_migrations(order.tool, ready, history)?;
        let named = match &order.history {
            ExportHistory::Table(table) => Some(table.as_str()),
            ExportHistory::Left | ExportHistory::Usual => None,
        };
        let there = self.foreign_table(session, order.tool, named).await?;
        let default = || named.unwrap_or(order.tool.table()).to_owned();
        let (table, rows) = match there {
            Some((table, rows)) => (table, Some(rows)),
            None => (default(), None),
        };
        Ok(table_change(order.tool, &table, rows.as_ref(), &applied))
    }
}

/// The applied revisions in the tool's words.
fn applied_migrations(tool: Tool, ready: &Ready, history: &History) -> Result<Vec<AppliedHere>> {
    let half_done = history
        .rows
        .iter()
        .find(|row| row.state != RevisionState::Applied);
    if let Some(row) = half_done {
        let reasons = vec![format!(
            "{} is half done: finish or repair it first",
            row.revision
        )];
        return Err(AdoptError::Inexpressible { tool, reasons }.into());
    }
    let (_, unknown) = Applied::split(ready.scripts.graph(), &planning::applied_ids(history)?);
    if !unknown.is_empty() {
        let reason = |id| format!("{id} is applied, and no script is its");
        let reasons = unknown.iter().map(reason).collect();
        return Err(AdoptError::Inexpressible { tool, reasons }.into());
    }
    let at: HashMap<usize, String> = (ready.outgoing.iter().enumerate())
        .filter_map(|(position, script)| {
            let row = history.row(script.revision.id.as_str())?;
            Some((position, row.applied_at.clone()))
        })
        .collect();
    if tool == Tool::Alembic {
        return Ok(heads(ready, history));
    }
    let statements: Vec<usize> = ready
        .outgoing
        .iter()
        .map(|script| script.upgrade.statements.len())
        .collect();
    Ok(applied_here(&ready.files.directory, &at, &statements))
}

/// What Alembic keeps: the applied revisions on which no applied one stands.
fn heads(ready: &Ready, history: &History) -> Vec<AppliedHere> {
    let graph = ready.scripts.graph();
    let applied: HashSet<&str> = history
        .rows
        .iter()
        .map(|row| row.revision.as_str())
        .collect();
    let is_head = |id: &str| {
        !graph
            .dependents(id)
            .any(|above| applied.contains(above.id.as_str()))
    };
    let head = |id: &&str| AppliedHere {
        migration: Migration {
            key: (*id).to_owned(),
            ..Migration::default()
        },
        at: String::new(),
        statements: 0,
        is_head: true,
    };
    applied.iter().filter(|id| is_head(id)).map(head).collect()
}

fn summary(order: &Export, ready: &Ready) -> Exported {
    Exported {
        written: ready
            .files
            .files
            .iter()
            .map(|file| order.to.join(&file.path))
            .collect(),
        notes: ready.files.notes.clone(),
        table: None,
    }
}

impl Exported {
    fn tell(&mut self, change: &ForeignChange) {
        self.table = Some((
            change.table.clone(),
            change.remove.len(),
            change.insert.len(),
        ));
    }
}

/// How many files that are in the way are named.
const SHOWN: usize = 5;

/// The names of what a folder holds that is to be written into.
fn in_the_way(folder: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.and_then(Iterator::collect::<std::io::Result<Vec<_>>>),
    };
    let entries = entries.map_err(|source| io_error("read", folder, source))?;
    let names = entries
        .iter()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort_unstable();
    names.truncate(SHOWN);
    Ok(names)
}

fn write(folder: &Path, files: &ExportedFiles) -> Result<()> {
    for file in &files.files {
        let path = folder.join(&file.path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|source| io_error("make", parent, source))?;
        fs::write(&path, &file.text).map_err(|source| io_error("write", &path, source))?;
    }
    Ok(())
}

fn io_error(action: &'static str, path: &Path, source: std::io::Error) -> MigrationError {
    let path = path.to_owned();
    MigrationError::Script(ScriptError::Io {
        action,
        path,
        source,
    })
}
