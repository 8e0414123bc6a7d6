//! Writing values and names into statements.

use dapter_plugin_api::sql::{self, Rules};
use dapter_plugin_api::{AdapterError, ErrorKind, Result};

/// A text as a literal that means the same whatever `standard_conforming_strings` says.
///
/// # Errors
/// PostgreSQL has no text with a NUL character.
pub(crate) fn text(value: &str) -> Result<String> {
    if value.contains('\0') {
        return Err(AdapterError::new(
            ErrorKind::Statement,
            "a text with a NUL character cannot be stored in PostgreSQL",
        ));
    }
    let mut literal = String::with_capacity(value.len() + 3);
    literal.push_str("E'");
    for character in value.chars() {
        if matches!(character, '\'' | '\\') {
            literal.push(character);
        }
        literal.push(character);
    }
    literal.push('\'');
    Ok(literal)
}

/// A number for a column of type `bigint`.
///
/// # Errors
/// The number is too great for one.
pub(crate) fn number(value: u64) -> Result<String> {
    match i64::try_from(value) {
        Ok(value) => Ok(format!("{value}::bigint")),
        Err(_) => Err(AdapterError::new(
            ErrorKind::Other,
            format!("{value} is too great for a column of PostgreSQL"),
        )),
    }
}

/// A name in quotes.
pub(crate) fn name(value: &str) -> String {
    sql::quote_identifier(value, &Rules::POSTGRESQL)
}

/// The literal of a list of texts, as an array.
///
/// # Errors
/// As [`text`].
pub(crate) fn array<'v>(values: impl IntoIterator<Item = &'v str>) -> Result<String> {
    let literals = values
        .into_iter()
        .map(text)
        .collect::<Result<Vec<String>>>()?;
    Ok(format!("ARRAY[{}]::text[]", literals.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_whatever_is_in_it() {
        let table = [
            ("", "E''"),
            ("it's", "E'it''s'"),
            (r"a\b\'", r"E'a\\b\\'''"),
            ("é\n$1", "E'é\n$1'"),
        ];
        for (value, literal) in table {
            assert_eq!(text(value).expect("no NUL"), literal, "{value}");
        }
        let error = text("a\0b").expect_err("a NUL");
        assert!(error.message.contains("NUL"), "{error}");
    }

    #[test]
    fn numbers_and_names_and_lists() {
        assert_eq!(number(7).expect("fits"), "7::bigint");
        assert!(number(u64::MAX).is_err());
        assert_eq!(name("a\"b"), "\"a\"\"b\"");
        assert_eq!(
            array(["a", "b'"]).expect("no NUL"),
            "ARRAY[E'a', E'b''']::text[]"
        );
    }
}
