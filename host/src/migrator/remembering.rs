//! Builds a state in scratch, and remembers what came of it.

use std::io::Write;
use std::path::{Path, PathBuf};

use dapter_plugin_api::{AdapterError, Notice, Schema, Severity};

use super::core::Core;
use super::proving::Built;
use super::scratch::Scratch;
use crate::autogenerate::{Described, DesiredState, Part, Rebuild, Remembered, Told};
use crate::error::MigrationError;
use crate::execute::Event;
use crate::script::Checksum;

type Result<T> = std::result::Result<T, MigrationError>;

/// What the file of something remembered means; another one is of no use.
const FORMAT: u32 = 1;

/// What is known of a state before the database is: that of a server as it was remembered.
pub(super) struct Ahead {
    file: PathBuf,
    remembered: Remembered,
    told: Vec<Told>,
    /// What changed since, where anything did.
    changed: Option<(Part, Built)>,
}

impl Ahead {
    /// Leaves nothing behind, whatever came of the rest: what went wrong there comes first.
    pub(super) async fn end<T>(self, done: Result<T>) -> Result<T> {
        match self.changed {
            Some((_, built)) => built.scratch.end(done).await,
            None => done,
        }
    }
}

impl Core {
    /// Builds what changed of a state since it was remembered, where that is not all of it.
    pub(super) async fn built_ahead(&self, desired: &DesiredState) -> Result<Option<Ahead>> {
        let Some(file) = self.file_for(desired) else {
            return Ok(None);
        };
        let Some(remembered) = read(&file) else {
            return Ok(None);
        };
        let Ok(told) = self.told(desired, &remembered.schema).await else {
            return Ok(None);
        };
        let changed = match remembered.rebuild(&told) {
            Rebuild::Everything => return Ok(None),
            Rebuild::Nothing => None,
            Rebuild::Part(part) => {
                let mut scratch = self.scratch().await?;
                match scratch.build_part(&part, &told).await {
                    Ok(Some(found)) => Some((part, Built { scratch, found })),
                    other => {
                        scratch.end(other).await?;
                        return Ok(None);
                    }
                }
            }
        };
        Ok(Some(Ahead {
            file,
            remembered,
            told,
            changed,
        }))
    }

    /// What a state looks like once it is built on a server like that of a database, and where that is built which changed.
    pub(super) async fn state_beside(
        &self,
        desired: &DesiredState,
        ahead: Option<Ahead>,
        current: &Schema,
    ) -> Result<(Schema, Option<Built>)> {
        let place = self.place(current);
        match ahead {
            Some(ahead) if ahead.remembered.place == place => {
                let Some((part, built)) = ahead.changed else {
                    return Ok((ahead.remembered.schema, None));
                };
                if let Some(schema) = ahead.remembered.merged(&part, &built.found) {
                    let schema = self.remember(&ahead.file, place, &ahead.told, schema);
                    return Ok((schema, Some(built)));
                }
                built.scratch.remove().await?;
            }
            // It was another server.
            Some(ahead) => ahead.end(Ok(())).await?,
            None => {}
        }
        let schema = self.state(desired).await?;
        let Some(file) = self.file_for(desired) else {
            return Ok((schema, None));
        };
        // What cannot be split was told when it was built.
        match self.told(desired, current).await {
            Ok(told) => Ok((self.remember(&file, place, &told, schema), None)),
            Err(_) => Ok((schema, None)),
        }
    }

    /// Remembers what statements built. That it cannot is told, and is in nobody's way.
    fn remember(&self, file: &Path, place: String, told: &[Told], schema: Schema) -> Schema {
        let remembered = Remembered::of(place, told, schema);
        if let Err(error) = write(file, &remembered) {
            let message = format!("the models are not remembered: {}: {error}", file.display());
            let notice = Notice {
                severity: Severity::Warning,
                message,
            };
            self.observer.event(&Event::Notice(&notice));
        }
        remembered.schema
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
    async fn told(
        &self,
        desired: &DesiredState,
        like: &Schema,
    ) -> std::result::Result<Vec<Told>, AdapterError> {
        let mut texts = Vec::new();
        match desired {
            DesiredState::Statements(files) => {
                for file in files {
                    let found = self.adapter.split(&file.text).await?;
                    let found = found.iter().filter_map(|it| it.text(&file.text));
                    texts.extend(found.map(str::to_owned));
                }
            }
            DesiredState::Inspected(schema) | DesiredState::Described(Described { schema, .. }) => {
                let schema = like.with(schema.objects.clone());
                let made = self.creation(schema, true).await;
                let made = made.map_err(|error| AdapterError::unsupported(&error.to_string()))?;
                texts = made.statements;
            }
        }
        let subjects = self.adapter.subjects(&texts).await?;
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

impl Scratch {
    /// What is there once a part is built; `None` if it cannot be built by itself.
    async fn build_part(&mut self, part: &Part, told: &[Told]) -> Result<Option<Schema>> {
        let beside = self.core.build(part.beside.clone()).await?;
        let own = part.statements.iter().map(|&at| &told[at].text);
        for statement in beside.iter().chain(own) {
            if self.session.execute(statement).await.is_err() {
                // Whatever it is will be told when everything is built.
                return Ok(None);
            }
        }
        self.inspect().await.map(Some)
    }
}

/// What a file remembers. One that cannot be read is as good as none.
fn read(file: &Path) -> Option<Remembered> {
    let bytes = std::fs::read(file).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Writes a file, whole or not at all.
fn write(file: &Path, remembered: &Remembered) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    std::fs::create_dir_all(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(&serde_json::to_vec(remembered)?)?;
    temporary.persist(file)?;
    Ok(())
}
