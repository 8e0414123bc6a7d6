//! What the lexer and the splitter promise.

mod adversaries;
mod delimiter;
mod fragments;
mod keywords;
mod lexer;
mod mysql;
mod phrase;
mod postgresql;
mod properties;
mod quote;
mod scripts;
mod soundness;
mod sqlite;
mod statements;

use super::{Rules, SplitError, split};

/// The statements of a script as texts.
fn statements<'t>(script: &'t str, rules: &Rules) -> Vec<&'t str> {
    match split(script, rules) {
        Ok(spans) => spans.iter().map(|span| span.text(script)).collect(),
        Err(error) => panic!("{error} in {script:?}"),
    }
}

/// Checks that each text is one statement, alone and between others.
fn assert_whole(texts: &[&str], rules: &Rules) {
    for text in texts {
        assert_eq!(statements(text, rules), [*text]);
        let script = format!("SELECT 1;\n{text};\nSELECT 2;");
        assert_eq!(statements(&script, rules), ["SELECT 1", text, "SELECT 2"]);
    }
}

fn refusal(script: &str, rules: &Rules) -> SplitError {
    match split(script, rules) {
        Ok(spans) => panic!("{script:?} was split into {spans:?}"),
        Err(error) => error,
    }
}

fn assert_refused(table: &[(&str, &str)], rules: &Rules) {
    for (script, message) in table {
        assert_eq!(refusal(script, rules).to_string(), *message, "{script:?}");
    }
}
