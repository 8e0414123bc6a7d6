//! The template that new scripts are made from.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::revision::{BranchLabel, Revision, RevisionId};

use super::directive::MARKERS;
use super::error::ScriptError;
use super::header::is_message;
use super::lines::Lines;
use super::parse::parse;
use super::problem::Problem;

#[cfg(test)]
mod tests;

/// What the sections of a script are written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ScriptFormat {
    /// The language of an adapter.
    #[default]
    Adapter,
    /// Portable operations, as TOML.
    Portable,
}

/// A script that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScript {
    /// What its sections are written in.
    pub format: ScriptFormat,
    /// The revision; line breaks in its message become blanks.
    pub revision: Revision,
    /// When it is made, in UTC as RFC 3339: `2025-05-16T10:30:00Z`.
    pub created: String,
    /// The text of the upgrade section; empty for one that its author fills in.
    pub upgrade: String,
    /// The text of the downgrade section; empty for one that its author fills in.
    pub downgrade: String,
}

const DEFAULT: &str = "\
-- ${message}
-- dapter:revision   ${revision}
-- dapter:revises    ${revises}
-- dapter:branch     ${branch}
-- dapter:depends-on ${depends_on}
-- dapter:created    ${created}

-- dapter:upgrade
${upgrade}

-- dapter:downgrade
${downgrade}
";

/// The template of portable scripts, where the directory has none of its own.
pub(super) const PORTABLE: &str = "\
# ${message}
# dapter:revision   ${revision}
# dapter:revises    ${revises}
# dapter:branch     ${branch}
# dapter:depends-on ${depends_on}
# dapter:created    ${created}

${upgrade}

${downgrade}
";

/// The template that `init` writes, its directives in comments of the given marker (`--`, `#` or `//`).
///
/// # Errors
///
/// [`ScriptError::CommentMarker`] for any other marker.
pub fn default_template(comment: &str) -> Result<String, ScriptError> {
    if MARKERS.contains(&comment) {
        return Ok(DEFAULT.replace("--", comment));
    }
    Err(ScriptError::CommentMarker {
        marker: comment.to_owned(),
    })
}

/// The text of a new script, made from the template at `path` (only noted, never opened).
///
/// The placeholders are `${message}`, `${revision}`, `${revises}`, `${branch}`, `${depends_on}`, `${created}`,
/// `${upgrade}` and `${downgrade}`; `$${` writes `${`. A line with a placeholder whose value is empty is left out. The
/// text has LF line ends, is a valid script, and says what `script` says.
///
/// # Errors
///
/// Every problem of the template, or why a script made from it would be wrong.
pub fn render(path: &Path, template: &str, script: &NewScript) -> Result<String, Diagnostics> {
    let in_template = |problems: Vec<Problem>| {
        let diagnostics: Vec<Diagnostic> = problems
            .into_iter()
            .map(|problem| problem.in_file(path))
            .collect();
        Diagnostics(diagnostics)
    };
    let values = Values::of(script).map_err(|problem| in_template(vec![problem]))?;
    let text = values.fill_in(template).map_err(in_template)?;
    check(path, &text, script).map_err(in_template)?;
    Ok(text)
}

/// A message as one line.
pub(super) fn flatten(message: &str) -> String {
    let lines = message.split(['\n', '\r']).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}

/// A placeholder, what it stands for and whether a script may do without it.
#[derive(Debug)]
struct Placeholder {
    name: &'static str,
    value: String,
    need: Need,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// For people: a template need not use it.
    Optional,
    /// A template without it cannot say what the script must say, unless the value is empty.
    Required,
}

#[derive(Debug)]
struct Values([Placeholder; 8]);

impl Values {
    fn of(script: &NewScript) -> Result<Self, Problem> {
        let revision = &script.revision;
        let message = flatten(&revision.message);
        if !message.is_empty() && !is_message(&message) {
            let problem =
                Problem::of_file(format!("the message `{message}` could not be read back"));
            return Err(problem.hint("begin it with a word that is no directive"));
        }
        let revises: Vec<&str> = revision.revises.iter().map(RevisionId::as_str).collect();
        let labels: Vec<&str> = revision
            .branch_labels
            .iter()
            .map(BranchLabel::as_str)
            .collect();
        let (upgrade, downgrade) = sections(script);
        let required = |name, value: &str| Placeholder {
            name,
            value: value.to_owned(),
            need: Need::Required,
        };
        let optional = |name, value: &str| Placeholder {
            name,
            value: value.to_owned(),
            need: Need::Optional,
        };
        Ok(Self([
            optional("message", &message),
            required("revision", revision.id.as_str()),
            required("revises", &revises.join(", ")),
            required("branch", &labels.join(", ")),
            required("depends_on", &revision.depends_on.join(", ")),
            optional("created", &script.created),
            required("upgrade", &upgrade),
            required("downgrade", &downgrade),
        ]))
    }

    fn fill_in(&self, template: &str) -> Result<String, Vec<Problem>> {
        let mut text = String::with_capacity(template.len());
        let mut used = Vec::new();
        let mut problems = Vec::new();
        for line in Lines::new(template) {
            let length = text.len();
            match self.fill_in_line(&template[line.content], &mut text, &mut used) {
                Ok(Filled::Written) => text.push('\n'),
                Ok(Filled::WithoutValue) => text.truncate(length),
                Err(problem) => problems.push(Problem {
                    line: Some(line.number),
                    ..problem
                }),
            }
        }
        for Placeholder { name, value, need } in &self.0 {
            if *need == Need::Required && !value.is_empty() && !used.contains(name) {
                let problem =
                    Problem::of_file(format!("the template has no placeholder `${{{name}}}`"));
                problems.push(problem.hint("add it: the new script has a value for it"));
            }
        }
        if problems.is_empty() {
            return Ok(text);
        }
        problems.sort_by_key(|problem| problem.line);
        Err(problems)
    }

    /// Appends a line with its placeholders filled in; the line of a problem is left to the caller.
    fn fill_in_line(
        &self,
        line: &str,
        text: &mut String,
        used: &mut Vec<&'static str>,
    ) -> Result<Filled, Problem> {
        let mut filled = Filled::Written;
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("${") {
            if let Some(before) = before.strip_suffix('$') {
                text.push_str(before);
                text.push_str("${");
                rest = after;
                continue;
            }
            let Some((name, after)) = after.split_once('}') else {
                let problem = Problem::of_file("`${` without `}`".to_owned());
                return Err(problem.hint("write `$${` for `${` itself"));
            };
            let Some(placeholder) = self.0.iter().find(|known| known.name == name) else {
                return Err(self.unknown(name));
            };
            if placeholder.value.is_empty() {
                filled = Filled::WithoutValue;
            }
            used.push(placeholder.name);
            text.push_str(before);
            text.push_str(&placeholder.value);
            rest = after;
        }
        text.push_str(rest);
        Ok(filled)
    }

    fn unknown(&self, name: &str) -> Problem {
        let names = self.0.each_ref().map(|known| known.name).join(", ");
        Problem::of_file(format!("unknown placeholder `${{{name}}}`")).hint(format!(
            "the placeholders are {names}; write `$${{` for `${{` itself"
        ))
    }
}

/// The texts of both sections. In a portable script what is empty is said so, before all operations.
fn sections(script: &NewScript) -> (String, String) {
    let up = script.upgrade.trim_end().to_owned();
    let down = script.downgrade.trim_end().to_owned();
    match (script.format, up.is_empty(), down.is_empty()) {
        (ScriptFormat::Adapter, _, _) | (ScriptFormat::Portable, false, false) => (up, down),
        (ScriptFormat::Portable, true, true) => {
            ("upgrade = []".to_owned(), "downgrade = []".to_owned())
        }
        (ScriptFormat::Portable, true, false) => ("upgrade = []".to_owned(), down),
        (ScriptFormat::Portable, false, true) => (format!("downgrade = []\n\n{up}"), down),
    }
}

/// What became of a line of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filled {
    Written,
    WithoutValue,
}

/// Parses the text that was made and compares it with what it should say.
fn check(path: &Path, text: &str, script: &NewScript) -> Result<(), Vec<Problem>> {
    let made = parse(path, text).map_err(|diagnostics| {
        let problems = diagnostics.0.into_iter().map(|found| {
            let place = found
                .line
                .map_or_else(String::new, |line| format!("line {line} of "));
            Problem {
                line: None,
                message: format!("{place}the script made from it is wrong: {}", found.message),
                hint: found.hint,
            }
        });
        problems.collect::<Vec<_>>()
    })?;
    let expected = &script.revision;
    let differences = [
        ("revision", made.revision.id != expected.id),
        ("revises", made.revision.revises != expected.revises),
        (
            "branch",
            made.revision.branch_labels != expected.branch_labels,
        ),
        (
            "depends-on",
            made.revision.depends_on != expected.depends_on,
        ),
    ];
    let problems: Vec<Problem> = differences
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| {
            Problem::of_file(format!(
                "the script made from it has another value of `dapter:{name}` than it should"
            ))
        })
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(problems)
}
