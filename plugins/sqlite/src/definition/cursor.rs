//! A place in a statement.

use crate::canonical;
use dapter_plugin_api::schema::IndexPart;
use dapter_plugin_api::sql::{Lexer, Rules, Token, TokenKind};

/// The tokens of a statement that mean something, and a place among them.
pub(crate) struct Cursor<'s> {
    sql: &'s str,
    tokens: Vec<Token>,
    next: usize,
}

impl<'s> Cursor<'s> {
    pub(crate) fn new(sql: &'s str) -> Self {
        let lexer = Lexer::new(sql, &Rules::SQLITE);
        let tokens = lexer.filter(|token| !token.is_trivia()).collect();
        Cursor {
            sql,
            tokens,
            next: 0,
        }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        let rest = self.tokens.get(self.next..).unwrap_or_default();
        rest.iter().all(|token| token.kind == TokenKind::Terminator)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    /// Whether these keywords come next.
    pub(crate) fn at(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(offset, word)| {
            self.tokens.get(self.next + offset).is_some_and(|token| {
                token.kind == TokenKind::Word && token.text(self.sql).eq_ignore_ascii_case(word)
            })
        })
    }

    /// Takes these keywords if they all come next.
    pub(crate) fn accept(&mut self, words: &[&str]) -> bool {
        let comes = self.at(words);
        if comes {
            self.next += words.len();
        }
        comes
    }

    pub(crate) fn at_symbol(&self, symbol: &str) -> bool {
        self.peek()
            .is_some_and(|token| token.kind == TokenKind::Symbol && token.text(self.sql) == symbol)
    }

    pub(crate) fn accept_symbol(&mut self, symbol: &str) -> bool {
        let comes = self.at_symbol(symbol);
        if comes {
            self.next += 1;
        }
        comes
    }

    /// A name, without its quotes.
    pub(crate) fn name(&mut self) -> Option<String> {
        let token = self.peek()?;
        let text = token.text(self.sql);
        let name = match token.kind {
            TokenKind::Word => text.to_owned(),
            TokenKind::QuotedIdentifier | TokenKind::String => canonical::unquoted(text),
            _ => return None,
        };
        self.next += 1;
        Some(name)
    }

    /// A name, without the schema before it.
    pub(crate) fn last_name(&mut self) -> Option<String> {
        let mut name = self.name()?;
        while self.accept_symbol(".") {
            name = self.name()?;
        }
        Some(name)
    }

    /// One word of any kind, in upper case.
    pub(crate) fn word(&mut self) -> Option<String> {
        let token = self.peek().filter(|token| token.kind == TokenKind::Word)?;
        let word = token.text(self.sql).to_ascii_uppercase();
        self.next += 1;
        Some(word)
    }

    /// One token, as it is written by everybody.
    pub(crate) fn token(&mut self) -> Option<String> {
        let token = self.peek()?;
        let text = canonical::text(std::slice::from_ref(token), self.sql);
        self.next += 1;
        Some(text)
    }

    /// What stands in brackets, if an opening one comes next.
    pub(crate) fn bracketed(&mut self) -> Option<Cursor<'s>> {
        if !self.at_symbol("(") {
            return None;
        }
        let start = self.next + 1;
        let mut depth = 0_usize;
        while let Some(token) = self.peek() {
            if token.kind == TokenKind::Symbol {
                match token.text(self.sql) {
                    "(" => depth += 1,
                    ")" => depth -= 1,
                    _ => {}
                }
            }
            self.next += 1;
            if depth == 0 {
                return Some(self.part(start, self.next - 1));
            }
        }
        None
    }

    /// What is left, cut at the commas outside of brackets.
    pub(crate) fn parts(&self) -> Vec<Cursor<'s>> {
        let mut parts = Vec::new();
        let (mut depth, mut start) = (0_usize, self.next);
        for index in self.next..self.tokens.len() {
            let token = &self.tokens[index];
            let symbol = match token.kind {
                TokenKind::Symbol => token.text(self.sql),
                _ => "",
            };
            match symbol {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                "," if depth == 0 => {
                    parts.push(self.part(start, index));
                    start = index + 1;
                }
                _ => {}
            }
        }
        parts.push(self.part(start, self.tokens.len()));
        parts
    }

    fn part(&self, start: usize, end: usize) -> Cursor<'s> {
        Cursor {
            sql: self.sql,
            tokens: self.tokens[start..end].to_vec(),
            next: 0,
        }
    }

    /// All that is left, as everybody writes it.
    pub(crate) fn rest(&mut self) -> String {
        let mut tokens = self.tokens.get(self.next..).unwrap_or_default();
        while let Some((last, before)) = tokens.split_last() {
            if last.kind != TokenKind::Terminator {
                break;
            }
            tokens = before;
        }
        let text = canonical::text(tokens, self.sql);
        self.next = self.tokens.len();
        text
    }

    /// Names in brackets.
    pub(crate) fn names(&mut self) -> Option<Vec<String>> {
        let list = self.bracketed()?;
        let names = list.parts().into_iter().map(|mut part| {
            let name = part.name()?;
            part.is_at_end().then_some(name)
        });
        names.collect()
    }

    /// Whether the last word numbers the key, which it takes away then.
    pub(crate) fn ends_with_autoincrement(&mut self) -> bool {
        let is_it = self.tokens.last().is_some_and(|token| {
            token.kind == TokenKind::Word
                && token.text(self.sql).eq_ignore_ascii_case("AUTOINCREMENT")
        });
        if is_it {
            self.tokens.pop();
        }
        is_it
    }

    /// Columns of an index or a key.
    pub(crate) fn key_parts(&self) -> Option<Vec<IndexPart>> {
        self.parts().into_iter().map(index_part).collect()
    }

    /// Columns of an index or a key, in brackets.
    pub(crate) fn index_parts(&mut self) -> Option<Vec<IndexPart>> {
        self.bracketed()?.key_parts()
    }
}

fn index_part(mut cursor: Cursor<'_>) -> Option<IndexPart> {
    let mut part = IndexPart::default();
    let tokens = cursor.tokens.len();
    let ends = |cursor: &Cursor<'_>| {
        cursor.is_at_end()
            || ["COLLATE", "ASC", "DESC"]
                .iter()
                .any(|word| cursor.at(&[word]))
    };
    let start = cursor.next;
    match cursor.name() {
        Some(name) if ends(&cursor) => part.column = name,
        _ => {
            // Directions stand at the end.
            cursor.next = start;
            let mut end = tokens;
            let is = |index: usize, word: &str| {
                let token = &cursor.tokens[index];
                token.kind == TokenKind::Word && token.text(cursor.sql).eq_ignore_ascii_case(word)
            };
            while end > start && (is(end - 1, "ASC") || is(end - 1, "DESC")) {
                end -= 1;
            }
            part.expression = cursor.part(start, end).rest();
            cursor.next = end;
        }
    }
    if cursor.accept(&["COLLATE"]) {
        part.collation = cursor.name()?.to_ascii_uppercase();
    }
    part.descending = !cursor.accept(&["ASC"]) && cursor.accept(&["DESC"]);
    cursor.is_at_end().then_some(part)
}

/// The names that a statement mentions, in lower case.
pub(crate) fn names_in(sql: &str) -> Vec<String> {
    let lexer = Lexer::new(sql, &Rules::SQLITE);
    let names = lexer.filter_map(|token| match token.kind {
        TokenKind::Word => Some(token.text(sql).to_ascii_lowercase()),
        TokenKind::QuotedIdentifier => {
            Some(canonical::unquoted(token.text(sql)).to_ascii_lowercase())
        }
        _ => None,
    });
    names.collect()
}
