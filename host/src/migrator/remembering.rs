//! Builds a state in scratch, and remembers what came of it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use dapter_plugin_api::{AdapterError, Notice, Schema, SchemaObject, Severity};

use super::core::Core;
use super::proving::Built;
use super::remembered_file::{RememberedFile, write};
use super::scratch::Scratch;
use crate::autogenerate::{
    Described, DesiredState, Part, Rebuild, Remembered, Statements, Told, by_themselves,
};
use crate::error::MigrationError;
use crate::execute::Event;
use crate::script::Checksum;

type Result<T> = std::result::Result<T, MigrationError>;

/// What the file of something remembered means; another one is of no use.
const FORMAT: u32 = 2;

/// How many statements an adapter is asked about at once: enough for the question to cost nothing, and not too many to copy.
const AT_ONCE: usize = 256;

/// What is known of a state before the database is: that of a server as it was remembered.
pub(super) struct Ahead {
    path: PathBuf,
    file: RememberedFile,
    remembered: Remembered,
    /// What changed since, where anything did.
    changed: Option<Changed>,
}

/// What changed of a state, built.
struct Changed {
    statements: Statements,
    part: Part,
    /// What it stands beside, as it is remembered.
    beside: Schema,
    built: Built,
}

impl Ahead {
    /// Leaves nothing behind, whatever came of the rest: what went wrong there comes first.
    pub(super) async fn end<T>(self, done: Result<T>) -> Result<T> {
        match self.changed {
            Some(changed) => changed.built.scratch.end(done).await,
            None => done,
        }
    }
}

impl Changed {
    /// The state, of which these objects were remembered.
    fn merged(&self, remembered: &Remembered, objects: Vec<SchemaObject>) -> Option<Schema> {
        remembered.merged(objects, &self.part, &self.beside, &self.built.found)
    }
}

impl Core {
    /// Builds what changed of a state since it was remembered, where that is not all of it.
    pub(super) async fn built_ahead(&self, desired: &DesiredState) -> Result<Option<Ahead>> {
        let Some(path) = self.file_for(desired) else {
            return Ok(None);
        };
        let Some((remembered, mut file)) = RememberedFile::open(&path) else {
            return Ok(None);
        };
        let Ok(told) = self.told(desired, &remembered.server).await else {
            return Ok(None);
        };
        let statements = Statements::of(&told);
        let changed = match remembered.rebuild(&statements, &told) {
            Rebuild::Everything => return Ok(None),
            Rebuild::Nothing => None,
            Rebuild::Part(part) => {
                let Some(beside) = beside(&mut file, &part) else {
                    return Ok(None);
                };
                let beside = remembered.server.with(beside);
                let mut scratch = self.scratch().await?;
                match scratch.build_part(&part, &beside, &told).await {
                    Ok(Some(found)) => Some(Changed {
                        statements,
                        part,
                        beside,
                        built: Built { scratch, found },
                    }),
                    other => {
                        scratch.end(other).await?;
                        return Ok(None);
                    }
                }
            }
        };
        Ok(Some(Ahead {
            path,
            file,
            remembered,
            changed,
        }))
    }

    /// What a state looks like once it is built on a server like that of a database, of which no more is built than changed.
    pub(super) async fn state_beside(
        &self,
        desired: &DesiredState,
        current: &Schema,
    ) -> Result<Schema> {
        let ahead = self.built_ahead(desired).await?;
        let (schema, built) = self.built_beside(desired, ahead, current).await?;
        match built {
            Some(built) => built.scratch.end(Ok(schema)).await,
            None => Ok(schema),
        }
    }

    /// What a state looks like once it is built on a server like that of a database, and where that is built which changed.
    pub(super) async fn built_beside(
        &self,
        desired: &DesiredState,
        ahead: Option<Ahead>,
        current: &Schema,
    ) -> Result<(Schema, Option<Built>)> {
        let place = self.place(current);
        match ahead {
            Some(ahead) if ahead.remembered.place == place => {
                let (path, remembered, mut file) = (ahead.path, ahead.remembered, ahead.file);
                let objects = file.objects_beside(current);
                drop(file);
                match (ahead.changed, objects) {
                    (None, Some(objects)) => return Ok((remembered.server.with(objects), None)),
                    (None, None) => {}
                    (Some(changed), objects) => {
                        let merged = objects.and_then(|it| changed.merged(&remembered, it));
                        if let Some(schema) = merged {
                            self.remember(&path, place, changed.statements, &schema);
                            return Ok((schema, Some(changed.built)));
                        }
                        changed.built.scratch.remove().await?;
                    }
                }
            }
            // It was another server.
            Some(ahead) => ahead.end(Ok(())).await?,
            None => {}
        }
        let schema = self.state(desired).await?;
        // What cannot be split was told when it was built.
        if let Some(path) = self.file_for(desired)
            && let Ok(told) = self.told(desired, current).await
        {
            self.remember(&path, place, Statements::of(&told), &schema);
        }
        Ok((schema, None))
    }

    /// Remembers what statements built. That it cannot is told, and is in nobody's way.
    fn remember(&self, path: &Path, place: String, statements: Statements, schema: &Schema) {
        let remembered = Remembered {
            place,
            statements,
            server: schema.with(Vec::new()),
        };
        if let Err(error) = write(path, &remembered, &schema.objects) {
            let message = format!("the models are not remembered: {}: {error}", path.display());
            let notice = Notice {
                severity: Severity::Warning,
                message,
            };
            self.observer.event(&Event::Notice(&notice));
        }
    }

    /// Where a state is remembered, if it is.
    fn file_for(&self, desired: &DesiredState) -> Option<PathBuf> {
        match (desired, &self.settings.scratch_url) {
            (DesiredState::Statements(_) | DesiredState::Described(_), None) => {
                let folder = self.settings.cache.as_deref()?;
                Some(folder.join(self.file_name()))
            }
            // Another server may write otherwise.
            _ => None,
        }
    }

    /// The statements of models, and what they are about, for a server like that of a schema.
    async fn told<'m>(
        &self,
        desired: &'m DesiredState,
        like: &Schema,
    ) -> std::result::Result<Vec<Told<'m>>, AdapterError> {
        let mut texts: Vec<Cow<'m, str>> = Vec::new();
        match desired {
            DesiredState::Statements(files) => {
                for file in files {
                    let found = self.adapter.split(&file.text).await?;
                    let found = found.iter().filter_map(|it| it.text(&file.text));
                    texts.extend(found.map(Cow::Borrowed));
                }
            }
            DesiredState::Inspected(schema) | DesiredState::Described(Described { schema, .. }) => {
                let schema = like.with(schema.objects.clone());
                let made = self.creation(schema, true).await;
                let made = made.map_err(|error| AdapterError::unsupported(&error.to_string()))?;
                texts.extend(made.statements.into_iter().map(Cow::Owned));
            }
        }
        let mut subjects = Vec::with_capacity(texts.len());
        for some in texts.chunks(AT_ONCE) {
            let some: Vec<String> = some.iter().map(|text| text.to_string()).collect();
            subjects.extend(self.adapter.subjects(&some).await?);
        }
        let told = texts.into_iter().zip(subjects);
        Ok(told.map(|(text, subject)| Told { text, subject }).collect())
    }

    /// What is remembered is of use where all this is the same.
    fn place(&self, current: &Schema) -> String {
        let info = self.adapter.info();
        format!(
            "{FORMAT} {} {} {} {} {}",
            env!("CARGO_PKG_VERSION"),
            info.key,
            current.product,
            current.version,
            current.settings
        )
    }

    /// A name for the project and the kind of database.
    fn file_name(&self) -> String {
        let (dialect, url) = (self.adapter.info().dialect(), &self.settings.url);
        let project = format!("{dialect} {url} {:?}", self.settings.directory);
        let checksum = Checksum::of(&project).to_string();
        let digits = checksum.rsplit(':').next().unwrap_or_default();
        format!("{}.json", digits.get(..32).unwrap_or(digits))
    }
}

/// The objects that a part stands beside.
fn beside(file: &mut RememberedFile, part: &Part) -> Option<Vec<SchemaObject>> {
    let chosen = part.beside(&file.outlines()?);
    file.objects(&chosen).map(by_themselves)
}

impl Scratch {
    /// What is there once a part is built beside others; `None` if it cannot be built so.
    async fn build_part(
        &mut self,
        part: &Part,
        beside: &Schema,
        told: &[Told<'_>],
    ) -> Result<Option<Schema>> {
        let beside = self.core.build(beside.clone()).await?;
        let own = part.statements.iter().map(|&at| told[at].text.as_ref());
        for statement in beside.iter().map(String::as_str).chain(own) {
            if self.session.execute(statement).await.is_err() {
                // Whatever it is will be told when everything is built.
                return Ok(None);
            }
        }
        self.inspect().await.map(Some)
    }
}
