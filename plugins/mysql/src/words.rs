//! Reading a statement token by token.

use dapter_plugin_api::sql::{DoubleQuotes, Lexer, Rules, Token, TokenKind};

/// The tokens of a statement that mean something, what stands in comments that the server runs included.
#[derive(Clone)]
pub(crate) struct Words<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    rules: Rules,
    next: Option<Token>,
}

impl<'t> Words<'t> {
    pub(crate) fn new(text: &'t str, rules: &Rules) -> Self {
        let mut words = Words {
            text,
            lexer: Lexer::new(text, rules),
            rules: *rules,
            next: None,
        };
        words.advance();
        words
    }

    fn advance(&mut self) {
        self.next = self.lexer.by_ref().find(|token| {
            let opens_or_closes = matches!(
                token.kind,
                TokenKind::ExecutableCommentStart | TokenKind::ExecutableCommentEnd
            );
            !token.is_trivia() && !opens_or_closes
        });
    }

    /// The next token.
    pub(crate) fn peek(&self) -> Option<Token> {
        self.next
    }

    /// The next token's text; empty at the end.
    pub(crate) fn peek_text(&self) -> &'t str {
        self.next.map_or("", |token| token.text(self.text))
    }

    /// The next token, taken.
    pub(crate) fn take(&mut self) -> Option<Token> {
        let token = self.next;
        self.advance();
        token
    }

    /// The next token as a keyword in upper case, taken if it is a word; empty if not.
    pub(crate) fn keyword(&mut self) -> String {
        match self.next {
            Some(token) if token.kind == TokenKind::Word => {
                let word = token.text(self.text).to_ascii_uppercase();
                self.advance();
                word
            }
            _ => String::new(),
        }
    }

    /// Whether the next token is this keyword.
    pub(crate) fn at(&self, keyword: &str) -> bool {
        self.next.is_some_and(|token| {
            token.kind == TokenKind::Word && token.text(self.text).eq_ignore_ascii_case(keyword)
        })
    }

    /// Takes these keywords if they all come next.
    pub(crate) fn accept(&mut self, keywords: &[&str]) -> bool {
        let mut ahead = self.clone();
        for keyword in keywords {
            if !ahead.at(keyword) {
                return false;
            }
            ahead.advance();
        }
        *self = ahead;
        true
    }

    /// Takes the next token if it is this sign.
    pub(crate) fn accept_sign(&mut self, sign: &str) -> bool {
        let comes = self
            .next
            .is_some_and(|token| token.kind == TokenKind::Symbol && token.text(self.text) == sign);
        if comes {
            self.advance();
        }
        comes
    }

    /// Whether any of the tokens to come is this keyword.
    pub(crate) fn contain(&self, keyword: &str) -> bool {
        let mut ahead = self.clone();
        while ahead.next.is_some() {
            if ahead.at(keyword) {
                return true;
            }
            ahead.advance();
        }
        false
    }

    /// A name, quoted or not, taken.
    pub(crate) fn name(&mut self) -> Option<String> {
        let token = self.next?;
        let text = token.text(self.text);
        let name = match token.kind {
            TokenKind::Word | TokenKind::Number => text.to_owned(),
            TokenKind::QuotedIdentifier => unquoted(text),
            _ => return None,
        };
        self.advance();
        Some(name)
    }

    /// A name, or a text that stands for one, as in `'user'@'host'`.
    pub(crate) fn name_or_text(&mut self) -> Option<String> {
        match self.next {
            Some(token) if token.kind == TokenKind::String => self.string(),
            _ => self.name(),
        }
    }

    /// The value of a string that has no escapes in it, taken.
    pub(crate) fn string(&mut self) -> Option<String> {
        let token = self.next.filter(|token| token.kind == TokenKind::String)?;
        let text = token.text(self.text);
        let escapes = self.rules.backslash_escapes && text.contains('\\');
        let quoted = text.starts_with('\'')
            || text.starts_with('"') && self.rules.double_quotes == DoubleQuotes::String;
        if escapes || !quoted {
            return None;
        }
        self.advance();
        Some(unquoted(text))
    }
}

/// What stands between a token's quotes, whose doubled ones are one each.
fn unquoted(text: &str) -> String {
    let Some(quote) = text.chars().next() else {
        return String::new();
    };
    let inside = text
        .get(1..text.len().saturating_sub(1))
        .unwrap_or_default();
    inside.replace(&format!("{quote}{quote}"), &quote.to_string())
}
