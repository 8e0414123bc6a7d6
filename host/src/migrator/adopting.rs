//! Takes over the directory and the table of another tool.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use dapter_plugin_api::abi::Session;
use dapter_plugin_api::{AppliedRevision, Rows};

use super::core::Core;
use super::scripts::Scripts;
use crate::adopt::{
    AdoptError, Chained, Directory, TableState, Tool, chained, read_state, script_name, script_text,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::MigrationError;
use crate::execute::adopted_row;
use crate::revision::{Revision, RevisionId};
use crate::script::{ScriptDirectory, parse};

type Result<T> = std::result::Result<T, MigrationError>;

/// What is taken over.
#[derive(Debug, Clone)]
pub struct Adoption {
    /// The tool.
    pub tool: Tool,
    /// Where its directory is.
    pub from: PathBuf,
    /// What it holds.
    pub directory: Directory,
    /// The table that says what is applied.
    pub history: AdoptHistory,
}

/// Where it says what is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdoptHistory {
    /// In the tool's own table.
    Usual,
    /// In a table of this name, perhaps with its schema before a dot.
    Table(String),
    /// Nowhere: no database is asked.
    Offline,
}

/// What was taken over, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Adopted {
    /// The scripts that were written.
    pub written: Vec<PathBuf>,
    /// How many were there already, from an adoption before.
    pub kept: usize,
    /// The table that was read, if there was one.
    pub table: Option<String>,
    /// Whether dapter had not been at work in the database: only then anything is recorded.
    pub is_new: bool,
    /// What was recorded as applied, in order.
    pub recorded: Vec<RevisionId>,
    /// What is not taken over, or does not fit.
    pub notes: Vec<String>,
}

/// A script that is to be written.
struct NewFile {
    path: PathBuf,
    text: String,
}

/// What a table says, by the revisions that its rows became.
struct TakenOver {
    table: String,
    applied: Vec<(RevisionId, String)>,
    warnings: Vec<String>,
}

impl Core {
    /// What [`adopt_from`](Self::adopt_from) would do.
    pub(super) async fn plan_adoption(&self, adoption: &Adoption) -> Result<Adopted> {
        self.refuse_driven()?;
        let scripts = self.scripts_or_none().await?;
        let chain = self.chain(adoption, scripts.as_ref())?;
        let files = self.new_files(adoption, &chain, scripts.as_ref())?;
        let mut adopted = summary(adoption, &chain, &files);
        if let Some(mut session) = self.session_for(adoption).await? {
            let taken = self.taken_over(adoption, &chain, &mut session).await?;
            let is_new = self.is_new(&mut session).await?;
            adopted.tell(taken, is_new);
        }
        Ok(adopted)
    }

    /// Writes a script for each migration that has none yet, and records what the other tool has applied. Its table is
    /// only read.
    pub(super) async fn adopt_from(&self, adoption: &Adoption) -> Result<Adopted> {
        self.refuse_driven()?;
        let scripts = self.scripts_or_none().await?;
        let chain = self.chain(adoption, scripts.as_ref())?;
        let files = self.new_files(adoption, &chain, scripts.as_ref())?;
        let mut adopted = summary(adoption, &chain, &files);
        let mut session = self.session_for(adoption).await?;
        let taken = match &mut session {
            Some(session) => self.taken_over(adoption, &chain, session).await?,
            None => None,
        };
        self.init().await?;
        let directory = self.directory()?;
        for file in &files {
            let written = directory.write(&file.path, &file.text);
            written.map_err(MigrationError::Creation)?;
        }
        if let Some(mut session) = session {
            let is_new = self.is_new(&mut session).await?;
            if let (true, Some(taken)) = (is_new, &taken) {
                self.record(session, taken).await?;
            }
            adopted.tell(taken, is_new);
        }
        Ok(adopted)
    }

    /// Refuses where scripts of dapter's have nobody who would run them.
    fn refuse_driven(&self) -> Result<()> {
        match self.has_tool() {
            true => Err(AdoptError::Driven.into()),
            false => Ok(()),
        }
    }

    fn directory(&self) -> Result<ScriptDirectory> {
        let extension = &self.adapter.info().extension;
        Ok(ScriptDirectory::open(
            self.settings.directory.folder()?,
            extension,
        )?)
    }

    /// The scripts there are, if the directory was made before.
    async fn scripts_or_none(&self) -> Result<Option<Scripts>> {
        match self.directory() {
            Ok(_) => self.scripts().await.map(Some),
            Err(_) => Ok(None),
        }
    }

    fn chain<'a>(
        &self,
        adoption: &'a Adoption,
        scripts: Option<&Scripts>,
    ) -> Result<Vec<Chained<'a>>> {
        let tool = adoption.tool;
        let directory = &adoption.directory;
        let problems = |problems: &[Diagnostic]| {
            let in_folder = |problem: &Diagnostic| Diagnostic {
                path: adoption.from.join(&problem.path),
                ..problem.clone()
            };
            MigrationError::Adoption(AdoptError::Files {
                tool,
                problems: Diagnostics(problems.iter().map(in_folder).collect()),
            })
        };
        if !directory.problems.is_empty() {
            return Err(problems(&directory.problems));
        }
        if directory.migrations.is_empty() {
            let path = adoption.from.clone();
            return Err(AdoptError::Nothing { path, tool }.into());
        }
        let known: HashSet<RevisionId> = scripts
            .into_iter()
            .flat_map(|scripts| scripts.iter().map(|script| script.revision.id.clone()))
            .collect();
        chained(tool, &directory.migrations, &known).map_err(|found| problems(&found))
    }

    /// The scripts of those that have none yet, each checked, and the graph that they make with the others.
    fn new_files(
        &self,
        adoption: &Adoption,
        chain: &[Chained<'_>],
        scripts: Option<&Scripts>,
    ) -> Result<Vec<NewFile>> {
        let info = self.adapter.info();
        let versions = self.settings.directory.folder()?.join("versions");
        let is_new = |link: &&Chained<'_>| {
            scripts.is_none_or(|scripts| scripts.get(link.revision.id.as_str()).is_none())
        };
        let mut problems = Vec::new();
        let mut files = Vec::new();
        for link in chain.iter().filter(is_new) {
            let text = script_text(link, adoption.tool, &info.comment);
            let source = adoption.from.join(&link.migration.file);
            if let Err(found) = parse(&source, &text) {
                // Lines of the script are not those of the file.
                problems.extend(found.0.into_iter().map(|problem| Diagnostic {
                    line: None,
                    ..problem
                }));
            }
            files.push(NewFile {
                path: versions.join(script_name(link, &info.extension)),
                text,
            });
        }
        if !problems.is_empty() {
            let tool = adoption.tool;
            let problems = Diagnostics(problems);
            return Err(AdoptError::Files { tool, problems }.into());
        }
        let there = scripts
            .into_iter()
            .flat_map(|scripts| scripts.graph().iter().cloned());
        let new = chain
            .iter()
            .filter(is_new)
            .map(|link| link.revision.clone());
        let all: Vec<Revision> = there.chain(new).collect();
        Scripts::check_graph_of(&versions, all).map_err(MigrationError::Creation)?;
        Ok(files)
    }

    async fn session_for(&self, adoption: &Adoption) -> Result<Option<Session>> {
        match adoption.history {
            AdoptHistory::Offline => Ok(None),
            AdoptHistory::Usual | AdoptHistory::Table(_) => self.connect().await.map(Some),
        }
    }

    /// Whether dapter has not been at work in the database yet.
    async fn is_new(&self, session: &mut Session) -> Result<bool> {
        let history = self.read(session).await?;
        Ok(history.rows.is_empty() && self.log(session).await?.is_empty())
    }

    /// The tool's table, if it is there: its name and its rows.
    pub(super) async fn foreign_table(
        &self,
        session: &mut Session,
        tool: Tool,
        table: Option<&str>,
    ) -> Result<Option<(String, Rows)>> {
        let names = match table {
            Some(table) => vec![table.to_owned()],
            None => tool.tables(),
        };
        for name in names {
            let read = session.read_foreign(&name).await;
            let rows =
                read.map_err(|error| self.database(&format!("read the table {name} of"), error))?;
            if let Some(rows) = rows {
                return Ok(Some((name, rows)));
            }
        }
        Ok(None)
    }

    async fn taken_over(
        &self,
        adoption: &Adoption,
        chain: &[Chained<'_>],
        session: &mut Session,
    ) -> Result<Option<TakenOver>> {
        let named = match &adoption.history {
            AdoptHistory::Table(table) => Some(table.as_str()),
            AdoptHistory::Usual | AdoptHistory::Offline => None,
        };
        let found = self.foreign_table(session, adoption.tool, named).await?;
        let Some((table, rows)) = found else {
            return match named {
                Some(table) => {
                    let (table, reasons) = (table.to_owned(), vec!["it is not there".to_owned()]);
                    Err(AdoptError::Table { table, reasons }.into())
                }
                None => Ok(None),
            };
        };
        let TableState {
            applied,
            refusals,
            warnings,
        } = read_state(adoption.tool, &rows, &adoption.directory);
        if !refusals.is_empty() {
            let reasons = refusals;
            return Err(AdoptError::Table { table, reasons }.into());
        }
        let at: HashMap<String, String> =
            applied.into_iter().map(|row| (row.key, row.at)).collect();
        let applied = chain.iter().filter_map(|link| {
            let at = at.get(&link.migration.key)?;
            Some((link.revision.id.clone(), at.clone()))
        });
        Ok(Some(TakenOver {
            table,
            applied: applied.collect(),
            warnings,
        }))
    }

    /// Records as applied what the other tool has applied, in the order of the graph.
    async fn record(&self, session: Session, taken: &TakenOver) -> Result<()> {
        let scripts = self.scripts().await?;
        let at: HashMap<&RevisionId, &str> = taken
            .applied
            .iter()
            .map(|(id, at)| (id, at.as_str()))
            .collect();
        let ordered = scripts.graph().topological();
        let rows: Vec<AppliedRevision> = ordered
            .filter_map(|revision| at.get(&revision.id).zip(scripts.get(revision.id.as_str())))
            .zip(1..)
            .map(|((at, script), position)| {
                adopted_row(script, position, at, &self.settings.identity)
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let mut session = session;
        let history = self.read(&mut session).await?;
        let _running = self.interrupt.while_running(session.canceller());
        let context = self.context();
        let mut locked = self.acquire(session, &history, &context).await?;
        let result = async {
            let mut history = self.read(locked.session()).await?;
            // Somebody else may have been faster.
            if !history.rows.is_empty() {
                return Ok(());
            }
            history.rows = rows;
            self.adopt(&mut locked, &mut history, &taken.table).await
        }
        .await;
        self.give_back(locked, &context, result).await
    }
}

fn summary(adoption: &Adoption, chain: &[Chained<'_>], files: &[NewFile]) -> Adopted {
    Adopted {
        written: files.iter().map(|file| file.path.clone()).collect(),
        kept: chain.len() - files.len(),
        notes: adoption.directory.notes.clone(),
        ..Adopted::default()
    }
}

impl Adopted {
    /// What became of the table, in a database that dapter has not been at work in, or has.
    fn tell(&mut self, taken: Option<TakenOver>, is_new: bool) {
        let Some(taken) = taken else {
            self.notes.push(
                "the database has no table of the other tool: nothing is recorded as applied"
                    .to_owned(),
            );
            return;
        };
        self.notes.extend(taken.warnings);
        self.table = Some(taken.table);
        self.is_new = is_new;
        match is_new {
            true => self.recorded = taken.applied.into_iter().map(|(id, _)| id).collect(),
            false => self
                .notes
                .push("dapter's own history is there already, and is left as it is".to_owned()),
        }
    }
}
