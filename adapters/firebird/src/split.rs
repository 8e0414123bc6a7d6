//! Where the statements of a script are.
//!
//! A script is what isql runs, with `SET TERM` where somebody has written it; without it a body with `BEGIN` and `END` stays
//! whole too. Commands of isql are refused before anything runs.

use crate::body::Body;
use crate::form::Form;
use dapter_plugin_api::Statement;
use dapter_plugin_api::sql::{Lexer, Rules, TokenKind};

/// The lexical rules of Firebird, but for `q'{…}'` and `SET TERM`, which are read here.
pub(crate) const RULES: Rules = Rules::STANDARD;

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
        at: 0,
        terminator: ";",
        body: Body::default(),
        current: None,
        place: Place::default(),
        found: Vec::new(),
    };
    while let Some(piece) = splitter.next()? {
        splitter.take(piece)?;
    }
    splitter.finish()?;
    Ok(splitter.found)
}

/// A piece of the text that is no comment and no white space.
#[derive(Debug, Clone, Copy)]
struct Piece {
    kind: Kind,
    start: usize,
    end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Terminator,
    Other,
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
    at: usize,
    terminator: &'t str,
    body: Body,
    current: Option<Current>,
    place: Place,
    found: Vec<Statement>,
}

impl Splitter<'_> {
    fn next(&mut self) -> Result<Option<Piece>, Fault> {
        loop {
            let start = self.at;
            let rest = &self.text[start..];
            if rest.starts_with(self.terminator) {
                return Ok(Some(self.piece(Kind::Terminator, self.terminator.len())));
            }
            if let Some(length) = alternative(rest) {
                let length = length.ok_or_else(|| self.unclosed(start, "string"))?;
                return Ok(Some(self.piece(Kind::Other, length)));
            }
            let Some(token) = Lexer::new(rest, &RULES).next() else {
                return Ok(None);
            };
            if !token.terminated {
                return Err(self.unclosed(
                    start,
                    match token.kind {
                        TokenKind::String => "string",
                        TokenKind::QuotedIdentifier => "name in quotes",
                        _ => "comment",
                    },
                ));
            }
            if token.is_trivia() {
                self.at += token.end;
                continue;
            }
            // A terminator such as `$$` may stand at the end of what a word is made of.
            let cut = match token.kind {
                TokenKind::Word | TokenKind::Number => token.text(rest).find(self.terminator),
                _ => None,
            };
            let kind = match token.kind {
                TokenKind::Word => Kind::Word,
                _ => Kind::Other,
            };
            return Ok(Some(self.piece(kind, cut.unwrap_or(token.end))));
        }
    }

    fn piece(&mut self, kind: Kind, length: usize) -> Piece {
        let start = self.at;
        self.at += length;
        Piece {
            kind,
            start,
            end: self.at,
        }
    }

    fn take(&mut self, piece: Piece) -> Result<(), Fault> {
        let text = &self.text[piece.start..piece.end];
        let is = |word: &str| piece.kind == Kind::Word && text.eq_ignore_ascii_case(word);
        if piece.kind == Kind::Terminator && (self.terminator != ";" || self.body.may_end()) {
            return self.end();
        }
        match &mut self.current {
            Some(current) if current.is_set && is("TERM") => return self.change_terminator(piece),
            Some(current) => {
                current.end = piece.end;
                current.is_set = false;
            }
            None => {
                self.current = Some(Current {
                    start: piece.start,
                    end: piece.end,
                    is_set: is("SET"),
                });
            }
        }
        self.body.see(text, piece.start, piece.kind == Kind::Word);
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
        let (line, column) = self.place.of(self.text, start);
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
    fn change_terminator(&mut self, term: Piece) -> Result<(), Fault> {
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
        self.at = term.end + end + self.terminator.len();
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

    fn unclosed(&self, at: usize, what: &str) -> Fault {
        Fault {
            at,
            why: format!("the {what} is never closed"),
            hint: "close it; a quote within quotes is written twice",
        }
    }
}

/// The length of the string `q'{…}'` that a text begins with: `None` within, if it never ends.
///
/// Source: "Alternatives for the Apostrophes in String Literals" in the language reference.
fn alternative(text: &str) -> Option<Option<usize>> {
    let content = text
        .strip_prefix("q'")
        .or_else(|| text.strip_prefix("Q'"))?;
    let opening = content.chars().next()?;
    let closing = match opening {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        other => other,
    };
    let inside = &content[opening.len_utf8()..];
    let end = inside.find(&format!("{closing}'"));
    let before = text.len() - inside.len();
    Some(end.map(|end| before + end + closing.len_utf8() + 1))
}

/// Counts lines and columns while it goes forward.
#[derive(Debug, Default)]
struct Place {
    offset: usize,
    /// Complete lines, and characters of the one behind them.
    lines: u32,
    characters: u32,
}

impl Place {
    /// Line and column of a place not before the one that was asked for last, both from 1.
    fn of(&mut self, text: &str, offset: usize) -> (u32, u32) {
        let passed = &text[self.offset..offset];
        let last_line = passed.rfind('\n').map_or(passed, |end| {
            self.lines += count(passed.bytes().filter(|&byte| byte == b'\n'));
            self.characters = 0;
            &passed[end + 1..]
        });
        self.characters += count(last_line.chars());
        self.offset = offset;
        (self.lines + 1, self.characters + 1)
    }
}

/// Scripts are far shorter than four thousand million lines.
fn count(items: impl Iterator) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
