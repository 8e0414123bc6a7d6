//! What leads from a database to its models, proven in scratch.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{AdapterError, Operation, Rendered, Rendering, Schema};

use super::core::{Core, Known};
use super::former_names::with_former_names;
use super::planning;
use super::proving::{Built, Ways, first_line};
use super::remembering::Ahead;
use super::scratch::Scratch;
use super::scripts::Scripts;
use crate::autogenerate::{
    AutogenerateError, DesiredState, Generated, ModelFile, Unwritable, are_whole, section,
    terminated, without_others,
};
use crate::diff::{
    Filter, Rename, RenameCandidates, aligned, creations, diff, losses, rename_candidates, reversed,
};
use crate::error::{HistoryError, MigrationError};
use crate::execute::offload;
use crate::plan::Direction;
use crate::revision::{Applied, Expression, RevisionId, resolve_many};
use crate::script::{ScriptFormat, place_behind};

type Result<T> = std::result::Result<T, MigrationError>;

/// What is compared, and how the difference is written.
#[derive(Debug, Clone, Default)]
pub struct AutogenerateOptions {
    /// What has another name now.
    pub renames: Vec<Rename>,
    /// What had another name once, as models say, beyond what those say that are compared: of these those that nothing is
    /// called by any more are passed over.
    pub former_names: Vec<Rename>,
    /// Which objects are looked at.
    pub filter: Filter,
    /// Whether the statements let others go on working, as far as there are such.
    pub online: bool,
    /// What the script is written in.
    pub format: ScriptFormat,
}

/// What one way of a script does, and its text.
pub(super) struct WrittenSection {
    pub(super) rendered: Rendered,
    pub(super) text: String,
}

impl Core {
    /// What the database is built of.
    pub(super) async fn inspect(&self) -> Result<Schema> {
        let mut session = self.connect().await?;
        let found = session.inspect().await;
        found.map_err(|error| self.database("inspect", error))
    }

    /// What leads from the database, which no script is pending for, to a state.
    ///
    /// The database is looked at while the models are read, and while what changed of them is built.
    pub(super) async fn autogenerate<E: From<MigrationError>>(
        &self,
        models: impl Future<Output = std::result::Result<DesiredState, E>>,
        options: &AutogenerateOptions,
    ) -> std::result::Result<Generated, E> {
        let core = self.clone();
        let current = offload(move || block_on(async move { core.current_state().await }));
        let models = models.await;
        let ahead = match &models {
            Ok(models) => self.built_ahead(models).await,
            Err(_) => Ok(None),
        };
        let current = match current.await {
            Ok(current) => current,
            Err(error) => {
                let failed = match ahead {
                    Ok(Some(ahead)) => ahead.end(Err(error)).await,
                    _ => Err(error),
                };
                return Ok(failed?);
            }
        };
        let (models, ahead) = (models?, ahead?);
        let generated = self.leading_to(models, ahead, current, options).await?;
        Ok(generated)
    }

    /// What the database is built of, for which no script is pending.
    async fn current_state(&self) -> Result<Schema> {
        let (scripts, mut session, known) = self.open().await?;
        self.nothing_is_pending(&scripts, &known)?;
        let current = session.inspect().await;
        current.map_err(|error| self.database("inspect", error))
    }

    async fn leading_to(
        &self,
        models: DesiredState,
        ahead: Option<Ahead>,
        current: Schema,
        options: &AutogenerateOptions,
    ) -> Result<Generated> {
        let described = match &models {
            DesiredState::Described(described) => described.schema.clone(),
            _ => Schema::default(),
        };
        let (desired, mut built) = self.built_beside(&models, ahead, &current).await?;
        let mut options = options.clone();
        let generated = async {
            let former_names = self.former_names(&models, &desired).await?;
            options.former_names.extend(former_names);
            self.between_described(current, desired, described, built.as_mut(), &options)
                .await
        }
        .await;
        match built {
            Some(built) => built.scratch.end(generated).await,
            None => generated,
        }
    }

    /// A new script comes behind all others, so these must be applied.
    pub(super) fn nothing_is_pending(&self, scripts: &Scripts, known: &Known) -> Result<()> {
        let heads = Expression::parse("heads")?;
        let direction = Direction::Upgrade;
        let pending = match scripts.graph().is_empty() {
            true => Vec::new(),
            false => planning::path(known, scripts, direction, &heads, &self.settings)?,
        };
        match pending.is_empty() {
            true => Ok(()),
            false => Err(AutogenerateError::Pending(pending).into()),
        }
    }

    /// What a state looks like once it is built.
    pub(super) async fn state(&self, desired: &DesiredState) -> Result<Schema> {
        if let DesiredState::Inspected(schema) = desired {
            return Ok(schema.clone());
        }
        let mut scratch = self.scratch().await?;
        let built = async {
            match desired {
                DesiredState::Statements(files) => scratch.build_files(files).await?,
                DesiredState::Described(it) => scratch.build_described(&it.schema).await?,
                DesiredState::Inspected(_) => {}
            }
            scratch.inspect().await
        }
        .await;
        scratch.end(built).await
    }

    /// What leads from one state to another, tried both ways.
    pub(super) async fn between(
        &self,
        current: Schema,
        desired: Schema,
        options: &AutogenerateOptions,
    ) -> Result<Generated> {
        self.between_described(current, desired, Schema::default(), None, options)
            .await
    }

    /// The same to models, as far as they are described.
    async fn between_described(
        &self,
        current: Schema,
        desired: Schema,
        described: Schema,
        built: Option<&mut Built>,
        options: &AutogenerateOptions,
    ) -> Result<Generated> {
        let (current, desired) = (options.filter.of(current), options.filter.of(desired));
        let spelled = match aligned(&current, &desired) {
            Cow::Owned(spelled) => Some(spelled),
            Cow::Borrowed(_) => None,
        };
        let desired = spelled.unwrap_or(desired);
        let (operations, rename_candidates) = self.compared(&current, &desired, options)?;
        if operations.is_empty() {
            return Ok(Generated::default());
        }
        let (upgrade, downgrade) = match options.format {
            ScriptFormat::Adapter => {
                let up = self.rendered(operations.clone(), &current, options);
                let up = self.as_statements(up.await?).await?;
                let down = self.rendered(reversed(&operations), &desired, options);
                (up, self.as_statements(down.await?).await?)
            }
            ScriptFormat::Portable => {
                let states = (&current, &desired);
                self.as_operations(&operations, states, described, options)
                    .await?
            }
        };
        let ways = Ways {
            current: &current,
            desired: &desired,
            operations: &operations,
            upgrade: &upgrade.rendered,
            downgrade: &downgrade.rendered,
        };
        let unproven = self.proven(&ways, built).await?;
        Ok(Generated {
            upgrade_text: upgrade.text,
            downgrade_text: downgrade.text,
            losses: operations.iter().flat_map(losses).collect(),
            rename_candidates,
            operations,
            upgrade: upgrade.rendered.statements,
            downgrade: downgrade.rendered.statements,
            unproven,
        })
    }

    async fn as_statements(&self, rendered: Rendered) -> Result<WrittenSection> {
        Ok(WrittenSection {
            text: self.section_of(&rendered).await?,
            rendered,
        })
    }

    /// What leads from one state to another, and what of it may be renames that nobody was asked about.
    fn compared(
        &self,
        current: &Schema,
        desired: &Schema,
        options: &AutogenerateOptions,
    ) -> Result<(Vec<Operation>, Vec<RenameCandidates>)> {
        let renames = with_former_names(current, desired, options);
        let mut renames = renames.map_err(AutogenerateError::from)?;
        let mut asked = BTreeSet::new();
        loop {
            let operations = diff(current, desired, &renames);
            let operations = operations.map_err(AutogenerateError::from)?;
            let mut candidates = rename_candidates(&operations);
            let Some(choose) = &self.choose_renames else {
                return Ok((operations, candidates));
            };
            candidates.retain(|candidate| !asked.contains(&candidate.from));
            let chosen = match candidates.is_empty() {
                true => Vec::new(),
                false => choose(&candidates),
            };
            if chosen.is_empty() {
                return Ok((operations, Vec::new()));
            }
            // Columns of a table that was renamed can be compared now.
            renames.extend(chosen);
            asked.extend(candidates.into_iter().map(|candidate| candidate.from));
        }
    }

    pub(super) async fn rendered(
        &self,
        operations: Vec<Operation>,
        current: &Schema,
        options: &AutogenerateOptions,
    ) -> Result<Rendered> {
        let rendering = Rendering {
            current: without_others(current, &operations),
            operations,
            online: options.online,
            portable_types: false,
        };
        self.render(rendering).await
    }

    pub(super) async fn render(&self, rendering: Rendering) -> Result<Rendered> {
        let rendered = self.adapter.render(rendering).await;
        Ok(rendered.map_err(AutogenerateError::Render)?)
    }

    /// The statements that build a state from nothing.
    pub(super) async fn creation(
        &self,
        mut schema: Schema,
        portable_types: bool,
    ) -> Result<Rendered> {
        let objects = std::mem::take(&mut schema.objects);
        let rendering = Rendering {
            operations: creations(objects, &schema.rules),
            current: schema,
            online: false,
            portable_types,
        };
        self.render(rendering).await
    }

    /// The statements that build a state in an empty database of the kind.
    pub(super) async fn build(&self, schema: Schema) -> Result<Vec<String>> {
        let rendered = self.creation(schema, false).await?;
        Ok(rendered.statements)
    }

    /// The same as the text of a file, each statement ending as the adapter's client wants it.
    pub(super) async fn build_text(&self, schema: Schema) -> Result<String> {
        let rendered = self.creation(schema, false).await?;
        self.section_of(&rendered).await
    }

    /// What the scripts build up to a revision, in scratch.
    pub(super) async fn schema_at(&self, revision: &str) -> Result<Schema> {
        let scripts = self.scripts().await?;
        let nothing = Applied::none(scripts.graph());
        let heads = resolve_many(&nothing, &Expression::parse(revision)?)?;
        let needed = Applied::from_heads(scripts.graph(), &heads).map_err(HistoryError::from)?;
        self.schema_of(&needed, &scripts).await
    }

    /// What the scripts build that the database says are applied, in scratch.
    pub(super) async fn schema_of_applied(&self) -> Result<Schema> {
        let (scripts, session, known) = self.open().await?;
        drop(session);
        let applied = planning::checked(&known.history, &scripts)?;
        self.schema_of(&applied, &scripts).await
    }

    pub(super) async fn schema_of(
        &self,
        applied: &Applied<'_>,
        scripts: &Scripts,
    ) -> Result<Schema> {
        let order = scripts.graph().topological();
        let ids = order.map(|revision| revision.id.clone());
        let path: Vec<RevisionId> = ids.filter(|id| applied.contains(id.as_str())).collect();
        let mut scratch = self.scratch().await?;
        let built = async {
            scratch.upgrade(&path, scripts).await?;
            scratch.inspect().await
        }
        .await;
        scratch.end(built).await
    }

    /// The statements as the text of a section, which the adapter splits into the very same.
    pub(super) async fn section_of(&self, rendered: &Rendered) -> Result<String> {
        let comment = &self.adapter.info().comment;
        let mut whole = vec![true; rendered.statements.len()];
        // Nearly always they all stay whole, which one question tells.
        if !self.stay_whole(&rendered.statements).await {
            for (is_whole, statement) in whole.iter_mut().zip(rendered.statements.chunks(1)) {
                *is_whole = self.stay_whole(statement).await;
            }
        }
        let text = section(rendered, comment, &whole);
        Ok(text.map_err(|Unwritable(statement)| AutogenerateError::Unwritable(statement))?)
    }

    /// Whether an adapter that splits these statements, one behind the other, finds just them.
    async fn stay_whole(&self, statements: &[String]) -> bool {
        let comment = &self.adapter.info().comment;
        let text: String = statements
            .iter()
            .map(|it| terminated(it, comment))
            .collect();
        // What cannot be split does not stay whole either.
        let found = self.adapter.split(&text).await.unwrap_or_default();
        let found: Vec<&str> = found.iter().filter_map(|it| it.text(&text)).collect();
        are_whole(statements, &found)
    }
}

impl Scratch {
    /// Runs the statements of files.
    async fn build_files(&mut self, files: &[ModelFile]) -> Result<()> {
        for file in files {
            let split = self.core.adapter.split(&file.text).await;
            let statements = split.map_err(|source| self.model_error(file, 0, source))?;
            for statement in statements {
                let text = statement.text(&file.text).unwrap_or_default();
                if let Err(source) = self.session.execute(text).await {
                    return Err(self.model_error(file, statement.start, source));
                }
            }
        }
        Ok(())
    }

    fn model_error(&self, file: &ModelFile, start: usize, source: AdapterError) -> MigrationError {
        let within = usize::try_from(source.position.unwrap_or_default());
        let offset = start.saturating_add(within.unwrap_or(usize::MAX));
        let (line, column) = place_behind(file.text.get(..offset).unwrap_or(&file.text), 1);
        AutogenerateError::Model {
            path: file.path.clone(),
            line,
            column,
            source: self.core.redacted(source),
        }
        .into()
    }

    async fn build_described(&mut self, schema: &Schema) -> Result<()> {
        let mut schema = schema.clone();
        if schema.product.is_empty() {
            let own = self.inspect().await?;
            (schema.product, schema.version, schema.rules) = (own.product, own.version, own.rules);
        }
        let rendered = self.core.creation(schema, true).await?;
        let run = self.run_statements(&rendered).await;
        run.map_err(|failed| {
            AutogenerateError::Described {
                statement: first_line(&rendered.statements[failed.index]),
                source: self.core.redacted(failed.error),
            }
            .into()
        })
    }
}

/// The model files of a path: the file, or those of a folder with this extension, in the order of their names.
///
/// # Errors
/// If one cannot be read.
pub fn model_files(path: &Path, extension: &str) -> std::io::Result<Vec<ModelFile>> {
    let mut paths = match path.is_dir() {
        false => vec![path.to_owned()],
        true => {
            let entries = std::fs::read_dir(path)?;
            let paths: std::io::Result<Vec<_>> = entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect();
            let mut paths = paths?;
            paths.retain(|path| path.extension().is_some_and(|it| it == extension));
            paths
        }
    };
    paths.sort();
    let read = paths.into_iter().map(|path| {
        let text = std::fs::read_to_string(&path)?;
        Ok(ModelFile { path, text })
    });
    read.collect()
}
