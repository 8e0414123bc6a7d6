//! The words and names at the beginning of a statement.

use dapter_plugin_api::sql::{Lexer, Rules, Token, TokenKind};
use std::iter::Peekable;

/// What means something to the server in a statement, in order; ends at the terminator.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'t> {
    text: &'t str,
    rest: Peekable<Lexer<'t>>,
}

impl<'t> Tokens<'t> {
    pub(crate) fn of(text: &'t str) -> Tokens<'t> {
        Tokens {
            text,
            rest: Lexer::new(text, &Rules::POSTGRESQL).peekable(),
        }
    }

    /// The next token, which stays the next.
    fn peek(&mut self) -> Option<Token> {
        while self.rest.next_if(Token::is_trivia).is_some() {}
        let next = self.rest.peek().copied();
        next.filter(|token| token.kind != TokenKind::Terminator)
    }

    fn advance(&mut self) -> Option<Token> {
        self.peek()?;
        self.rest.next()
    }

    /// Whether nothing follows.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// The first words, in upper case; names in quotes, literals and symbols are passed over.
    pub(crate) fn words(&self, count: usize) -> Vec<String> {
        let mut tokens = self.clone();
        let words = std::iter::from_fn(|| tokens.advance());
        words
            .filter(|token| token.kind == TokenKind::Word)
            .take(count)
            .map(|token| token.text(self.text).to_ascii_uppercase())
            .collect()
    }

    /// Takes these words if they are the next ones, in any case.
    pub(crate) fn accept(&mut self, words: &[&str]) -> bool {
        let mut ahead = self.clone();
        for word in words {
            let next = ahead
                .advance()
                .filter(|token| token.kind == TokenKind::Word);
            if !next.is_some_and(|token| token.text(self.text).eq_ignore_ascii_case(word)) {
                return false;
            }
        }
        *self = ahead;
        true
    }

    /// Takes a symbol if it is the next one.
    pub(crate) fn accept_symbol(&mut self, symbol: &str) -> bool {
        let next = self.peek();
        let fits = next.is_some_and(|token| {
            token.kind == TokenKind::Symbol && token.text(self.text) == symbol
        });
        if fits {
            self.advance();
        }
        fits
    }

    /// Takes a list in brackets if it is next, and returns the words in it, in upper case.
    pub(crate) fn bracketed(&mut self) -> Vec<String> {
        let mut words = Vec::new();
        if !self.accept_symbol("(") {
            return words;
        }
        let mut depth = 1_u32;
        while let Some(token) = self.advance() {
            match (token.kind, token.text(self.text)) {
                (TokenKind::Symbol, "(") => depth += 1,
                (TokenKind::Symbol, ")") if depth == 1 => break,
                (TokenKind::Symbol, ")") => depth -= 1,
                (TokenKind::Word, word) => words.push(word.to_ascii_uppercase()),
                _ => {}
            }
        }
        words
    }

    /// Takes a name, with its schema if it has one, as it is written.
    pub(crate) fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            let is_name =
                |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
            let token = self.peek().filter(is_name)?;
            self.advance();
            name.push_str(token.text(self.text));
            if !self.accept_symbol(".") {
                return Some(name);
            }
            name.push('.');
        }
    }

    /// Takes a string literal as it is written.
    pub(crate) fn string(&mut self) -> Option<String> {
        let token = self
            .peek()
            .filter(|token| token.kind == TokenKind::String)?;
        self.advance();
        Some(token.text(self.text).to_owned())
    }
}

/// What a name without a schema stands for.
pub(crate) fn plain(name: &str) -> String {
    match name
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => name.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_names_and_literals_are_taken_in_their_order() {
        let mut tokens = Tokens::of("/* a */ Alter TYPE \"S\" . t -- b\n ADD value 'x''y'; SELECT");
        assert!(!tokens.accept(&["alter", "table"]));
        assert!(tokens.accept(&["alter", "type"]));
        assert_eq!(tokens.name().as_deref(), Some("\"S\".t"));
        assert!(tokens.accept(&["ADD", "VALUE"]));
        assert_eq!(tokens.name(), None);
        assert_eq!(tokens.string().as_deref(), Some("'x''y'"));
        assert!(tokens.is_at_end());
    }

    #[test]
    fn lists_in_brackets_are_taken_whole() {
        let mut tokens = Tokens::of("(verbose, x (y), tablespace \"t\") TABLE");
        assert_eq!(tokens.bracketed(), ["VERBOSE", "X", "Y", "TABLESPACE"]);
        assert!(tokens.accept(&["TABLE"]));
        assert!(tokens.bracketed().is_empty());
    }

    #[test]
    fn a_name_in_quotes_is_taken_by_its_letters() {
        assert_eq!(plain("Shop"), "shop");
        assert_eq!(plain("\"Sh\"\"op\""), "Sh\"op");
    }
}
