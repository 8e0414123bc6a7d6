//! What stands next in a statement, as SQLite means it.

use crate::canonical;
use dapter_plugin_api::schema::IndexPart;
use dapter_plugin_api::sql::{Lexer, Phrase, Rules, TokenKind};

/// A statement from its beginning.
pub(super) fn phrase(sql: &str) -> Phrase<'_> {
    Phrase::whole(sql, &Rules::SQLITE)
}

/// Takes a name, without its quotes.
pub(super) fn name(phrase: &mut Phrase<'_>) -> Option<String> {
    let token = phrase.tokens().first()?;
    let text = token.text(phrase.source());
    let name = match token.kind {
        TokenKind::Word => text.to_owned(),
        TokenKind::QuotedIdentifier | TokenKind::String => canonical::unquoted(text),
        _ => return None,
    };
    phrase.skip();
    Some(name)
}

/// Takes a name, without the schema before it.
pub(super) fn last_name(phrase: &mut Phrase<'_>) -> Option<String> {
    let mut last = name(phrase)?;
    while phrase.accept_symbol(".") {
        last = name(phrase)?;
    }
    Some(last)
}

/// Takes one word, in upper case.
pub(super) fn word(phrase: &mut Phrase<'_>) -> Option<String> {
    let token = phrase.tokens().first()?;
    let word = (token.kind == TokenKind::Word).then(|| token.text(phrase.source()))?;
    let word = word.to_ascii_uppercase();
    phrase.skip();
    Some(word)
}

/// Takes one token, as it is written by everybody.
pub(super) fn token(phrase: &mut Phrase<'_>) -> Option<String> {
    let text = canonical::text(phrase.tokens().get(..1)?, phrase.source());
    phrase.skip();
    Some(text)
}

/// All that is left, as everybody writes it.
pub(super) fn rest(phrase: &Phrase<'_>) -> String {
    canonical::text(phrase.tokens(), phrase.source())
}

/// Whether an opening bracket comes next.
pub(super) fn at_bracket(phrase: &Phrase<'_>) -> bool {
    let next = phrase.tokens().first();
    next.is_some_and(|next| next.text(phrase.source()) == "(")
}

/// Takes an expression in brackets.
pub(super) fn expression(phrase: &mut Phrase<'_>) -> Option<String> {
    phrase.bracketed().map(|inner| rest(&inner))
}

/// Takes names in brackets.
pub(super) fn names(phrase: &mut Phrase<'_>) -> Option<Vec<String>> {
    let list = phrase.bracketed()?;
    let names = list.parts().into_iter().map(|mut part| {
        let name = name(&mut part)?;
        part.is_at_end().then_some(name)
    });
    names.collect()
}

/// The columns of an index or a key.
pub(super) fn index_parts(list: &Phrase<'_>) -> Option<Vec<IndexPart>> {
    list.parts().iter().map(index_part).collect()
}

fn index_part(phrase: &Phrase<'_>) -> Option<IndexPart> {
    let ends = |phrase: &Phrase<'_>| {
        phrase.is_at_end()
            || ["COLLATE", "ASC", "DESC"]
                .iter()
                .any(|word| phrase.at(&[word]))
    };
    let mut part = IndexPart::default();
    let mut behind = phrase.clone();
    match name(&mut behind) {
        Some(name) if ends(&behind) => part.column = name,
        _ => {
            part.expression = rest(&phrase.before_any(&["ASC", "DESC"]));
            part.descending = phrase.has(&["DESC"]);
            return Some(part);
        }
    }
    if behind.accept(&["COLLATE"]) {
        part.collation = name(&mut behind)?.to_ascii_uppercase();
    }
    part.descending = !behind.accept(&["ASC"]) && behind.accept(&["DESC"]);
    behind.is_at_end().then_some(part)
}

/// The table that a trigger belongs to: its name stands behind the first `ON`.
pub(crate) fn table_of_trigger(sql: &str) -> Option<String> {
    last_name(&mut phrase(sql).before_any(&["BEGIN"]).behind(&["ON"])?)
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
