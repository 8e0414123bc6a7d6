//! Names in the bodies of functions, which are texts: what stands in them is told apart only as far as it must be, and what
//! was written comes out again as it was.

use crate::tokens::Tokens;
use dapter_plugin_api::sql::{Rules, keywords};

/// What holds the texts in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// A function or procedure in a language whose names are known.
    Function,
    /// A function in another language.
    Foreign,
    /// A block that runs at once.
    Block,
}

/// What the texts of a statement are, if they are bodies.
pub(super) fn holder(text: &str) -> Option<Holder> {
    let mut tokens = Tokens::of(text);
    if tokens.accept(&["DO"]) {
        return Some(Holder::Block);
    }
    let is_created = tokens.accept(&["CREATE", "OR", "REPLACE"]) || tokens.accept(&["CREATE"]);
    if !is_created || !tokens.accept(&["FUNCTION"]) && !tokens.accept(&["PROCEDURE"]) {
        return None;
    }
    let words: Vec<String> = keywords(text, &Rules::POSTGRESQL)
        .map(str::to_lowercase)
        .collect();
    let mut languages = words.iter().skip_while(|word| *word != "language").skip(1);
    // In quotes it is a text: `LANGUAGE 'plpgsql'`.
    let is_known = languages.next().is_none_or(|language| {
        ["sql", "plpgsql"].contains(&language.as_str())
            || text.to_lowercase().contains("'plpgsql'")
            || text.to_lowercase().contains("'sql'")
    });
    Some(match is_known {
        true => Holder::Function,
        false => Holder::Foreign,
    })
}

/// The text with the name of one schema instead of another's, wherever that stands before a point, in texts and comments too.
///
/// # Errors
/// The first such name that could not be written back as it was.
pub(super) fn with_schema(text: &str, home: &str, instead: &str) -> Result<String, String> {
    let quoted = format!("\"{}\"", home.replace('"', "\"\""));
    let is_plain = is_plain(home);
    let lower = text.to_ascii_lowercase();
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let before = text[..at].chars().next_back();
        let (found, put) = match rest.starts_with(&quoted) {
            true => (quoted.len(), format!("\"{instead}\"")),
            false => {
                let begins = !before.is_some_and(|c| is_part(c) || c == '"' || c == '.');
                let is_it = is_plain && begins && lower[at..].starts_with(home);
                (if is_it { home.len() } else { 0 }, instead.to_owned())
            }
        };
        let behind = rest[found..].trim_start();
        if found > 0 && behind.starts_with('.') && before != Some('.') {
            if !rest.starts_with(home) && !rest.starts_with(&quoted) {
                return Err(rest
                    .chars()
                    .take_while(|c| is_part(*c) || *c == '.')
                    .collect());
            }
            written.push_str(&put);
            at += found;
            continue;
        }
        let next = rest.chars().next().map_or(1, char::len_utf8);
        written.push_str(&rest[..next]);
        at += next;
    }
    Ok(written)
}

/// The text as it was before [`with_schema`].
pub(super) fn without_schema(text: &str, home: &str, instead: &str) -> String {
    let quoted = format!("\"{}\"", home.replace('"', "\"\""));
    text.replace(&format!("\"{instead}\""), &quoted)
        .replace(instead, home)
}

fn is_plain(name: &str) -> bool {
    name.chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_comes_out_as_it_was_written() {
        let table = [
            ("SELECT * FROM public.users", "SELECT * FROM dapter_1.users"),
            ("x := public . f()", "x := dapter_1 . f()"),
            ("\"public\".\"Users\"", "\"dapter_1\".\"Users\""),
            (
                "'it''s'; 'public.users'::regclass",
                "'it''s'; 'dapter_1.users'::regclass",
            ),
            (
                "a.public.b, public_x.c, public, ünpublic.d",
                "a.public.b, public_x.c, public, ünpublic.d",
            ),
        ];
        for (text, mapped) in table {
            let found = with_schema(text, "public", "dapter_1").expect(text);
            assert_eq!(found, mapped);
            assert_eq!(without_schema(&found, "public", "dapter_1"), text);
        }
        let other = with_schema("SELECT PUBLIC.f()", "public", "dapter_1");
        assert_eq!(other.expect_err("another case"), "PUBLIC.f");
    }

    #[test]
    fn bodies_are_those_of_functions_and_blocks() {
        let table = [
            (
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                Some(Holder::Function),
            ),
            (
                "CREATE OR REPLACE PROCEDURE p() AS $$BEGIN END$$ LANGUAGE 'plpgsql'",
                Some(Holder::Function),
            ),
            (
                "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'x'",
                Some(Holder::Foreign),
            ),
            ("DO $$BEGIN END$$", Some(Holder::Block)),
            ("COMMENT ON TABLE t IS 'public.x'", None),
        ];
        for (text, expected) in table {
            assert_eq!(holder(text), expected, "{text}");
        }
    }
}
