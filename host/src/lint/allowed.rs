//! What scripts allow, and what is wrong with that.

use dapter_plugin_api::{LintRule, LintSeverity};

use super::finding::LintFinding;
use crate::plan::PlannedStatement;
use crate::script::{Allow, Script};
use crate::suggest::did_you_mean;

/// The statements of a section, and the line of its directive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Covered<'a> {
    pub(super) section_line: usize,
    pub(super) statements: &'a [PlannedStatement],
}

impl Covered<'_> {
    /// Whether a line that allows something is about the statement of that index: it is for the whole script, or stands
    /// in the statement or above it.
    pub(super) fn by(self, allow: &Allow, index: usize) -> bool {
        let place = |index: usize| {
            let statement = self.statements.get(index)?;
            Some((statement.line, statement.column))
        };
        // A portable operation may come to several statements.
        allow.in_header
            || self
                .next(allow)
                .is_some_and(|next| place(next) == place(index))
    }

    /// The first statement that does not end above the line.
    fn next(self, allow: &Allow) -> Option<usize> {
        if allow.line <= self.section_line {
            return None;
        }
        self.statements.iter().position(|statement| {
            statement.line + statement.text.written().matches('\n').count() >= allow.line
        })
    }
}

/// Whether it names this code, in any case.
pub(super) fn names(allow: &Allow, code: &str) -> bool {
    allow
        .codes
        .iter()
        .any(|name| name.eq_ignore_ascii_case(code))
}

/// What is wrong with what a script allows: codes that no rule has, and codes that no statement trips. `used` are the
/// lines and codes that allowed something.
pub(super) fn mistakes(
    script: &Script,
    rules: &[LintRule],
    used: &[(usize, String)],
    is_read: impl Fn(&Allow) -> bool,
) -> Vec<LintFinding> {
    // What another dialect's rules are called this adapter does not know.
    let has_other_dialects = script
        .upgrade
        .iter()
        .chain(&script.downgrade)
        .any(|section| !section.adapters.is_empty());
    let mut found = Vec::new();
    for allow in script.allows.iter().filter(|allow| is_read(allow)) {
        for code in &allow.codes {
            let rule = rules
                .iter()
                .find(|rule| rule.code.eq_ignore_ascii_case(code));
            let is_used = |(line, used): &(usize, String)| {
                *line == allow.line && used.eq_ignore_ascii_case(code)
            };
            match rule {
                None if has_other_dialects => {}
                None => found.push(unknown(script, allow, code, rules)),
                Some(_) if used.iter().any(is_used) => {}
                Some(rule) => found.push(unused(script, allow, &rule.code)),
            }
        }
    }
    found
}

fn unknown(script: &Script, allow: &Allow, code: &str, rules: &[LintRule]) -> LintFinding {
    let advice = match did_you_mean(code, rules.iter().map(|rule| &*rule.code)) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => "`dapter lint --rules` lists the rules with their codes".to_owned(),
    };
    LintFinding {
        message: format!("no rule has the code `{code}`"),
        reason: "so the line allows nothing".to_owned(),
        advice,
        ..of_line("ALLOW1", LintSeverity::Error, script, allow)
    }
}

fn unused(script: &Script, allow: &Allow, code: &str) -> LintFinding {
    LintFinding {
        message: format!("nothing here trips {code}, which is allowed"),
        reason: "what is allowed for nothing hides the next finding".to_owned(),
        advice: "remove it, or move it right above the statement that it is for".to_owned(),
        ..of_line("ALLOW2", LintSeverity::Warning, script, allow)
    }
}

fn of_line(code: &str, severity: LintSeverity, script: &Script, allow: &Allow) -> LintFinding {
    LintFinding {
        code: code.to_owned(),
        severity,
        revision: Some(script.revision.id.clone()),
        direction: None,
        path: script.path.clone(),
        line: allow.line,
        column: 1,
        message: String::new(),
        reason: String::new(),
        advice: String::new(),
        destroys_data: false,
        allowed: None,
    }
}
