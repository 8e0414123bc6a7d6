//! The pure part: where statements end.

use crate::assignment::ModeTracker;
use crate::mode::SqlMode;
use dapter_plugin_api::sql::{self, Rules, SplitError, StatementSpan};
use dapter_plugin_api::{AdapterError, ErrorKind, Result, Statement};
use std::borrow::Cow;

/// Splits a script that begins in an SQL mode and may set others.
pub(crate) fn split(script: &str, mode: SqlMode) -> Result<Vec<Statement>> {
    let mut tracker = ModeTracker::new(mode);
    let mut statements = Vec::new();
    let mut piece = Piece::whole(script);
    loop {
        let rules = tracker.mode().rules();
        let (spans, failure) = piece.split(&rules);
        let before = tracker.mode();
        let change = spans
            .iter()
            .position(|span| tracker.see(span.text(&piece.text)) && tracker.mode() != before);
        let kept = change.map_or(spans.len(), |index| index + 1);
        statements.extend(
            spans[..kept]
                .iter()
                .map(|span| piece.statement(script, span)),
        );
        match (change, failure) {
            (Some(index), _) => piece = piece.behind(script, &spans[index]),
            (None, Some(failure)) => return Err(refused(&failure, &piece)),
            (None, None) => return Ok(statements),
        }
    }
}

/// The rest of a script, from where on one mode is in force.
struct Piece<'s> {
    text: Cow<'s, str>,
    /// Where in the script it begins. Its text begins with a `DELIMITER` line that the script has not there.
    start: usize,
    added: usize,
}

impl<'s> Piece<'s> {
    fn whole(script: &'s str) -> Self {
        Piece {
            text: Cow::Borrowed(script),
            start: 0,
            added: 0,
        }
    }

    /// Its statements; those before the fault, if it cannot be split to its end.
    fn split(&self, rules: &Rules) -> (Vec<StatementSpan>, Option<SplitError>) {
        match sql::split(&self.text, rules) {
            Ok(spans) => (spans, None),
            Err(failure) => {
                let before = self.text.get(..failure.offset).unwrap_or_default();
                (sql::split(before, rules).unwrap_or_default(), Some(failure))
            }
        }
    }

    fn offset(&self, place: usize) -> usize {
        (self.start + place).saturating_sub(self.added)
    }

    fn statement(&self, script: &str, span: &StatementSpan) -> Statement {
        let (start, end) = (self.offset(span.start), self.offset(span.end));
        let (line, column) = match self.start {
            0 => (span.line, span.column),
            _ => place(script, start),
        };
        Statement {
            start,
            end,
            line,
            column,
            alone: false,
        }
    }

    /// What comes behind a statement, with the delimiter in force there.
    fn behind(&self, script: &'s str, span: &StatementSpan) -> Self {
        let start = self.offset(span.end);
        let rest = &script[start..];
        let (text, added) = match delimiter_of(rest) {
            ";" | "" => (Cow::Borrowed(rest), 0),
            delimiter => {
                let line = format!("DELIMITER {delimiter}\n");
                let added = line.len();
                (Cow::Owned(line + rest), added)
            }
        };
        Piece { text, start, added }
    }
}

/// The delimiter that a text behind a statement begins with.
fn delimiter_of(rest: &str) -> &str {
    let rest = rest.trim_start();
    if rest.starts_with(';') {
        return ";";
    }
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let punctuation = |c: char| c.is_ascii_punctuation();
    let word = &rest[..end];
    if word.chars().all(punctuation) && !word.starts_with("--") && !word.starts_with("/*") {
        word
    } else {
        ";"
    }
}

fn place(script: &str, offset: usize) -> (u32, u32) {
    let before = &script[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let count = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
    (
        count(before.matches('\n').count()),
        count(before[line_start..].chars().count()),
    )
}

fn refused(failure: &SplitError, piece: &Piece<'_>) -> AdapterError {
    AdapterError::new(ErrorKind::Script, failure.kind.to_string())
        .at(piece.offset(failure.offset) as u64)
        .with_hint(failure.kind.hint())
}

/// Whether a text that must be one statement is several: a server would run them all, and only the first is known.
///
/// Bodies with semicolons of their own are left to the server, which knows them better.
pub(crate) fn is_several(text: &str, rules: &Rules) -> bool {
    text.contains(';') && sql::split(text, rules).is_ok_and(|spans| spans.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(script: &str, mode: &str) -> Vec<(u32, u32, String)> {
        let found = split(script, SqlMode::of(mode)).expect(script);
        let text = |s: &Statement| s.text(script).expect("a range of the script").to_owned();
        found.iter().map(|s| (s.line, s.column, text(s))).collect()
    }

    fn only(script: &str, mode: &str) -> Vec<String> {
        texts(script, mode)
            .into_iter()
            .map(|(_, _, text)| text)
            .collect()
    }

    #[test]
    fn the_mode_of_the_session_decides_about_quotes() {
        let backslash = r"SELECT '\'; SELECT 2";
        assert_eq!(
            only(backslash, "NO_BACKSLASH_ESCAPES"),
            [r"SELECT '\'", "SELECT 2"]
        );
        assert!(split(backslash, SqlMode::default()).is_err());
        let quotes = r#"SELECT "a\";b" FROM t"#;
        assert_eq!(only(quotes, "").len(), 1);
        assert!(split(quotes, SqlMode::of("ANSI")).is_err());
    }

    #[test]
    fn a_script_that_sets_the_mode_is_split_by_it_from_there_on() {
        let script = "SELECT '\\';';\nSET sql_mode = 'NO_BACKSLASH_ESCAPES';\n SELECT '\\'; SELECT 'ü;';\nSET sql_mode='';\nSELECT '\\'';";
        let expected = [
            (1, 1, "SELECT '\\';'"),
            (2, 1, "SET sql_mode = 'NO_BACKSLASH_ESCAPES'"),
            (3, 2, "SELECT '\\'"),
            (3, 14, "SELECT 'ü;'"),
            (4, 1, "SET sql_mode=''"),
            (5, 1, "SELECT '\\''"),
        ];
        let found = texts(script, "");
        let found: Vec<_> = found.iter().map(|(l, c, t)| (*l, *c, t.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_delimiter_outlives_the_mode() {
        let script = "DELIMITER $$\nSET sql_mode='NO_BACKSLASH_ESCAPES' $$\nSELECT '\\'; SELECT 2 $$\nDELIMITER ;\nSELECT 3; SELECT 4;";
        let expected = [
            "SET sql_mode='NO_BACKSLASH_ESCAPES'",
            "SELECT '\\'; SELECT 2",
            "SELECT 3",
            "SELECT 4",
        ];
        assert_eq!(only(script, ""), expected);
    }

    #[test]
    fn a_fault_behind_a_change_of_mode_is_told_at_its_place() {
        let script = "SET sql_mode='ANSI';\nSELECT 1; SELECT 'x";
        let error = split(script, SqlMode::default()).expect_err("the string is open");
        assert_eq!(error.kind, ErrorKind::Script);
        assert_eq!(error.position, Some(script.len() as u64 - 2));
    }

    #[test]
    fn several_statements_in_one_are_found() {
        let rules = SqlMode::default().rules();
        assert!(is_several("SELECT 1; SELECT 2", &rules));
        assert!(!is_several("SELECT ';';", &rules));
        assert!(!is_several(
            "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END",
            &rules
        ));
    }
}
