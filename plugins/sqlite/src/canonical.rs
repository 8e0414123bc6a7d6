//! Text that is the same however somebody wrote it.

use dapter_plugin_api::sql::{Token, TokenKind};

/// Tokens with blanks where people put them, keywords in upper case, and names in lower case and without quotes where they
/// mean the same so.
pub(crate) fn text(tokens: &[Token], sql: &str) -> String {
    let mut written = String::new();
    let mut before: Option<&Token> = None;
    for token in tokens.iter().filter(|token| !token.is_trivia()) {
        if let Some(before) = before
            && is_apart(before, token, &written, sql)
        {
            written.push(' ');
        }
        written.push_str(&word(token, sql));
        before = Some(token);
    }
    written
}

fn word(token: &Token, sql: &str) -> String {
    let text = token.text(sql);
    match token.kind {
        TokenKind::Word if is_keyword(text) => text.to_ascii_uppercase(),
        TokenKind::Word => text.to_ascii_lowercase(),
        // Names are the same in either case, in quotes too.
        TokenKind::QuotedIdentifier => name(&unquoted(text)).to_ascii_lowercase(),
        _ => text.to_owned(),
    }
}

fn is_apart(before: &Token, token: &Token, written: &str, sql: &str) -> bool {
    let (last, next) = (before.text(sql), token.text(sql));
    let touches = before.end == token.start;
    if matches!(next, "," | ")" | "." | ";") || matches!(last, "(" | ".") {
        return false;
    }
    if next == "(" {
        // A call has its bracket right behind the name.
        let is_name = match before.kind {
            TokenKind::Word => !is_keyword(last) || is_function(last),
            TokenKind::QuotedIdentifier => true,
            _ => false,
        };
        return !is_name;
    }
    let both_symbols = before.kind == TokenKind::Symbol && token.kind == TokenKind::Symbol;
    if both_symbols && touches {
        const DOUBLE: &[&str] = &["<=", ">=", "<>", "!=", "==", "||", "<<", ">>", "->"];
        let pair = format!("{last}{next}");
        return !(DOUBLE.contains(&pair.as_str()) || written.ends_with("->") && next == ">");
    }
    // A sign belongs to its number.
    let is_sign = before.kind == TokenKind::Symbol && matches!(last, "-" | "+");
    if is_sign && touches && token.kind == TokenKind::Number {
        let head = written[..written.len() - last.len()].trim_end();
        let binary = head
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ')' | '"' | '\''));
        return binary;
    }
    true
}

/// Keywords that are functions where a bracket follows.
fn is_function(word: &str) -> bool {
    const FUNCTIONS: &[&str] = &["CAST", "GLOB", "IFNULL", "LIKE", "RAISE", "REPLACE"];
    FUNCTIONS.iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// A name as it is written in statements: in quotes where it needs them.
pub(crate) fn name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_plain = name.starts_with(|c: char| !c.is_ascii_digit()) && name.chars().all(plain);
    match is_plain && !is_keyword(name) {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// What stands in quotes of any of the kinds that SQLite takes for names.
pub(crate) fn unquoted(quoted: &str) -> String {
    let mut characters = quoted.chars();
    let (open, _) = (characters.next(), characters.next_back());
    let inner = characters.as_str();
    match open {
        Some('[') => inner.to_owned(),
        Some(quote @ ('"' | '`' | '\'')) => {
            inner.replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => quoted.to_owned(),
    }
}

/// Whether a word means something to SQLite. Source: "SQLite Keywords" in its documentation.
pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS
        .binary_search_by(|keyword| {
            keyword
                .bytes()
                .cmp(word.bytes().map(|byte| byte.to_ascii_uppercase()))
        })
        .is_ok()
}

#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "ABORT", "ACTION", "ADD", "AFTER", "ALL", "ALTER", "ALWAYS", "ANALYZE", "AND", "AS", "ASC", "ATTACH",
    "AUTOINCREMENT", "BEFORE", "BEGIN", "BETWEEN", "BY", "CASCADE", "CASE", "CAST", "CHECK", "COLLATE", "COLUMN",
    "COMMIT", "CONFLICT", "CONSTRAINT", "CREATE", "CROSS", "CURRENT", "CURRENT_DATE", "CURRENT_TIME",
    "CURRENT_TIMESTAMP", "DATABASE", "DEFAULT", "DEFERRABLE", "DEFERRED", "DELETE", "DESC", "DETACH", "DISTINCT", "DO",
    "DROP", "EACH", "ELSE", "END", "ESCAPE", "EXCEPT", "EXCLUDE", "EXCLUSIVE", "EXISTS", "EXPLAIN", "FAIL", "FILTER",
    "FIRST", "FOLLOWING", "FOR", "FOREIGN", "FROM", "FULL", "GENERATED", "GLOB", "GROUP", "GROUPS", "HAVING", "IF",
    "IGNORE", "IMMEDIATE", "IN", "INDEX", "INDEXED", "INITIALLY", "INNER", "INSERT", "INSTEAD", "INTERSECT", "INTO",
    "IS", "ISNULL", "JOIN", "KEY", "LAST", "LEFT", "LIKE", "LIMIT", "MATCH", "MATERIALIZED", "NATURAL", "NO", "NOT",
    "NOTHING", "NOTNULL", "NULL", "NULLS", "OF", "OFFSET", "ON", "OR", "ORDER", "OTHERS", "OUTER", "OVER", "PARTITION",
    "PLAN", "PRAGMA", "PRECEDING", "PRIMARY", "QUERY", "RAISE", "RANGE", "RECURSIVE", "REFERENCES", "REGEXP", "REINDEX",
    "RELEASE", "RENAME", "REPLACE", "RESTRICT", "RETURNING", "RIGHT", "ROLLBACK", "ROW", "ROWS", "SAVEPOINT", "SELECT",
    "SET", "TABLE", "TEMP", "TEMPORARY", "THEN", "TIES", "TO", "TRANSACTION", "TRIGGER", "UNBOUNDED", "UNION", "UNIQUE",
    "UPDATE", "USING", "VACUUM", "VALUES", "VIEW", "VIRTUAL", "WHEN", "WHERE", "WINDOW", "WITH", "WITHOUT",
];

#[cfg(test)]
mod tests {
    use super::*;
    use dapter_plugin_api::sql::{Lexer, Rules};

    fn of(sql: &str) -> String {
        text(&Lexer::new(sql, &Rules::SQLITE).collect::<Vec<_>>(), sql)
    }

    #[test]
    fn a_text_is_the_same_however_it_was_written() {
        let table = [
            ("a  in(1,2)", "a IN (1, 2)"),
            ("LENGTH ( [Name] )>=-1", "length(name) >= -1"),
            ("x/**/-1", "x - 1"),
            ("a||'b c'", "a || 'b c'"),
            ("j->>'$.a' <> \"order\"", "j ->> '$.a' <> \"order\""),
            ("cast(a as INTEGER)", "CAST(a AS integer)"),
            ("main.T.a=?", "main.t.a = ?"),
            ("current_timestamp", "CURRENT_TIMESTAMP"),
        ];
        for (written, expected) in table {
            assert_eq!(of(written), expected, "{written}");
            assert_eq!(of(expected), expected, "again");
        }
    }

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
        assert!(is_keyword("Order") && !is_keyword("orders"));
    }

    #[test]
    fn names_are_quoted_where_they_must_be() {
        let table = [
            ("users", "users"),
            ("Users", "Users"),
            ("order", "\"order\""),
            ("full name", "\"full name\""),
            ("1st", "\"1st\""),
            ("größe", "\"größe\""),
            ("a\"b", "\"a\"\"b\""),
        ];
        for (plain, expected) in table {
            assert_eq!(name(plain), expected);
        }
    }
}
