//! Where the statements of a script are.
//!
//! A script is what isql runs, with `SET TERM` where somebody has written it; without it a body with `BEGIN` and `END` stays
//! whole too. Commands of isql are refused before anything runs.

use crate::body::Body;
use crate::form::Form;
use dapter_plugin_api::Statement;
use dapter_plugin_api::sql::{Lexer, Position, Rules, Token, TokenKind};

/// The lexical rules of Firebird, but for `SET TERM`, which is read here.
pub(crate) const RULES: Rules = Rules {
    alternative_quotes: true,
    ..Rules::STANDARD
};

/// The longest terminator that is taken for one, in bytes.
const LONGEST: usize = 32;

/// Why a script cannot be split, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) why: String,
    pub(crate) hint: &'static str,
}

/// Splits a script.
pub(crate) fn split(script: &str) -> Result<Vec<Statement>, Fault> {
    let mut splitter = Splitter {
        text: script,
        lexer: Lexer::new(script, &RULES),
        terminator: ";",
        body: Body::default(),
        current: None,
        position: Position::new(script),
        found: Vec::new(),
    };
    while let Some(token) = splitter.lexer.next() {
        splitter.take(token)?;
    }
    splitter.finish()?;
    Ok(splitter.found)
}

/// The statement that is being read: from its first token to its last so far.
#[derive(Debug, Clone, Copy)]
struct Current {
    start: usize,
    end: usize,
    /// Whether all of it is the word `SET`.
    is_set: bool,
}

struct Splitter<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    terminator: &'t str,
    body: Body,
    current: Option<Current>,
    position: Position<'t>,
    found: Vec<Statement>,
}

impl Splitter<'_> {
    fn take(&mut self, token: Token) -> Result<(), Fault> {
        if !token.terminated {
            return Err(unclosed(token));
        }
        if token.is_trivia() {
            return Ok(());
        }
        let text = token.text(self.text);
        let is_word = token.kind == TokenKind::Word;
        let is = |word: &str| is_word && text.eq_ignore_ascii_case(word);
        if token.kind == TokenKind::Terminator && (self.terminator != ";" || self.body.may_end()) {
            return self.end();
        }
        match &mut self.current {
            Some(current) if current.is_set && is("TERM") => return self.change_terminator(token),
            Some(current) => {
                current.end = token.end;
                current.is_set = false;
            }
            None => {
                self.current = Some(Current {
                    start: token.start,
                    end: token.end,
                    is_set: is("SET"),
                });
            }
        }
        self.body.see(text, token.start, is_word);
        Ok(())
    }

    /// The statement is whole.
    fn end(&mut self) -> Result<(), Fault> {
        self.body = Body::default();
        let Some(Current { start, end, .. }) = self.current.take() else {
            return Ok(());
        };
        let statement = &self.text[start..end];
        if let Some((why, hint)) = Form::of(statement).refusal(statement) {
            return Err(Fault {
                at: start,
                why,
                hint,
            });
        }
        let (line, column) = self.position.advance(start);
        self.found.push(Statement {
            start,
            end,
            line,
            column,
            alone: false,
        });
        Ok(())
    }

    /// Reads what stands behind `SET TERM`: the new terminator, then the one in force.
    fn change_terminator(&mut self, term: Token) -> Result<(), Fault> {
        let rest = &self.text[term.end..];
        let line = rest.lines().next().unwrap_or_default();
        let before = line.find(self.terminator);
        let new = before.map(|end| line[..end].trim()).unwrap_or_default();
        let is_one = (1..=LONGEST).contains(&new.len()) && !new.contains(char::is_whitespace);
        let (Some(end), true) = (before, is_one) else {
            return Err(Fault {
                at: term.start,
                why: "`SET TERM` takes a new terminator and then the one in force".to_owned(),
                hint: "write `SET TERM ^ ;`, and `SET TERM ; ^` behind the statements",
            });
        };
        self.lexer.skip_to(term.end + end + self.terminator.len());
        self.lexer.set_terminator(new);
        self.terminator = new;
        self.current = None;
        self.body = Body::default();
        Ok(())
    }

    /// The script ends: so does the last statement, unless its body is open.
    fn finish(&mut self) -> Result<(), Fault> {
        match self.current {
            Some(current) if self.terminator == ";" && !self.body.may_end() => {
                let block = self.body.outermost();
                let hint = "close every BEGIN and CASE with an END";
                Err(Fault {
                    at: block.unwrap_or(current.start),
                    why: match block {
                        Some(_) => "the block has no `END`".to_owned(),
                        None => "the routine has no body".to_owned(),
                    },
                    hint,
                })
            }
            _ => self.end(),
        }
    }
}

fn unclosed(token: Token) -> Fault {
    let what = match token.kind {
        TokenKind::String => "string",
        TokenKind::QuotedIdentifier => "name in quotes",
        _ => "comment",
    };
    Fault {
        at: token.start,
        why: format!("the {what} is never closed"),
        hint: "close it; a quote within quotes is written twice",
    }
}

#[cfg(test)]
mod tests;
