//! Writing identifiers and string literals.

use super::rules::Rules;

/// `name` as a quoted identifier.
///
/// Always quoted, so keywords, blanks and upper case survive. A NUL character, which no database
/// has in a name, is passed on for the server to refuse.
///
/// ```
/// # use dapter_plugin_api::sql::{Rules, quote_identifier};
/// assert_eq!(quote_identifier("or\"der", &Rules::POSTGRESQL), r#""or""der""#);
/// assert_eq!(quote_identifier("or`der", &Rules::MYSQL), "`or``der`");
/// ```
#[must_use]
pub fn quote_identifier(name: &str, rules: &Rules) -> String {
    enclose(name, rules.identifier_quote)
}

/// `value` as a string literal.
///
/// Where a backslash escapes, it is doubled. Where it may, depending on a setting of the session, a
/// value with a backslash becomes `E'…'`, which means the same under every setting. A NUL character is
/// passed on: MySQL stores it, the others refuse the statement.
///
/// ```
/// # use dapter_plugin_api::sql::{Rules, quote_string};
/// assert_eq!(quote_string("it's", &Rules::SQLITE), "'it''s'");
/// assert_eq!(quote_string(r"a\b", &Rules::MYSQL), r"'a\\b'");
/// assert_eq!(quote_string(r"a\b", &Rules::POSTGRESQL), r"E'a\\b'");
/// ```
#[must_use]
pub fn quote_string(value: &str, rules: &Rules) -> String {
    let escapes = rules.backslash_escapes || rules.escape_strings;
    if !escapes || !value.contains('\\') {
        return enclose(value, '\'');
    }
    let literal = enclose(&value.replace('\\', r"\\"), '\'');
    if rules.escape_strings {
        format!("E{literal}")
    } else {
        literal
    }
}

fn enclose(content: &str, quote: char) -> String {
    let mut quoted = String::with_capacity(content.len() + 2);
    quoted.push(quote);
    for character in content.chars() {
        if character == quote {
            quoted.push(quote);
        }
        quoted.push(character);
    }
    quoted.push(quote);
    quoted
}
