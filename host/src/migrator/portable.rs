//! Makes statements of portable scripts, for a database as it is when they run.

use dapter_plugin_api::abi::Session;
use dapter_plugin_api::schema::Table;
use dapter_plugin_api::{
    AdapterError, Capability, Operation, Rendered, Rendering, Schema, TableChange,
};

use super::core::Core;
use super::planning;
use super::scratch::Scratch;
use super::scripts::Scripts;
use crate::autogenerate::AutogenerateError;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::MigrationError;
use crate::plan::Direction;
use crate::portable::{
    Act, Doing, PortableError, PortableOperation, Texts, Unknown, read, resolve,
};
use crate::revision::RevisionId;
use crate::script::{
    ChunkKind, Made, ScriptBody, ScriptTransaction, Segment, filled_text, rendered,
};

type Result<T> = std::result::Result<T, MigrationError>;

/// From what is known which tables there are when the first script runs.
pub(super) enum Basis<'b> {
    /// The database is asked.
    Database(&'b mut Session),
    /// The portable scripts of these revisions, which are applied, made them.
    Scripts(&'b [RevisionId], &'b Scripts),
    /// The same, and nothing runs: what is not known is as the scripts say.
    Assumed(&'b [RevisionId], &'b Scripts),
    /// Nothing is known, and nothing runs.
    Nothing,
}

impl Core {
    /// The scripts with statements in the place of portable operations.
    pub(super) async fn rendered_bodies(
        &self,
        bodies: Vec<ScriptBody>,
        direction: Direction,
        basis: Basis<'_>,
    ) -> Result<Vec<ScriptBody>> {
        let Some(mut making) = self.making(&bodies, basis).await? else {
            return Ok(bodies);
        };
        let mut ready = Vec::with_capacity(bodies.len());
        for body in bodies {
            if !body.script().is_portable() {
                making.ran(Since::Script(Box::new(body.clone()), direction));
                ready.push(body);
                continue;
            }
            let section = making.section(&body, direction).await?;
            ready.push(with_statements(&body, vec![section]));
        }
        Ok(ready)
    }

    /// Both sections of scripts as statements, which are applied in this order behind others; no database is asked.
    pub(super) async fn rendered_both_ways(
        &self,
        bodies: Vec<ScriptBody>,
        basis: Basis<'_>,
    ) -> Result<Vec<ScriptBody>> {
        let Some(mut making) = self.making(&bodies, basis).await? else {
            return Ok(bodies);
        };
        let mut ready = Vec::with_capacity(bodies.len());
        for body in bodies {
            if !body.script().is_portable() {
                ready.push(body);
                continue;
            }
            let up = making.section(&body, Direction::Upgrade).await?;
            let behind = making.schema.clone();
            let down = making.section(&body, Direction::Downgrade).await?;
            making.schema = behind;
            ready.push(with_statements(&body, vec![up, down]));
        }
        Ok(ready)
    }

    /// The statements of a script that begins from this schema.
    pub(super) async fn rendered_from(
        &self,
        schema: &Schema,
        body: &ScriptBody,
        direction: Direction,
    ) -> Result<Rendered> {
        let mut making = Making {
            schema: schema.clone(),
            unknown: Unknown::Refused,
            ..Making::of(self, Basis::Nothing).await?
        };
        let section = making.section(body, direction).await?;
        let outside_transaction = section.outside_transaction;
        let ready = with_statements(body, vec![section]);
        let options = self.settings.connect_options();
        let found = planning::statements(&ready, &self.adapter, &options, direction).await?;
        Ok(Rendered {
            statements: found.iter().map(|found| found.text.to_string()).collect(),
            outside_transaction,
        })
    }

    /// The same of one script, as far as the portable scripts before it tell what it changes.
    pub(super) async fn rendered_alone(
        &self,
        body: ScriptBody,
        scripts: Option<&Scripts>,
    ) -> Result<ScriptBody> {
        if !body.script().is_portable() {
            return Ok(body);
        }
        let id = &body.script().revision.id;
        let mut before = scripts.map_or_else(Vec::new, |scripts| scripts.needed(id));
        before.retain(|other| other != id);
        let basis = match scripts {
            Some(scripts) => Basis::Assumed(&before, scripts),
            None => Basis::Nothing,
        };
        let mut ready = self.rendered_both_ways(vec![body.clone()], basis).await?;
        Ok(ready.pop().unwrap_or(body))
    }

    /// What makes statements of scripts; `None` if none of these is portable.
    async fn making(&self, bodies: &[ScriptBody], basis: Basis<'_>) -> Result<Option<Making<'_>>> {
        if !bodies.iter().any(|body| body.script().is_portable()) {
            return Ok(None);
        }
        if !self.adapter.info().has(Capability::Render) {
            let error = AdapterError::unsupported("portable scripts")
                .with_hint("write the script in the adapter's own language");
            return Err(AutogenerateError::Render(error).into());
        }
        Making::of(self, basis).await.map(Some)
    }
}

/// A section as statements.
struct MadeSection {
    direction: Direction,
    made: Vec<Made>,
    /// Whether some of it cannot be in a transaction.
    outside_transaction: bool,
}

fn with_statements(body: &ScriptBody, sections: Vec<MadeSection>) -> ScriptBody {
    let outside = sections.iter().any(|section| section.outside_transaction);
    let made = sections.into_iter();
    let made: Vec<_> = made.map(|it| (it.direction, it.made)).collect();
    let body = rendered(body, &made);
    match outside {
        true => body.outside_transaction(),
        false => body,
    }
}

/// Makes statements of one script after the other.
struct Making<'m> {
    core: &'m Core,
    /// What is known of the database where the next operation begins.
    schema: Schema,
    unknown: Unknown,
    doubt: Doubt,
}

/// Whether something ran of which nobody knows what it does to the schema.
enum Doubt {
    /// It is not asked: nothing runs, or the scripts alone are known.
    Ignored,
    /// The schema was read, and this would run since.
    Tried { read: Schema, since: Vec<Since> },
}

/// What would run since a schema was read.
enum Since {
    /// A script that is not portable.
    Script(Box<ScriptBody>, Direction),
    /// Texts of which the adapter makes statements.
    Texts(String),
    /// A statement of an operation, which the schema that is known shows.
    Statement(String),
}

impl<'m> Making<'m> {
    async fn of(core: &'m Core, basis: Basis<'_>) -> Result<Self> {
        let mut doubt = Doubt::Ignored;
        let (schema, unknown) = match basis {
            Basis::Database(session) => {
                let found = session.inspect().await;
                let found = found.map_err(|error| core.database("inspect", error))?;
                doubt = Doubt::Tried {
                    read: found.clone(),
                    since: Vec::new(),
                };
                (found, Unknown::Refused)
            }
            Basis::Scripts(applied, scripts) => {
                (core.made_by(applied, scripts).await?, Unknown::Refused)
            }
            Basis::Assumed(before, scripts) => {
                (core.made_by(before, scripts).await?, Unknown::Assumed)
            }
            Basis::Nothing => (Schema::default(), Unknown::Assumed),
        };
        Ok(Self {
            core,
            schema,
            unknown,
            doubt,
        })
    }

    fn ran(&mut self, what: Since) {
        if let Doubt::Tried { since, .. } = &mut self.doubt {
            since.push(what);
        }
    }

    async fn section(&mut self, body: &ScriptBody, direction: Direction) -> Result<MadeSection> {
        let operations = operations(body, direction)?;
        let mut section = MadeSection {
            direction,
            made: Vec::new(),
            outside_transaction: false,
        };
        let mut at = 0;
        while at < operations.len() {
            let group = operations[at..]
                .chunk_by(|a, b| a.is_text() == b.is_text() && !a.renames_in_expressions())
                .next();
            let group = group.unwrap_or_default();
            self.group(group, at, (body, direction), &mut section)
                .await?;
            at += group.len();
        }
        Ok(section)
    }

    /// Makes statements of operations that follow each other, from the one of this index on.
    async fn group(
        &mut self,
        operations: &[PortableOperation],
        first: usize,
        (body, direction): (&ScriptBody, Direction),
        section: &mut MadeSection,
    ) -> Result<()> {
        if operations.iter().any(PortableOperation::builds_on_others) {
            self.settle(body, direction, first).await?;
        }
        let acts = resolve(operations, &mut self.schema, self.unknown);
        let acts = acts.map_err(|(at, error)| problem(body, direction, first + at, &error))?;
        for Act { of, what } in acts {
            let of = first + of.start..first + of.end;
            let at = of.start;
            match what {
                Doing::View(name, query, current) => {
                    let view = (&name, &query, current);
                    let segments = self.core.view(view, (body, direction), at).await?;
                    let text = segments.iter().map(|segment| segment.text.as_str());
                    self.ran(Since::Texts(text.collect()));
                    let kind = ChunkKind::Statement;
                    section.made.push(Made { of, kind, segments });
                }
                Doing::Execute(texts) => {
                    let segments = self
                        .core
                        .text_of(body, direction, at, ("execute", &texts))?;
                    let text = segments.iter().map(|segment| segment.text.as_str());
                    self.ran(Since::Texts(text.collect()));
                    let kind = ChunkKind::Text;
                    section.made.push(Made { of, kind, segments });
                }
                Doing::Change(operation, current) => {
                    let is_shown = !renames_in_expressions(&operation);
                    let rendering = Rendering {
                        operations: vec![operation],
                        current,
                        online: body.script().transaction == ScriptTransaction::None,
                        portable_types: true,
                    };
                    let written = self.core.adapter.render(rendering).await;
                    let written = written.map_err(|error| {
                        problem(body, direction, at, &PortableError::Render(error))
                    })?;
                    section.outside_transaction |= written.outside_transaction;
                    for statement in written.statements {
                        section.made.push(Made {
                            of: of.clone(),
                            kind: ChunkKind::Statement,
                            segments: vec![Segment::plain(&statement)],
                        });
                        self.ran(match is_shown {
                            true => Since::Statement(statement),
                            false => Since::Texts(statement),
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// Finds out in scratch what there is by now, where something would have run that the schema does not show.
    async fn settle(&mut self, body: &ScriptBody, direction: Direction, at: usize) -> Result<()> {
        let Doubt::Tried { read, since } = &mut self.doubt else {
            return Ok(());
        };
        let is_shown = |since: &Since| matches!(since, Since::Statement(_));
        if since.iter().all(is_shown) {
            return Ok(());
        }
        let mut scratch = self.core.scratch().await?;
        let seen = scratch.behind(read, since).await;
        let seen = scratch.end(seen).await?;
        let seen = seen.map_err(|error| {
            let path = &body.script().path;
            MigrationError::Scripts(Diagnostics(vec![Diagnostic {
                path: path.clone(),
                line: Some(line_of(body, direction, at)),
                message: format!(
                    "what this changes is not known: what runs before it was tried in a scratch database, and failed: {}",
                    self.core.redacted(error).message
                ),
                hint: Some(
                    "run what is before it first: `dapter upgrade ID`; what is in the same script belongs into one of its own"
                        .to_owned(),
                ),
            }]))
        })?;
        self.schema = seen.clone();
        self.doubt = Doubt::Tried {
            read: seen,
            since: Vec::new(),
        };
        Ok(())
    }
}

impl Core {
    /// What the portable scripts of these revisions make, one after the other.
    async fn made_by(&self, revisions: &[RevisionId], scripts: &Scripts) -> Result<Schema> {
        let mut schema = Schema::default();
        let found = revisions.iter().filter_map(|id| scripts.get(id.as_str()));
        let wanted: Vec<_> = found
            .filter(|script| script.is_portable())
            .cloned()
            .collect();
        let directory = scripts.directory().clone();
        let read = self.blocking(move || directory.read_bodies(&wanted)).await;
        for body in read? {
            let operations = operations(&body, Direction::Upgrade)?;
            let done = resolve(&operations, &mut schema, Unknown::Assumed);
            done.map_err(|(at, error)| problem(&body, Direction::Upgrade, at, &error))?;
        }
        Ok(schema)
    }

    /// The text of statements in the adapter's words, with variables filled in.
    pub(super) fn text_of(
        &self,
        body: &ScriptBody,
        direction: Direction,
        at: usize,
        (op, texts): (&'static str, &Texts),
    ) -> Result<Vec<Segment>> {
        let dialect = self.adapter.info().dialect();
        let text = texts.for_dialect(dialect).ok_or_else(|| {
            let adapter = dialect.to_owned();
            let error = PortableError::NoText { op, adapter };
            problem(body, direction, at, &error)
        })?;
        if !body.script().variables {
            return Ok(vec![Segment::plain(text)]);
        }
        let line = line_of(body, direction, at);
        filled_text(text, line, body.script(), &self.settings.variables)
            .map_err(MigrationError::Scripts)
    }
}

/// Whether a column or a value is renamed that expressions may name: how the database writes them then, it knows alone.
fn renames_in_expressions(operation: &Operation) -> bool {
    let Operation::Alter {
        before, changes, ..
    } = operation
    else {
        return false;
    };
    let renames = |change: &TableChange| matches!(change, TableChange::RenameColumn { .. });
    let has_expressions = |table: &Table| {
        let mut indexes = table.indexes.iter();
        let mut columns = table.columns.iter();
        !table.checks.is_empty()
            || !table.exclusions.is_empty()
            || columns.any(|column| column.generated.is_some())
            || indexes.any(|index| {
                let mut parts = index.columns.iter();
                index.predicate.is_some() || parts.any(|part| !part.expression.is_empty())
            })
    };
    let is_value = |change: &TableChange| matches!(change, TableChange::RenameValue { .. });
    changes.iter().any(is_value)
        || changes.iter().any(renames) && before.as_table().is_some_and(has_expressions)
}

/// The operations of a section.
fn operations(body: &ScriptBody, direction: Direction) -> Result<Vec<PortableOperation>> {
    let chunks = body.operations(direction);
    let read = chunks.map(|(text, line)| {
        read(text).map_err(|mistake| {
            MigrationError::Scripts(Diagnostics(vec![Diagnostic {
                path: body.script().path.clone(),
                line: Some(line + mistake.line - 1),
                message: mistake.message,
                hint: mistake.hint,
            }]))
        })
    });
    read.collect()
}

fn line_of(body: &ScriptBody, direction: Direction, at: usize) -> usize {
    let mut chunks = body.operations(direction);
    chunks.nth(at).map_or(1, |(_, line)| line)
}

pub(super) fn problem(
    body: &ScriptBody,
    direction: Direction,
    at: usize,
    error: &PortableError,
) -> MigrationError {
    let message = match error {
        PortableError::Render(source) => source.message.clone(),
        other => other.to_string(),
    };
    MigrationError::Scripts(Diagnostics(vec![Diagnostic {
        path: body.script().path.clone(),
        line: Some(line_of(body, direction, at)),
        message,
        hint: error.hint(),
    }]))
}

impl Scratch {
    /// What there is where a schema was read, and all this ran since; or what failed of it.
    async fn behind(
        &mut self,
        schema: &Schema,
        since: &[Since],
    ) -> Result<std::result::Result<Schema, AdapterError>> {
        let mut statements = self.core.creation(schema.clone(), true).await?.statements;
        let options = self.core.settings.connect_options();
        let adapter = &self.core.adapter;
        for ran in since {
            match ran {
                Since::Statement(statement) => statements.push(statement.clone()),
                Since::Texts(text) => match adapter.split_for(text, &options).await {
                    Ok(found) => {
                        let found = found.iter().filter_map(|found| found.text(text));
                        statements.extend(found.map(str::to_owned));
                    }
                    Err(error) => return Ok(Err(error)),
                },
                Since::Script(body, direction) => {
                    let found = planning::statements(body, adapter, &options, *direction).await?;
                    statements.extend(found.iter().map(|found| found.text.to_string()));
                }
            }
        }
        for statement in &statements {
            if let Err(error) = self.session.execute(statement).await {
                return Ok(Err(error));
            }
        }
        self.inspect().await.map(Ok)
    }
}
