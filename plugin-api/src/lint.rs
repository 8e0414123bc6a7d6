//! What a script does to a live system: the findings of an adapter, and the rules behind them.

use crate::{ConnectOptions, Statement};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How much a [`Finding`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LintSeverity {
    /// The statement fails, or loses data, or does not do what it says.
    Error,
    /// Somebody has to wait, or running code breaks: as long as the table is large, or traffic goes on.
    Warning,
    /// Good to know; also what a severity of a newer version is read as.
    #[serde(other)]
    Info,
}

impl LintSeverity {
    /// The word in outputs.
    pub const fn name(self) -> &'static str {
        match self {
            LintSeverity::Error => "error",
            LintSeverity::Warning => "warning",
            LintSeverity::Info => "info",
        }
    }
}

/// A rule of an adapter: a way in which statements hurt a live system.
///
/// Its texts may name parts of the statement as `{table}`: a finding has the very names there, a list of the rules
/// prints `[table]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LintRule {
    /// Its name in scripts and outputs, such as `PG101`. A code never changes its meaning.
    pub code: Cow<'static, str>,
    /// How much its findings matter.
    pub severity: LintSeverity,
    /// What a statement does that trips it, in one sentence without a full stop.
    pub title: Cow<'static, str>,
    /// Why that hurts: which lock it takes, who waits and for how long, what is lost.
    pub reason: Cow<'static, str>,
    /// What to write instead.
    pub advice: Cow<'static, str>,
    /// Where the database's documentation says so.
    pub source: Cow<'static, str>,
    /// Whether data is gone afterwards that no downgrade brings back.
    pub destroys_data: bool,
}

impl Default for LintRule {
    fn default() -> Self {
        LintRule::new("", LintSeverity::Info, [""; 4])
    }
}

impl LintRule {
    /// A rule with its texts: what a statement does, why that hurts, what to write instead, where it is documented.
    pub const fn new(
        code: &'static str,
        severity: LintSeverity,
        [title, reason, advice, source]: [&'static str; 4],
    ) -> Self {
        LintRule {
            code: Cow::Borrowed(code),
            severity,
            title: Cow::Borrowed(title),
            reason: Cow::Borrowed(reason),
            advice: Cow::Borrowed(advice),
            source: Cow::Borrowed(source),
            destroys_data: false,
        }
    }

    /// The same for statements after which data is gone: an error.
    pub const fn destroying(
        code: &'static str,
        [title, reason, advice, source]: [&'static str; 4],
    ) -> Self {
        LintRule {
            code: Cow::Borrowed(code),
            severity: LintSeverity::Error,
            title: Cow::Borrowed(title),
            reason: Cow::Borrowed(reason),
            advice: Cow::Borrowed(advice),
            source: Cow::Borrowed(source),
            destroys_data: true,
        }
    }

    /// The finding of this rule on the statement of that index, with these names in place of `{name}` in its texts.
    pub fn finding(&self, statement: usize, names: &[(&str, &str)]) -> Finding {
        Finding {
            code: self.code.to_string(),
            severity: self.severity,
            statement,
            position: None,
            message: filled(&self.title, names),
            reason: filled(&self.reason, names),
            advice: filled(&self.advice, names),
            destroys_data: self.destroys_data,
        }
    }

    /// The rule as a list prints it: `{table}` is `[table]`.
    #[must_use]
    pub fn listed(&self) -> LintRule {
        let listed = |text: &str| Cow::Owned(filled(text, &[]));
        LintRule {
            title: listed(&self.title),
            reason: listed(&self.reason),
            advice: listed(&self.advice),
            ..self.clone()
        }
    }
}

/// The text with names in place of `{name}`; those that are not given stand there in square brackets.
fn filled(text: &str, names: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((key, after)) = behind.split_once('}') else {
            break;
        };
        filled.push_str(before);
        match names.iter().find(|(name, _)| *name == key) {
            Some((_, value)) => filled.push_str(value),
            None => {
                filled.push('[');
                filled.push_str(key);
                filled.push(']');
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What a rule found in a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's code.
    pub code: String,
    /// How much it matters here.
    pub severity: LintSeverity,
    /// Which statement of the script it is about, from 0.
    pub statement: usize,
    /// Where in that statement: a byte offset from its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// What the statement does.
    pub message: String,
    /// Why that hurts.
    pub reason: String,
    /// What to write instead.
    pub advice: String,
    /// Whether data is gone afterwards that no downgrade brings back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub destroys_data: bool,
}

impl Finding {
    /// The same at this byte offset of its statement.
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        self.position = Some(position as u64);
        self
    }

    /// The same with another severity than its rule's.
    #[must_use]
    pub fn weighing(mut self, severity: LintSeverity) -> Self {
        self.severity = severity;
        self
    }
}

/// What is linted: the statements that run one after the other, and how.
#[derive(Debug, Clone, Copy)]
pub struct LintScript<'a> {
    /// The text that they lie in.
    pub text: &'a str,
    /// The statements, in order.
    pub statements: &'a [Statement],
    /// Whether those that do not run alone share one transaction.
    pub in_transaction: bool,
    /// The database that it is for, where the rules depend on settings; nobody connects to it.
    pub options: Option<&'a ConnectOptions>,
}

impl<'a> LintScript<'a> {
    /// Statements that share a transaction, for a database with the settings of every other.
    pub const fn new(text: &'a str, statements: &'a [Statement]) -> Self {
        LintScript {
            text,
            statements,
            in_transaction: true,
            options: None,
        }
    }

    /// The statements' texts in order; empty for a range that is none of the text.
    pub fn texts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let text = self.text;
        self.statements
            .iter()
            .map(move |statement| statement.text(text).unwrap_or_default())
    }
}

/// A lock that a transaction holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct HeldLock {
    /// What is locked, as its database names it.
    pub object: String,
    /// What sort of object it is: `table`, `index`, `database`.
    pub kind: String,
    /// The lock's name in the database's own words.
    pub mode: String,
    /// Who has to wait meanwhile, in words: `readers and writers`; empty where nobody who only works with data does.
    pub blocks: String,
    /// How many sessions are waiting for it at this moment.
    pub waiting: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: LintRule = LintRule::destroying(
        "X1",
        [
            "{verb} of {table}",
            "{table} waits",
            "SAFE {table} {x",
            "manual",
        ],
    );

    #[test]
    fn a_finding_names_what_its_rule_leaves_open() {
        let finding = RULE
            .finding(3, &[("table", "\"a{b}\""), ("verb", "DROP")])
            .at(5);
        assert_eq!(finding.message, "DROP of \"a{b}\"");
        assert_eq!(finding.reason, "\"a{b}\" waits");
        assert_eq!(finding.advice, "SAFE \"a{b}\" {x");
        assert_eq!((finding.statement, finding.position), (3, Some(5)));
        assert!(finding.destroys_data);
    }

    #[test]
    fn a_list_names_them_in_brackets() {
        assert_eq!(RULE.listed().title, "[verb] of [table]");
    }

    #[test]
    fn a_severity_of_a_newer_version_is_read_as_information() {
        let read: LintSeverity = serde_json::from_str("\"catastrophe\"").expect("reads");
        assert_eq!(read, LintSeverity::Info);
    }

    #[test]
    fn a_rule_of_an_older_version_is_read() {
        let read: LintRule =
            serde_json::from_str(r#"{"code":"A1","severity":"error"}"#).expect("reads");
        assert_eq!((&*read.code, &*read.advice), ("A1", ""));
    }
}
