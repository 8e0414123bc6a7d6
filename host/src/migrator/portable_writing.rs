//! Differences as operations of a portable script, proven to say what they should by reading them again.

use std::path::Path;

use dapter_plugin_api::{Operation, Rendered, Schema};

use super::autogenerating::{AutogenerateOptions, WrittenSection};
use super::core::Core;
use crate::autogenerate::AutogenerateError;
use crate::diff::reversed;
use crate::error::MigrationError;
use crate::plan::Direction;
use crate::portable::{State, Words, candidates, execute, trial, written};
use crate::script::{ScriptBody, parse};

type Result<T> = std::result::Result<T, MigrationError>;

/// Begins a script that is never written: the sections are read behind it.
const HEADER: &str = "# dapter:revision tried\n\n";

impl Core {
    /// Both ways of operations between two states, with the statements that this adapter makes of them.
    pub(super) async fn as_operations(
        &self,
        operations: &[Operation],
        (current, desired): (&Schema, &Schema),
        described: Schema,
        options: &AutogenerateOptions,
    ) -> Result<(WrittenSection, WrittenSection)> {
        let words = self.words(operations, described).await?;
        let mut up = String::new();
        for operation in operations {
            up.push_str(
                &self
                    .operation_text(operation, Direction::Upgrade, current, &words)
                    .await?,
            );
        }
        let mut down = String::new();
        for operation in &reversed(operations) {
            down.push_str(
                &self
                    .operation_text(operation, Direction::Downgrade, desired, &words)
                    .await?,
            );
        }
        let head = match options.online {
            true => "# dapter:transaction none\n\n",
            false => "",
        };
        let text = format!("{HEADER}{head}{up}{down}");
        let unreadable = |text: &str| AutogenerateError::Unwritable(text.to_owned());
        let parsed = parse(Path::new("tried.toml"), &text);
        let script = parsed.map_err(|problems| unreadable(&problems.to_string()))?;
        let body = ScriptBody::new(script, text);
        let rendered_up = self
            .rendered_from(current, &body, Direction::Upgrade)
            .await?;
        let rendered_down = self
            .rendered_from(desired, &body, Direction::Downgrade)
            .await?;
        let section = |text: String, rendered: Rendered| WrittenSection { rendered, text };
        Ok((
            section(format!("{head}{up}"), rendered_up),
            section(down, rendered_down),
        ))
    }

    /// An operation as it stands in a script: in portable words, else as this adapter's statements.
    async fn operation_text(
        &self,
        operation: &Operation,
        direction: Direction,
        current: &Schema,
        words: &Words,
    ) -> Result<String> {
        let state = match direction {
            Direction::Upgrade => State::Desired,
            Direction::Downgrade => State::Former,
        };
        if let Ok(text) = written(operation, direction.name(), words, state) {
            return Ok(format!("{text}\n"));
        }
        let options = AutogenerateOptions::default();
        let rendered = self
            .rendered(vec![operation.clone()], current, &options)
            .await?;
        let text = self.section_of(&rendered).await?;
        let opens = format!("{} dapter:statement", self.adapter.info().comment);
        if text.lines().any(|line| line == opens) {
            return Err(AutogenerateError::Unwritable(text).into());
        }
        let dialect = self.adapter.info().dialect();
        Ok(format!("{}\n", execute(direction.name(), dialect, &text)))
    }

    /// Which portable types mean the same as those of the database, which it is asked for.
    async fn words(&self, operations: &[Operation], described: Schema) -> Result<Words> {
        let candidates = candidates(operations);
        let mut scratch = self.scratch().await?;
        let tried = async {
            for data_type in &candidates {
                let creation = self
                    .creation(Schema::of(vec![trial(data_type)]), true)
                    .await?;
                for statement in &creation.statements {
                    // What cannot be is no candidate: sizes have limits.
                    let _ = scratch.session.execute(statement).await;
                }
            }
            scratch.inspect().await
        }
        .await;
        let found = scratch.end(tried).await?;
        Ok(Words::of(described, &candidates, &found))
    }
}
