//! Writes new scripts behind those there are.

use std::path::PathBuf;

use dapter_plugin_api::AdapterError;

use super::scripts::Scripts;
use super::settings::NewMigration;
use crate::error::MigrationError;
use crate::execute::{created_now, random_hex};
use crate::revision::{Applied, Expression, Revision, RevisionId, resolve_many, resolve_one};
use crate::script::{NewScript, Script, ScriptError, parse};

type Result<T> = std::result::Result<T, MigrationError>;

/// The hexadecimal digits of a new id.
const ID_DIGITS: usize = 12;

/// Writes new scripts into the directory of those there are; needs no database.
#[derive(Debug)]
pub struct ScriptWriter(Scripts);

impl ScriptWriter {
    /// A writer behind these scripts.
    #[must_use]
    pub fn new(scripts: Scripts) -> Self {
        Self(scripts)
    }

    /// The path and the text that [`write`](Self::write) would write.
    ///
    /// # Errors
    /// If what the migration revises cannot be resolved, the template is wrong, or a tool is to compare its models.
    pub fn preview(&self, migration: NewMigration) -> Result<(PathBuf, String)> {
        let script = self.script(migration)?;
        self.0
            .directory()
            .preview(&script)
            .map_err(MigrationError::Creation)
    }

    /// Writes a new script, which appears whole or not at all and never in place of another.
    ///
    /// # Errors
    /// As [`preview`](Self::preview); if the id is taken, or the file cannot be written.
    pub fn write(&self, migration: NewMigration) -> Result<Script> {
        let script = self.script(migration)?;
        let directory = self.0.directory();
        let (_, text) = directory
            .preview(&script)
            .map_err(MigrationError::Creation)?;
        let path = directory
            .create(&script)
            .map_err(MigrationError::Creation)?;
        parse(&path, &text)
            .map_err(|problems| MigrationError::Creation(ScriptError::Invalid(problems)))
    }

    fn script(&self, migration: NewMigration) -> Result<NewScript> {
        if migration.autogenerate {
            return Err(MigrationError::Creation(ScriptError::NoTool));
        }
        let id = match migration.id {
            Some(id) => id,
            None => new_id()?,
        };
        let parents = self.parents(&migration.revises)?;
        if !migration.splice {
            self.check_heads(&parents)?;
        }
        let revision = Revision {
            id,
            revises: parents,
            depends_on: migration.depends_on,
            branch_labels: migration.branch_labels,
            aliases: Vec::new(),
            message: migration.message,
        };
        self.0
            .check_addition(&revision)
            .map_err(MigrationError::Creation)?;
        Ok(NewScript {
            revision,
            created: created_now(),
            format: migration.format,
            upgrade: migration.upgrade,
            downgrade: migration.downgrade,
        })
    }

    /// What these revision expressions mean as parents of a new revision: `head` if there are none, each parent once.
    ///
    /// # Errors
    /// If one of them cannot be read or resolved.
    pub fn parents(&self, revises: &[String]) -> Result<Vec<RevisionId>> {
        let graph = self.0.graph();
        let none = Applied::none(graph);
        if revises.is_empty() {
            return match graph.is_empty() {
                true => Ok(Vec::new()),
                false => Ok(vec![resolve_one(&none, &Expression::parse("head")?)?]),
            };
        }
        let mut parents: Vec<RevisionId> = Vec::new();
        for expression in revises {
            let found = match expression.as_str() {
                // All of them, also one that another only depends on: a merge is to leave a single head.
                "heads" => graph.heads().map(|head| head.id.clone()).collect(),
                expression => resolve_many(&none, &Expression::parse(expression)?)?,
            };
            for id in found {
                if !parents.contains(&id) {
                    parents.push(id);
                }
            }
        }
        Ok(parents)
    }

    /// Fails for a parent that is no head: a revision behind it starts a branch.
    fn check_heads(&self, parents: &[RevisionId]) -> Result<()> {
        let has_children = |id: &RevisionId| self.0.graph().children(id.as_str()).next().is_some();
        match parents.iter().find(|id| has_children(id)) {
            Some(id) => Err(MigrationError::Creation(ScriptError::NoHead {
                id: id.clone(),
            })),
            None => Ok(()),
        }
    }

    /// Moves a revision, with all that revise it, behind another: its script revises that one from now on. Whether it is
    /// applied anywhere the scripts do not know; one that is must not be moved.
    ///
    /// # Errors
    /// [`ScriptError::CannotMove`] for a merge and for a move behind itself; every error that the graph would have
    /// afterwards; if the script cannot be read or written.
    pub fn rebase(&self, revision: &RevisionId, onto: &RevisionId) -> Result<Script> {
        let graph = self.0.graph();
        let refuse = |reason: String| {
            MigrationError::Script(ScriptError::CannotMove {
                id: revision.clone(),
                reason,
            })
        };
        let script = self
            .0
            .get(revision.as_str())
            .ok_or_else(|| refuse("no script defines it".to_owned()))?;
        if script.revision.revises.len() > 1 {
            return Err(refuse("it is a merge".to_owned()));
        }
        if self.0.descendants(revision).contains(onto) {
            return Err(refuse(format!("{onto} is above it")));
        }
        let moved: Vec<Revision> = graph
            .iter()
            .map(|other| match other.id == *revision {
                true => Revision {
                    revises: vec![onto.clone()],
                    ..other.clone()
                },
                false => other.clone(),
            })
            .collect();
        self.0.check_graph(moved)?;
        let directory = self.0.directory();
        Ok(directory.revise(script, std::slice::from_ref(onto))?)
    }
}

fn new_id() -> Result<RevisionId> {
    let digits =
        random_hex(ID_DIGITS / 2).map_err(|source: AdapterError| MigrationError::Database {
            doing: "make an id".to_owned(),
            source,
        })?;
    Ok(RevisionId::parse(&digits).expect("hexadecimal digits are an id"))
}
