//! Lists of schemas, as `search_path` has them.

use crate::literal;
use crate::url::error;
use dapter_plugin_api::Result;

/// The schema that PostgreSQL has without being told.
const DEFAULT: &str = "public";

/// Reads a list of schemas: names without quotes are in lower case, as the server reads them.
pub(crate) fn parse(text: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = text.trim();
    loop {
        let (name, behind) = name(rest)?;
        names.push(name);
        let behind = behind.trim_start();
        if behind.is_empty() {
            return Ok(names);
        }
        rest = behind.strip_prefix(',').ok_or_else(bad)?.trim_start();
    }
}

fn bad() -> dapter_plugin_api::AdapterError {
    error("`search_path` is no list of schemas")
        .with_hint("write NAME, or several with commas between")
}

/// The first name, and what is behind it.
fn name(text: &str) -> Result<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find(',').unwrap_or(text.len());
        let name = text[..end].trim();
        let plain = !name.is_empty() && !name.contains(['"', '\'', ';', ' ']);
        return plain
            .then(|| (name.to_lowercase(), &text[end..]))
            .ok_or_else(bad);
    };
    let mut name = String::new();
    loop {
        let end = rest.find('"').ok_or_else(bad)?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(behind) => {
                name.push('"');
                rest = behind;
            }
            None if name.is_empty() => return Err(bad()),
            None => return Ok((name, rest)),
        }
    }
}

/// The list for a `SET`.
pub(crate) fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| literal::name(name)).collect();
    names.join(", ")
}

/// The schema that new objects without a schema go to, as far as it can be told without looking.
pub(crate) fn first(names: Option<&[String]>) -> String {
    let special = ["$user", "pg_temp", "pg_catalog"];
    let mut names = names.unwrap_or_default().iter();
    let first = names.find(|name| !special.contains(&name.as_str()));
    first.map_or_else(|| DEFAULT.to_owned(), Clone::clone)
}

/// The list in the option `options`, which is words for the server's command line: `-c search_path=app`.
pub(crate) fn in_server_options(options: &str) -> Option<Vec<String>> {
    let mut found = None;
    let mut words = words(options).into_iter();
    while let Some(word) = words.next() {
        let setting = match word.strip_prefix("--") {
            Some(setting) => Some(setting.to_owned()),
            None => match word.strip_prefix("-c") {
                Some("") => words.next(),
                setting => setting.map(str::to_owned),
            },
        };
        if let Some((name, value)) = setting
            .as_deref()
            .and_then(|setting| setting.split_once('='))
            && name.trim().eq_ignore_ascii_case("search_path")
        {
            found = parse(value).ok();
        }
    }
    found
}

/// Words with blanks between; a backslash takes the next character as it is.
fn words(text: &str) -> Vec<String> {
    let (mut found, mut word, mut started) = (Vec::new(), String::new(), false);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                started = true;
                word.extend(characters.next());
            }
            blank if blank.is_ascii_whitespace() => {
                if started {
                    found.push(std::mem::take(&mut word));
                }
                started = false;
            }
            other => {
                started = true;
                word.push(other);
            }
        }
    }
    if started {
        found.push(word);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_the_server_reads_it() {
        let table: [(&str, &[&str]); 5] = [
            ("app", &["app"]),
            (" App , public ", &["app", "public"]),
            (r#""$user", "A ""b",c"#, &["$user", "A \"b", "c"]),
            ("$user,public", &["$user", "public"]),
            ("\"a,b\"", &["a,b"]),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text).expect(text), expected, "{text}");
        }
        for text in ["", ",", "a,", "\"a", "\"\"", "a b", "a; drop", "\"a\"b"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_option_for_the_command_line_is_read_too() {
        let table = [
            ("-c search_path=app", Some("app")),
            ("-csearch_path=app,public", Some("app")),
            ("--search_path=app -c x=y", Some("app")),
            (r"-c search_path=app,\ public -c a=b", Some("app")),
            ("-c statement_timeout=5", None),
            ("", None),
        ];
        for (options, expected) in table {
            let found = in_server_options(options);
            let expected = expected.unwrap_or("public");
            assert_eq!(first(found.as_deref()), expected, "{options}");
        }
    }
}
