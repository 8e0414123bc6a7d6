//! What a `SET` statement sets, as far as a splitter has to know.

use crate::mode::SqlMode;
use crate::words::Words;
use dapter_plugin_api::sql::{Rules, TokenKind};
use std::collections::BTreeMap;

/// The SQL mode from statement to statement, and where scripts put it to fetch it back.
///
/// A dump begins with `SET @OLD_SQL_MODE = @@SQL_MODE, SQL_MODE = '…'` and ends with `SET SQL_MODE = @OLD_SQL_MODE`.
#[derive(Debug, Clone)]
pub(crate) struct ModeTracker {
    first: SqlMode,
    current: SqlMode,
    saved: BTreeMap<String, SqlMode>,
}

impl ModeTracker {
    pub(crate) fn new(mode: SqlMode) -> Self {
        ModeTracker {
            first: mode,
            current: mode,
            saved: BTreeMap::new(),
        }
    }

    /// The mode in force.
    pub(crate) fn mode(&self) -> SqlMode {
        self.current
    }

    /// Reads a statement; returns whether it may have set the session's mode.
    pub(crate) fn see(&mut self, statement: &str) -> bool {
        let rules = self.current.rules();
        let mut words = Words::new(statement, &rules);
        if !words.accept(&["SET"]) || !mentions_mode(statement) {
            return false;
        }
        let mut sets = false;
        loop {
            sets |= self.see_assignment(&mut words, &rules, statement);
            if !skip_to_comma(&mut words) {
                return sets;
            }
        }
    }

    fn see_assignment(&mut self, words: &mut Words<'_>, rules: &Rules, statement: &str) -> bool {
        let Some(target) = Target::read(words, statement) else {
            return false;
        };
        words.accept_sign(":");
        if !words.accept_sign("=") {
            return false;
        }
        let value = self.value(words.clone(), rules, statement);
        match target {
            Target::Variable(name) => {
                if let Some(mode) = value {
                    self.saved.insert(name, mode);
                }
                false
            }
            Target::Mode => {
                // What cannot be read here was most likely saved from the session at its start.
                self.current = value.unwrap_or(self.first);
                true
            }
        }
    }

    /// The mode that an expression stands for, up to a comma that is no part of it.
    fn value(&self, mut words: Words<'_>, rules: &Rules, statement: &str) -> Option<SqlMode> {
        let mut mode = None;
        let mut depth = 0_usize;
        while let Some(token) = words.peek() {
            let text = token.text(statement);
            let found = match token.kind {
                TokenKind::String => words.clone().string().map(|names| SqlMode::of(&names)),
                TokenKind::Variable if is_mode_variable(text) => Some(self.current),
                TokenKind::Variable => self.saved.get(&text.to_ascii_lowercase()).copied(),
                TokenKind::QuotedIdentifier if !rules.backslash_escapes => None,
                TokenKind::Word if text.eq_ignore_ascii_case("DEFAULT") => Some(self.first),
                TokenKind::Word => Some(SqlMode::of(text)),
                _ => None,
            };
            match text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                "," if depth == 0 => break,
                _ => {}
            }
            if let Some(found) = found {
                mode = Some(mode.map_or(found, |mode: SqlMode| mode.and(found)));
            }
            words.take();
        }
        mode
    }
}

/// What an assignment sets.
enum Target {
    /// The session's SQL mode.
    Mode,
    /// A user variable, by its name in lower case with the `@`.
    Variable(String),
}

impl Target {
    fn read(words: &mut Words<'_>, statement: &str) -> Option<Target> {
        if words.accept(&["GLOBAL"])
            || words.accept(&["PERSIST"])
            || words.accept(&["PERSIST_ONLY"])
        {
            return None;
        }
        if !words.accept(&["SESSION"]) {
            words.accept(&["LOCAL"]);
        }
        let token = words.take()?;
        let text = token.text(statement);
        match token.kind {
            TokenKind::Word if text.eq_ignore_ascii_case("sql_mode") => Some(Target::Mode),
            TokenKind::QuotedIdentifier
                if text[1..].to_ascii_lowercase().starts_with("sql_mode") =>
            {
                Some(Target::Mode)
            }
            TokenKind::Variable if text.eq_ignore_ascii_case("@@sql_mode") => Some(Target::Mode),
            TokenKind::Variable
                if text.eq_ignore_ascii_case("@@session")
                    || text.eq_ignore_ascii_case("@@local") =>
            {
                let names_mode = words.accept_sign(".") && words.accept(&["sql_mode"]);
                names_mode.then_some(Target::Mode)
            }
            TokenKind::Variable if !text.starts_with("@@") => {
                Some(Target::Variable(text.to_ascii_lowercase()))
            }
            _ => None,
        }
    }
}

/// `@@sql_mode`, or the `@@session` of `@@session.sql_mode`.
fn is_mode_variable(text: &str) -> bool {
    ["@@sql_mode", "@@session", "@@local"]
        .iter()
        .any(|name| text.eq_ignore_ascii_case(name))
}

/// Whether the statement names a mode, or a variable that may hold one.
fn mentions_mode(statement: &str) -> bool {
    statement
        .as_bytes()
        .windows(b"sql_mode".len())
        .any(|window| window.eq_ignore_ascii_case(b"sql_mode"))
}

/// Passes over the rest of an assignment; `false` if it was the last.
fn skip_to_comma(words: &mut Words<'_>) -> bool {
    let mut depth = 0_usize;
    while words.peek().is_some() {
        match words.peek_text() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," if depth == 0 => {
                words.take();
                return true;
            }
            _ => {}
        }
        words.take();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_follows_the_statements() {
        let table: [(&[&str], &str); 14] = [
            (&["SET sql_mode = 'ANSI_QUOTES'"], "ANSI_QUOTES"),
            (&["set session SQL_MODE := 'ansi'"], "ANSI_QUOTES"),
            (
                &["SET @@sql_mode = 'NO_BACKSLASH_ESCAPES'"],
                "NO_BACKSLASH_ESCAPES",
            ),
            (&["SET @@session.sql_mode = ANSI_QUOTES"], "ANSI_QUOTES"),
            (&["SET NAMES utf8mb4, sql_mode='ANSI'"], "ANSI_QUOTES"),
            (&["SET GLOBAL sql_mode = 'ANSI'"], ""),
            (&["SET @@global.sql_mode = 'ANSI'"], ""),
            (
                &["SET sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES'), a = 1"],
                "ANSI_QUOTES",
            ),
            (
                &[
                    "SET sql_mode = 'ANSI'",
                    "SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')",
                ],
                "ANSI_QUOTES,NO_BACKSLASH_ESCAPES",
            ),
            (&["SET sql_mode = 'ANSI'", "SET sql_mode = ''"], ""),
            (&["SET sql_mode = 'ANSI'", "SET sql_mode = DEFAULT"], ""),
            (
                &[
                    "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='ANSI' */",
                    "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */",
                ],
                "",
            ),
            (
                &[
                    "SET sql_mode = 'ANSI'",
                    "SET @m = @@sql_mode",
                    "SET sql_mode = ''",
                    "SET sql_mode = @m",
                ],
                "ANSI_QUOTES",
            ),
            (&["SELECT 'SET sql_mode = ANSI'", "SET a = 'sql_mode'"], ""),
        ];
        for (statements, expected) in table {
            let mut tracker = ModeTracker::new(SqlMode::default());
            for statement in statements {
                tracker.see(statement);
            }
            assert_eq!(tracker.mode().names(), expected, "{statements:?}");
        }
    }

    #[test]
    fn only_statements_that_set_the_mode_are_told() {
        let mut tracker = ModeTracker::new(SqlMode::default());
        assert!(tracker.see("SET sql_mode = ''"));
        assert!(!tracker.see("SET @old = @@sql_mode"));
        assert!(!tracker.see("SET GLOBAL sql_mode = 'ANSI'"));
        assert!(!tracker.see("UPDATE sql_mode SET sql_mode = 1"));
    }
}
