//! The text of a script that takes the place of several.

use std::borrow::Cow;
use std::fmt::Write;
use std::time::Duration;

use super::body::ScriptBody;
use super::directive::DirectiveName;
use super::header::ScriptTransaction;
use super::sections::{ChunkKind, Section};
use crate::plan::Direction;
use crate::revision::{BranchLabel, RevisionId, Squash};

/// What the new script says of itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SquashedHeader<'a> {
    pub(crate) message: &'a str,
    pub(crate) created: Option<&'a str>,
    pub(crate) squash: &'a Squash,
    /// How a comment line begins in the adapter's language.
    pub(crate) comment: &'a str,
}

/// The text: what the scripts do one after the other, and what they undo one before the other. `bodies` are in the order
/// in which they are applied.
pub(crate) fn squashed(header: SquashedHeader<'_>, bodies: &[ScriptBody]) -> String {
    let are_portable = bodies.iter().all(|body| body.script().is_portable());
    let mut text = Text {
        comment: match are_portable {
            true => "#",
            false => header.comment,
        },
        variables: bodies.iter().any(|body| body.script().variables),
        text: String::new(),
    };
    text.comment(header.message);
    let squash = header.squash;
    text.directive(DirectiveName::Revision, squash.id.as_str());
    let revises = joined(squash.revises.iter().map(RevisionId::as_str));
    text.listed(DirectiveName::Revises, &revises);
    let labels = joined(squash.branch_labels.iter().map(BranchLabel::as_str));
    text.listed(DirectiveName::Branch, &labels);
    let depends_on = joined(squash.depends_on.iter().map(String::as_str));
    text.listed(DirectiveName::DependsOn, &depends_on);
    text.listed(DirectiveName::Replaces, &replaces(squash, bodies));
    text.listed(DirectiveName::Created, header.created.unwrap_or_default());
    text.settings(bodies);
    let irreversible = irreversible(bodies);
    if let Some(reason) = &irreversible {
        text.directive(DirectiveName::Irreversible, &format!("\"{reason}\""));
    }
    let up: Vec<&ScriptBody> = bodies.iter().collect();
    let mut down: Vec<&ScriptBody> = bodies.iter().rev().collect();
    if irreversible.is_some() {
        down.clear();
    }
    if are_portable {
        text.operations(&up, &down, irreversible.is_none());
        return text.text;
    }
    text.sections(DirectiveName::Upgrade, &up, |body| &body.script().upgrade);
    if !down.is_empty() {
        text.sections(DirectiveName::Downgrade, &down, |body| {
            &body.script().downgrade
        });
    }
    text.text
}

fn joined<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// What is replaced, with what that itself replaced.
fn replaces(squash: &Squash, bodies: &[ScriptBody]) -> String {
    let earlier = bodies.iter().flat_map(|body| &body.script().replaces);
    joined(earlier.chain(&squash.replaces).map(RevisionId::as_str))
}

/// Why there is no way back, if one of the scripts has none.
fn irreversible(bodies: &[ScriptBody]) -> Option<String> {
    let reasons = bodies.iter().filter_map(|body| {
        let script = body.script();
        let reason = script.irreversible.as_ref()?;
        Some(format!("{}: {reason}", script.revision.id))
    });
    let reasons: Vec<String> = reasons.collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

struct Text<'a> {
    comment: &'a str,
    /// Whether variables are filled in, in all that it holds.
    variables: bool,
    text: String,
}

impl Text<'_> {
    fn comment(&mut self, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{} {text}", self.comment);
    }

    fn directive(&mut self, name: DirectiveName, value: &str) {
        let line = format!("dapter:{} {value}", name.as_str());
        self.comment(line.trim_end());
    }

    fn listed(&mut self, name: DirectiveName, value: &str) {
        if !value.is_empty() {
            self.directive(name, value);
        }
    }

    /// What one of the scripts asks for, the new one asks for.
    fn settings(&mut self, bodies: &[ScriptBody]) {
        let scripts = || bodies.iter().map(ScriptBody::script);
        if scripts().any(|script| script.transaction == ScriptTransaction::None) {
            self.directive(DirectiveName::Transaction, "none");
        }
        if self.variables {
            self.directive(DirectiveName::Variables, "on");
        }
        let lock = longest(scripts().map(|script| script.timeouts.lock));
        if let Some(time) = lock {
            self.directive(DirectiveName::LockTimeout, &milliseconds(time));
        }
        let statement = longest(scripts().map(|script| script.timeouts.statement));
        if let Some(time) = statement {
            self.directive(DirectiveName::StatementTimeout, &milliseconds(time));
        }
        let allows = scripts().flat_map(|script| &script.allows);
        for allow in allows.filter(|allow| allow.in_header) {
            let value = format!("{} \"{}\"", allow.codes.join(", "), allow.reason);
            self.directive(DirectiveName::Allow, &value);
        }
    }

    /// The operations of portable scripts. Where there are none, that is said before all others.
    fn operations(&mut self, up: &[&ScriptBody], down: &[&ScriptBody], goes_back: bool) {
        let of = |bodies: &[&ScriptBody], direction: Direction| -> Vec<String> {
            let operations = bodies.iter().flat_map(|body| body.operations(direction));
            operations
                .map(|(text, _)| text.trim_end().to_owned())
                .collect()
        };
        let up = of(up, Direction::Upgrade);
        let down = of(down, Direction::Downgrade);
        for (word, operations, is_wanted) in
            [("upgrade", &up, true), ("downgrade", &down, goes_back)]
        {
            if operations.is_empty() && is_wanted {
                self.text.push_str(&format!("\n{word} = []\n"));
            }
        }
        for operation in up.iter().chain(&down) {
            self.text.push_str(&format!("\n{operation}\n"));
        }
    }

    /// One section for all adapters that no other names, where every script has one, and one for each adapter that is
    /// named.
    fn sections(
        &mut self,
        name: DirectiveName,
        bodies: &[&ScriptBody],
        of: fn(&ScriptBody) -> &[Section],
    ) {
        let mut adapters: Vec<&str> = Vec::new();
        for adapter in bodies
            .iter()
            .flat_map(|body| of(body))
            .flat_map(|s| &s.adapters)
        {
            if !adapters.contains(&adapter.as_str()) {
                adapters.push(adapter);
            }
        }
        for adapter in std::iter::once("").chain(adapters) {
            let chosen = bodies.iter().map(|body| {
                let section = super::sections::choose(of(body), adapter)?;
                Some((*body, section))
            });
            let Some(chosen) = chosen.collect::<Option<Vec<_>>>() else {
                continue;
            };
            self.text.push('\n');
            self.directive(name, adapter);
            let is_none =
                |(_, section): &(_, &Section)| section.transaction == ScriptTransaction::None;
            if chosen.iter().any(is_none) {
                self.directive(DirectiveName::Transaction, "none");
            }
            for (body, section) in chosen {
                self.section(body, section);
            }
        }
    }

    fn section(&mut self, body: &ScriptBody, section: &Section) {
        let revision = &body.script().revision;
        let title = format!("{} {}", revision.id, revision.message);
        let parts = body.parts(section);
        if parts.is_empty() {
            return;
        }
        self.comment(title.trim_end());
        let means_itself = self.variables && !body.script().variables;
        for part in parts {
            let text = match means_itself {
                true => Cow::Owned(part.text.replace("${", "$${")),
                false => Cow::Borrowed(part.text),
            };
            self.part(part.kind, &text);
        }
    }

    fn part(&mut self, kind: ChunkKind, text: &str) {
        let is_statement = kind == ChunkKind::Statement;
        if is_statement {
            self.directive(DirectiveName::Statement, "");
        }
        self.text.push_str(text);
        if !text.ends_with('\n') {
            self.text.push('\n');
        }
        if is_statement {
            self.directive(DirectiveName::End, "");
        }
    }
}

/// The longest of the times that are given; zero, which is no limit, is longer than any.
fn longest(times: impl Iterator<Item = Option<Duration>>) -> Option<Duration> {
    times
        .flatten()
        .max_by_key(|time| if time.is_zero() { Duration::MAX } else { *time })
}

fn milliseconds(time: Duration) -> String {
    match time.as_millis() {
        0 => "0".to_owned(),
        time => format!("{time}ms"),
    }
}
