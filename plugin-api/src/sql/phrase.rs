//! Reading a statement word by word.

use super::lexer::Lexer;
use super::rules::Rules;
use super::token::{Token, TokenKind};

/// The most tokens that a phrase holds: statements with more are data, and what matters of those stands at their
/// beginning.
const LONGEST: usize = 20_000;

/// The tokens of a statement, or of a part of it, that mean something to the server, and a place among them.
///
/// What stands in comments that the server runs is part of it. Keywords are compared in any case.
#[derive(Debug, Clone)]
pub struct Phrase<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    next: usize,
    is_cut: bool,
}

impl<'t> Phrase<'t> {
    /// The tokens of a statement, up to its terminator.
    #[must_use]
    pub fn new(text: &'t str, rules: &Rules) -> Self {
        Self::of_at_most(LONGEST, text, rules)
    }

    /// The same with every token, however many there are: of a definition that has to be read whole.
    #[must_use]
    pub fn whole(text: &'t str, rules: &Rules) -> Self {
        Self::of_at_most(usize::MAX, text, rules)
    }

    fn of_at_most(longest: usize, text: &'t str, rules: &Rules) -> Self {
        let matters = |token: &Token| {
            let opens_or_closes = matches!(
                token.kind,
                TokenKind::ExecutableCommentStart | TokenKind::ExecutableCommentEnd
            );
            !token.is_trivia() && !opens_or_closes
        };
        let mut lexer = Lexer::new(text, rules)
            .filter(matters)
            .take_while(|token| token.kind != TokenKind::Terminator);
        let tokens = lexer.by_ref().take(longest).collect();
        Phrase {
            text,
            tokens,
            next: 0,
            is_cut: lexer.next().is_some(),
        }
    }

    /// Whether the statement goes on behind the last token here.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether no token is left.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.next >= self.tokens.len()
    }

    /// The text that the tokens were read from.
    #[must_use]
    pub const fn source(&self) -> &'t str {
        self.text
    }

    /// The tokens that are left.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        self.tokens.get(self.next..).unwrap_or_default()
    }

    /// Byte offset of the next token in the statement; that behind the last one at the end.
    #[must_use]
    pub fn position(&self) -> usize {
        match self.tokens.get(self.next) {
            Some(token) => token.start,
            None => self.tokens.last().map_or(0, |token| token.end),
        }
    }

    /// The text of what is left, as it is written.
    #[must_use]
    pub fn rest(&self) -> &'t str {
        let end = self.tokens.last().map_or(0, |token| token.end);
        self.text.get(self.position()..end).unwrap_or_default()
    }

    fn word_at(&self, index: usize) -> Option<&'t str> {
        let token = self.tokens.get(index)?;
        (token.kind == TokenKind::Word).then(|| token.text(self.text))
    }

    fn symbol_at(&self, index: usize) -> Option<&'t str> {
        let token = self.tokens.get(index)?;
        (token.kind == TokenKind::Symbol).then(|| token.text(self.text))
    }

    fn stands(&self, index: usize, words: &[&str]) -> bool {
        let fits = |(offset, word): (usize, &&str)| {
            self.word_at(index + offset)
                .is_some_and(|found| found.eq_ignore_ascii_case(word))
        };
        words.iter().enumerate().all(fits)
    }

    /// Whether these keywords come next.
    #[must_use]
    pub fn at(&self, words: &[&str]) -> bool {
        self.stands(self.next, words)
    }

    /// Takes these keywords if they all come next.
    pub fn accept(&mut self, words: &[&str]) -> bool {
        let comes = self.at(words);
        if comes {
            self.next += words.len();
        }
        comes
    }

    /// Takes one of these keywords if it comes next, and returns which.
    pub fn accept_any(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let word = words.iter().find(|word| self.at(&[word]))?;
        self.next += 1;
        Some(word)
    }

    /// Takes a symbol if it comes next.
    pub fn accept_symbol(&mut self, symbol: &str) -> bool {
        let comes = self.symbol_at(self.next) == Some(symbol);
        if comes {
            self.next += 1;
        }
        comes
    }

    /// Passes over the next token.
    pub fn skip(&mut self) {
        self.next += 1;
    }

    /// Takes a name, with its schema if it has one, as it is written.
    pub fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            let token = self.tokens.get(self.next)?;
            if !matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier) {
                return None;
            }
            name.push_str(token.text(self.text));
            self.next += 1;
            if !self.accept_symbol(".") {
                return Some(name);
            }
            name.push('.');
        }
    }

    /// Takes names with commas between.
    pub fn names(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        while let Some(name) = self.name() {
            names.push(name);
            if !self.accept_symbol(",") {
                break;
            }
        }
        names
    }

    /// Takes what stands in brackets, if an opening one comes next.
    pub fn bracketed(&mut self) -> Option<Phrase<'t>> {
        if self.symbol_at(self.next) != Some("(") {
            return None;
        }
        let start = self.next + 1;
        let end = self.close_of(self.next);
        self.next = (end + 1).min(self.tokens.len());
        Some(self.part(start, end))
    }

    /// The index of the bracket that closes the one at `open`; the end if none does.
    fn close_of(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for index in open..self.tokens.len() {
            match self.symbol_at(index) {
                Some("(") => depth += 1,
                Some(")") => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return index;
                    }
                }
                _ => {}
            }
        }
        self.tokens.len()
    }

    fn part(&self, start: usize, end: usize) -> Phrase<'t> {
        let tokens = self.tokens.get(start..end).unwrap_or_default().to_vec();
        Phrase {
            text: self.text,
            tokens,
            next: 0,
            is_cut: false,
        }
    }

    /// The indices of the tokens left that stand in no brackets.
    fn outside_brackets(&self) -> impl Iterator<Item = usize> {
        let mut depth = 0_usize;
        (self.next..self.tokens.len()).filter(move |&index| match self.symbol_at(index) {
            Some("(") => {
                depth += 1;
                false
            }
            Some(")") => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
    }

    /// Whether these keywords stand one after the other in what is left, outside of brackets.
    #[must_use]
    pub fn has(&self, words: &[&str]) -> bool {
        self.outside_brackets()
            .any(|index| self.stands(index, words))
    }

    /// What is left behind these keywords, which stand outside of brackets.
    #[must_use]
    pub fn behind(&self, words: &[&str]) -> Option<Phrase<'t>> {
        let index = self
            .outside_brackets()
            .find(|&index| self.stands(index, words))?;
        Some(self.part(index + words.len(), self.tokens.len()))
    }

    /// What is left before the first of these keywords that stands outside of brackets.
    #[must_use]
    pub fn before_any(&self, words: &[&str]) -> Phrase<'t> {
        let is_end = |&index: &usize| words.iter().any(|word| self.stands(index, &[word]));
        let end = self.outside_brackets().find(is_end);
        self.part(self.next, end.unwrap_or(self.tokens.len()))
    }

    /// What is left, cut at the commas outside of brackets.
    #[must_use]
    pub fn parts(&self) -> Vec<Phrase<'t>> {
        let commas: Vec<usize> = self
            .outside_brackets()
            .filter(|&index| self.symbol_at(index) == Some(","))
            .collect();
        let starts = [self.next]
            .into_iter()
            .chain(commas.iter().map(|comma| comma + 1));
        let ends = commas.iter().copied().chain([self.tokens.len()]);
        starts
            .zip(ends)
            .map(|(start, end)| self.part(start, end))
            .collect()
    }

    /// The functions that are called in what is left, in lower case; a type with a length, as in `'x'::varchar(9)`, is
    /// none.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        let is_call = |&index: &usize| {
            let is_type = index > 0 && self.symbol_at(index - 1) == Some(":");
            self.word_at(index).is_some() && self.symbol_at(index + 1) == Some("(") && !is_type
        };
        (self.next..self.tokens.len())
            .filter(is_call)
            .filter_map(|index| self.word_at(index))
            .map(str::to_ascii_lowercase)
            .collect()
    }
}

/// What a name without its schema stands for, in one form for all ways to write it: without quotes, in lower case.
#[must_use]
pub fn bare_name(name: &str) -> String {
    let last = match name.strip_suffix(['"', '`', ']']) {
        Some(rest) => rest.rsplit(['"', '`', '[']).next(),
        None => name.rsplit('.').next(),
    };
    last.unwrap_or_default().to_lowercase()
}
