//! Names with the database before them, as the server writes them into expressions and views.

use dapter_plugin_api::sql::{Lexer, Rules, Token, TokenKind};

/// A text of the server without the database's own name before others. Nothing in strings changes, and neither does a
/// column of a table that is called like the database.
pub(super) fn without_database(text: &str, database: &str) -> String {
    let own = crate::literal::name(database);
    if !text.contains(&own) {
        return text.to_owned();
    }
    let tokens: Vec<Token> = Lexer::new(text, &Rules::MARIADB).collect();
    let tokens: Vec<(Token, &str)> = tokens
        .iter()
        .map(|token| (*token, token.text(text)))
        .collect();
    let is_name = |at: usize| {
        let token = tokens.get(at);
        token.is_some_and(|(token, _)| token.kind == TokenKind::QuotedIdentifier)
    };
    let sign = |at: usize| tokens.get(at).map_or("", |(_, text)| *text);
    // Where a table goes by the database's name, what stands before a point may be that table.
    let is_alias = (0..tokens.len()).any(|at| {
        sign(at) == own && sign(at + 1) != "." && at > 1 && sign(at - 1) == " " && is_name(at - 2)
    });
    let mut plain = String::with_capacity(text.len());
    let mut at = 0;
    while at < tokens.len() {
        let begins = sign(at) == own && sign(at + 1) == "." && (at == 0 || sign(at - 1) != ".");
        let whole = sign(at + 3) == "."
            || sign(at + 3) == "("
            || !is_alias
            || follows_table_word(&tokens, at);
        if begins && is_name(at + 2) && whole {
            at += 2;
        } else {
            plain.push_str(sign(at));
            at += 1;
        }
    }
    plain
}

/// Whether a table is named here.
fn follows_table_word(tokens: &[(Token, &str)], at: usize) -> bool {
    let before = tokens[..at].iter().rev();
    let word = before
        .map(|(_, text)| *text)
        .find(|text| *text != "(" && !text.trim().is_empty());
    word.is_some_and(|word| {
        ["from", "join", "straight_join"].contains(&word.to_ascii_lowercase().as_str())
    })
}

/// All names in backticks.
pub(super) fn names(text: &str) -> Vec<String> {
    let quoted =
        Lexer::new(text, &Rules::MARIADB).filter(|token| token.kind == TokenKind::QuotedIdentifier);
    quoted.map(|token| unquoted(token.text(text))).collect()
}

/// A name without its quotes, which are double ones in some modes.
pub(super) fn unquoted(name: &str) -> String {
    for quote in ['`', '"'] {
        let inside = name
            .strip_prefix(quote)
            .and_then(|name| name.strip_suffix(quote));
        if let Some(inside) = inside {
            return inside.replace(&format!("{quote}{quote}"), &quote.to_string());
        }
    }
    name.to_owned()
}
