//! `allow`: findings of lint that somebody has looked at and wants to have all the same.

use std::path::Path;

use super::directive::{Directive, DirectiveName, comment_text};
use super::header::words;
use super::lines::Lines;
use super::problem::Problem;
use crate::diagnostic::Diagnostics;

/// A line `dapter:allow CODE "why"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The codes of the rules, at least one.
    pub codes: Vec<String>,
    /// Why; never empty.
    pub reason: String,
    /// The line it stands on.
    pub line: usize,
    /// Whether it is for the whole script; otherwise it is for the next statement, or the one that it stands in.
    pub in_header: bool,
}

impl Allow {
    /// Reads what follows `dapter:allow`.
    pub(super) fn read(value: &str, line: usize, in_header: bool) -> Result<Self, Problem> {
        let (codes, reason) = value.split_once('"').unwrap_or((value, ""));
        let codes: Vec<String> = words(codes).map(str::to_owned).collect();
        let reason = reason.trim_end().strip_suffix('"').unwrap_or_default();
        let word = DirectiveName::Allow.as_str();
        let problem = |message: &str| {
            let example = format!("write `dapter:{word} CODE \"why\"`");
            Problem::at(line, format!("`dapter:{word}` {message}")).hint(example)
        };
        if codes.is_empty() {
            return Err(problem("names no code"));
        }
        if reason.trim().is_empty() {
            return Err(problem("is without a reason in double quotes"));
        }
        Ok(Self {
            codes,
            reason: reason.trim().to_owned(),
            line,
            in_header,
        })
    }
}

/// What a text that is no script allows: each line of this kind for the statement below it.
///
/// # Errors
/// Every such line that cannot be read.
pub(crate) fn allowed_in(path: &Path, text: &str) -> Result<Vec<Allow>, Diagnostics> {
    let mut allows = Vec::new();
    let mut problems = Vec::new();
    for line in Lines::new(text) {
        let comment = comment_text(&text[line.content.clone()]);
        let directive = comment.and_then(Directive::of_comment);
        if let Some(Directive { name, value }) = directive
            && name == DirectiveName::Allow.as_str()
        {
            match Allow::read(value, line.number, false) {
                Ok(allow) => allows.push(allow),
                Err(problem) => problems.push(problem.in_file(path)),
            }
        }
    }
    match problems.is_empty() {
        true => Ok(allows),
        false => Err(Diagnostics(problems)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_a_reason_are_read() {
        let allow = Allow::read("PG101, PG102  \"small table\"", 3, true).expect("reads");
        assert_eq!(allow.codes, ["PG101", "PG102"]);
        assert_eq!(allow.reason, "small table");
    }

    #[test]
    fn without_code_or_reason_it_is_refused() {
        for (value, message) in [
            ("", "names no code"),
            ("\"why\"", "names no code"),
            ("PG101", "is without a reason"),
            ("PG101 why", "is without a reason"),
            ("PG101 \"\"", "is without a reason"),
            ("PG101 \" \"", "is without a reason"),
            ("PG101 \"open", "is without a reason"),
        ] {
            let problem = Allow::read(value, 1, false).expect_err(value);
            assert!(
                problem.message.contains(message),
                "{value}: {}",
                problem.message
            );
        }
    }
}
