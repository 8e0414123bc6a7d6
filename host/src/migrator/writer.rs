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
    /// If what the migration revises cannot be resolved, or the template is wrong.
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
        let id = match migration.id {
            Some(id) => id,
            None => new_id()?,
        };
        let revision = Revision {
            id,
            revises: self.parents(migration.revises.as_deref())?,
            depends_on: migration.depends_on,
            branch_labels: migration.branch_labels,
            message: migration.message,
        };
        self.0
            .check_addition(&revision)
            .map_err(MigrationError::Creation)?;
        Ok(NewScript {
            revision,
            created: created_now(),
            upgrade: String::new(),
            downgrade: String::new(),
        })
    }

    fn parents(&self, revises: Option<&str>) -> Result<Vec<RevisionId>> {
        let none = Applied::none(self.0.graph());
        match revises {
            None if self.0.graph().is_empty() => Ok(Vec::new()),
            None => Ok(vec![resolve_one(&none, &Expression::parse("head")?)?]),
            // All of them, also one that another only depends on: a merge is to leave a single head.
            Some("heads") => Ok(self.0.graph().heads().map(|head| head.id.clone()).collect()),
            Some(expression) => Ok(resolve_many(&none, &Expression::parse(expression)?)?),
        }
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
