//! The header of a script: everything before its first section.

use std::time::Duration;

use crate::project::parse_duration;
use crate::revision::{Alias, BranchLabel, InvalidId, Revision, RevisionId};

use super::directive::{self, DirectiveName};
use super::problem::Problem;
use super::timestamp::is_rfc3339;

/// How a script wants to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScriptTransaction {
    /// As the command that runs it was told to.
    #[default]
    Default,
    /// Outside any transaction (`transaction none`), for statements that refuse to run inside one.
    None,
}

/// How long the statements of a script may take, where it says so itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScriptTimeouts {
    /// How long an attempt of a statement waits for others (`lock-timeout`); zero is as long as it takes.
    pub lock: Option<Duration>,
    /// How long a statement may run (`statement-timeout`); zero is as long as it takes.
    pub statement: Option<Duration>,
}

/// The lines of the directives that a graph error may have to point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderLines {
    /// `revision` or `repeatable`, one of which every script has.
    pub revision: usize,
    /// `revises`.
    pub revises: Option<usize>,
    /// `depends-on`.
    pub depends_on: Option<usize>,
    /// `branch`.
    pub branch: Option<usize>,
    /// `alias`.
    pub alias: Option<usize>,
}

/// What a complete header says.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) revision: Revision,
    pub(super) created: Option<String>,
    pub(super) replaces: Vec<RevisionId>,
    pub(super) transaction: ScriptTransaction,
    pub(super) timeouts: ScriptTimeouts,
    pub(super) irreversible: Option<String>,
    pub(super) variables: bool,
    pub(super) lines: HeaderLines,
}

/// A header while it is read.
#[derive(Debug, Default)]
pub(super) struct HeaderReader {
    message: Option<String>,
    id: Option<RevisionId>,
    revises: Vec<RevisionId>,
    created: Option<String>,
    branch_labels: Vec<BranchLabel>,
    depends_on: Vec<String>,
    aliases: Vec<Alias>,
    replaces: Vec<RevisionId>,
    transaction: ScriptTransaction,
    timeouts: ScriptTimeouts,
    irreversible: Option<String>,
    variables: bool,
    /// The line of each directive met so far, also of one whose value is wrong; indexed by [`DirectiveName`].
    seen: [Option<usize>; DirectiveName::ALL.len()],
}

impl HeaderReader {
    /// Takes a comment that is no directive: the first that says something is the message.
    pub(super) fn comment(&mut self, text: &str) {
        if self.message.is_none() && is_message(text) {
            self.message = Some(text.to_owned());
        }
    }

    /// Takes a directive of the header.
    pub(super) fn directive(
        &mut self,
        name: DirectiveName,
        value: &str,
        line: usize,
    ) -> Result<(), Problem> {
        let word = name.as_str();
        if let Some(first) = self.seen[name as usize] {
            let message = format!("`dapter:{word}` is repeated; the first is on line {first}");
            return Err(Problem::at(line, message));
        }
        self.seen[name as usize] = Some(line);
        if value.is_empty() {
            let hint = format!("write `dapter:{word} {}`", example(name));
            return Err(
                Problem::at(line, format!("`dapter:{word}` is without a value")).hint(hint),
            );
        }
        self.value(name, value)
            .map_err(|WrongValue { message, hint }| Problem {
                line: Some(line),
                message,
                hint,
            })
    }

    fn value(&mut self, name: DirectiveName, value: &str) -> Result<(), WrongValue> {
        match name {
            DirectiveName::Revision => self.id = Some(RevisionId::parse(value)?),
            DirectiveName::Repeatable => self.id = Some(RevisionId::of_repeatable(value)?),
            DirectiveName::Revises if value == "base" => {}
            DirectiveName::Revises => self.revises = list(value, RevisionId::parse)?,
            DirectiveName::Created => self.created = Some(created(value)?),
            DirectiveName::Branch => self.branch_labels = list(value, BranchLabel::parse)?,
            DirectiveName::DependsOn => self.depends_on = list(value, dependency)?,
            DirectiveName::Alias => self.aliases = list(value, Alias::parse)?,
            DirectiveName::Replaces => self.replaces = list(value, RevisionId::parse)?,
            DirectiveName::Transaction => self.transaction = transaction(value)?,
            DirectiveName::LockTimeout => self.timeouts.lock = Some(duration(value)?),
            DirectiveName::StatementTimeout => self.timeouts.statement = Some(duration(value)?),
            DirectiveName::Variables => self.variables = on(value)?,
            DirectiveName::Irreversible => self.irreversible = Some(quoted(value)?),
            DirectiveName::Allow
            | DirectiveName::Upgrade
            | DirectiveName::Downgrade
            | DirectiveName::Statement
            | DirectiveName::End => {}
        }
        Ok(())
    }

    /// Whether the script runs again whenever its text changes.
    pub(super) fn is_repeatable(&self) -> bool {
        self.line(DirectiveName::Repeatable).is_some()
    }

    /// What a repeatable script cannot say, as it has no place in the graph and no way back.
    pub(super) fn foreign_to_repeatable(&self) -> Vec<Problem> {
        let foreign = [
            DirectiveName::Revision,
            DirectiveName::Revises,
            DirectiveName::Branch,
            DirectiveName::Irreversible,
        ];
        let found = foreign
            .into_iter()
            .filter_map(|name| Some((name, self.line(name)?)));
        found
            .map(|(name, line)| {
                let word = name.as_str();
                let message = format!("`dapter:{word}` in a repeatable script");
                Problem::at(line, message)
                    .hint("remove it: a repeatable script is no revision and is never undone")
            })
            .collect()
    }

    /// The line of `irreversible`, if it was met.
    pub(super) fn irreversible_line(&self) -> Option<usize> {
        self.line(DirectiveName::Irreversible)
    }

    /// The header, if it has all it must have.
    ///
    /// Otherwise the problem that is to be reported; none if it has been already, where the wrong value stands.
    pub(super) fn finish(self) -> Result<Header, Option<Problem>> {
        let repeatable = self.line(DirectiveName::Repeatable);
        let Some(line) = repeatable.or(self.line(DirectiveName::Revision)) else {
            let problem = Problem::at(1, "the header has no `dapter:revision`".to_owned());
            let hint = format!(
                "add a line `-- dapter:revision {}`",
                example(DirectiveName::Revision)
            );
            return Err(Some(problem.hint(hint)));
        };
        let lines = HeaderLines {
            revision: line,
            revises: self.line(DirectiveName::Revises),
            depends_on: self.line(DirectiveName::DependsOn),
            branch: self.line(DirectiveName::Branch),
            alias: self.line(DirectiveName::Alias),
        };
        let id = self.id.ok_or(None)?;
        let mut depends_on = self.depends_on;
        if repeatable.is_some() {
            // What it depends on are other repeatable scripts, by their names.
            for name in &mut depends_on {
                *name = RevisionId::of_repeatable(name)
                    .map_err(|_| None)?
                    .to_string();
            }
        }
        Ok(Header {
            revision: Revision {
                id,
                revises: self.revises,
                depends_on,
                branch_labels: self.branch_labels,
                aliases: self.aliases,
                message: self.message.unwrap_or_default(),
            },
            created: self.created,
            replaces: self.replaces,
            transaction: self.transaction,
            timeouts: self.timeouts,
            irreversible: self.irreversible,
            variables: self.variables,
            lines,
        })
    }

    fn line(&self, name: DirectiveName) -> Option<usize> {
        self.seen[name as usize]
    }
}

/// Whether a comment can be the message: it says something, so it is no rule drawn with `---` or `===`, and it is no directive.
pub(crate) fn is_message(comment: &str) -> bool {
    let is_rule = comment.chars().all(|c| "-#/=*_~+ \t".contains(c));
    !is_rule && !comment.starts_with(directive::PREFIX)
}

/// A value that its directive cannot have.
#[derive(Debug)]
struct WrongValue {
    message: String,
    hint: Option<String>,
}

fn example(name: DirectiveName) -> &'static str {
    match name {
        DirectiveName::Revision => "ae1027a6acf0",
        DirectiveName::Revises | DirectiveName::DependsOn | DirectiveName::Replaces => {
            "1a2b3c4d5e6f"
        }
        DirectiveName::Created => "2025-05-16T10:30:00Z",
        DirectiveName::Repeatable => "active_users",
        DirectiveName::Branch => "billing",
        DirectiveName::Alias => "20240229_create_users",
        DirectiveName::Transaction => "none",
        DirectiveName::LockTimeout => "2s",
        DirectiveName::StatementTimeout => "10m",
        DirectiveName::Variables => "on",
        DirectiveName::Irreversible => "\"why\"",
        DirectiveName::Allow
        | DirectiveName::Upgrade
        | DirectiveName::Downgrade
        | DirectiveName::Statement
        | DirectiveName::End => "",
    }
}

impl From<InvalidId> for WrongValue {
    fn from(error: InvalidId) -> Self {
        Self {
            hint: Some(error.hint()),
            message: error.to_string(),
        }
    }
}

/// What a revision may depend on: an id or a branch label, whose rules are the wider ones.
fn dependency(text: &str) -> Result<String, InvalidId> {
    BranchLabel::parse(text).map(|_| text.to_owned())
}

fn list<T>(value: &str, read: fn(&str) -> Result<T, InvalidId>) -> Result<Vec<T>, WrongValue> {
    let items: Vec<T> = words(value).map(read).collect::<Result<_, _>>()?;
    if items.is_empty() {
        return Err(WrongValue {
            message: format!("`{value}` names nothing"),
            hint: None,
        });
    }
    Ok(items)
}

/// The words of a list separated by commas, blanks or both.
pub(super) fn words(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(|c: char| c == ',' || c.is_whitespace())
        .filter(|word| !word.is_empty())
}

fn created(value: &str) -> Result<String, WrongValue> {
    if is_rfc3339(value) {
        return Ok(value.to_owned());
    }
    Err(WrongValue {
        message: format!("`{value}` is no date and time as RFC 3339 writes it"),
        hint: Some(format!("for example `{}`", example(DirectiveName::Created))),
    })
}

fn transaction(value: &str) -> Result<ScriptTransaction, WrongValue> {
    if value == "none" {
        return Ok(ScriptTransaction::None);
    }
    Err(WrongValue {
        message: format!("`dapter:transaction` cannot be `{value}`"),
        hint: Some("its only value is `none`; leave the line out for the usual way".to_owned()),
    })
}

/// What `transaction` in a section says.
pub(super) fn section_transaction(value: &str, line: usize) -> Result<ScriptTransaction, Problem> {
    transaction(value).map_err(|WrongValue { message, hint }| Problem {
        line: Some(line),
        message,
        hint,
    })
}

fn on(value: &str) -> Result<bool, WrongValue> {
    match value {
        "on" => Ok(true),
        _ => Err(WrongValue {
            message: format!("`dapter:variables` cannot be `{value}`"),
            hint: Some(
                "its only value is `on`; without the line the text is left as it is".to_owned(),
            ),
        }),
    }
}

fn duration(value: &str) -> Result<Duration, WrongValue> {
    parse_duration(value).map_err(|error| WrongValue {
        hint: Some(error.hint().to_owned()),
        message: error.to_string(),
    })
}

fn quoted(value: &str) -> Result<String, WrongValue> {
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .map(str::trim)
        .filter(|inner| !inner.is_empty());
    inner.map(str::to_owned).ok_or_else(|| WrongValue {
        message: "the reason is missing or not in double quotes".to_owned(),
        hint: Some("write `dapter:irreversible \"why\"`".to_owned()),
    })
}
