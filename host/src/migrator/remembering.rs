//! Builds a state in scratch, and remembers what came of it.

use std::io::Write;
use std::path::{Path, PathBuf};

use dapter_plugin_api::{AdapterError, Notice, Schema, Severity};

use super::core::Core;
use super::scratch::Scratch;
use crate::autogenerate::{Described, DesiredState, Part, Rebuild, Remembered, Told};
use crate::error::MigrationError;
use crate::execute::Event;
use crate::script::Checksum;

type Result<T> = std::result::Result<T, MigrationError>;

/// What the file of something remembered means; another one is of no use.
const FORMAT: u32 = 1;

impl Core {
    /// What a state looks like once it is built on a server like that of a database; what was built before is not built again.
    pub(super) async fn state_beside(
        &self,
        desired: &DesiredState,
        current: &Schema,
    ) -> Result<Schema> {
        let folder = match (desired, &self.settings.scratch_url) {
            (DesiredState::Statements(_) | DesiredState::Described(_), None) => {
                self.settings.cache.as_deref()
            }
            // Another server may write otherwise.
            _ => None,
        };
        let Some(folder) = folder else {
            return self.state(desired).await;
        };
        // What cannot be split is told when it is built.
        let Ok(told) = self.told(desired, current).await else {
            return self.state(desired).await;
        };
        let place = self.place(current);
        let file = folder.join(self.file_name());
        let remembered = read(&file).filter(|remembered| remembered.place == place);
        let known = match remembered {
            Some(remembered) => self.built_in_part(remembered, &told).await?,
            None => None,
        };
        let (schema, is_new) = match known {
            Some(known) => known,
            None => (self.state(desired).await?, true),
        };
        if is_new {
            let remembered = Remembered::of(place, &told, schema);
            if let Err(error) = write(&file, &remembered) {
                let message = format!("the models are not remembered: {}: {error}", file.display());
                let notice = Notice {
                    severity: Severity::Warning,
                    message,
                };
                self.observer.event(&Event::Notice(&notice));
            }
            return Ok(remembered.schema);
        }
        Ok(schema)
    }

    /// The statements of models, and what they are about.
    async fn told(
        &self,
        desired: &DesiredState,
        current: &Schema,
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
                let schema = Schema {
                    objects: schema.objects.clone(),
                    ..current.clone()
                };
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

    /// The state, and whether anything was built; `None` if all of it has to be.
    async fn built_in_part(
        &self,
        remembered: Remembered,
        told: &[Told],
    ) -> Result<Option<(Schema, bool)>> {
        let part = match remembered.rebuild(told) {
            Rebuild::Nothing => return Ok(Some((remembered.schema, false))),
            Rebuild::Everything => return Ok(None),
            Rebuild::Part(part) => part,
        };
        let mut scratch = self.scratch().await?;
        let built = scratch.build_part(&part, told).await;
        let found = scratch.end(built).await?;
        let merged = found.and_then(|found| remembered.merged(&part, &found));
        Ok(merged.map(|schema| (schema, true)))
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
fn write(file: &PathBuf, remembered: &Remembered) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    std::fs::create_dir_all(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(&serde_json::to_vec(remembered)?)?;
    temporary.persist(file)?;
    Ok(())
}
