//! What holds for every text.

use proptest::prelude::*;

use super::super::{Lexer, Rules, TokenKind, quote_identifier, quote_string};
use super::fragments::{DELIMITER_LINES, GAPS, mixture, rules};
use super::soundness::{DIALECTS, assert_sound};
use super::statements::known_statements;

/// A dialect, some of its statements, and the gaps between them.
fn known_script(
    dialects: impl Strategy<Value = Rules>,
) -> impl Strategy<Value = (Rules, Vec<&'static str>, Vec<&'static str>)> {
    dialects.prop_flat_map(|rules| {
        let statement = prop::sample::select(known_statements(&rules));
        let statements = prop::collection::vec(statement, 0..12);
        let gaps = prop::collection::vec(prop::sample::select(GAPS), 24);
        (Just(rules), statements, gaps)
    })
}

fn with_delimiter() -> impl Strategy<Value = Rules> {
    let obeys = DIALECTS.iter().filter(|rules| rules.delimiter_command);
    prop::sample::select(obeys.copied().collect::<Vec<_>>())
}

/// Joins statements with gaps around them.
fn join(statements: &[&str], gaps: &[&str], terminator: &str) -> String {
    let mut gaps = gaps.iter().cycle();
    let mut gap = || gaps.next().copied().unwrap_or_default();
    let mut script = gap().to_owned();
    for statement in statements {
        script += statement;
        script += end_of(statement, terminator);
        script += gap();
    }
    script
}

/// What ends a statement: data end with a mark that has a line for itself.
fn end_of<'t>(statement: &str, terminator: &'t str) -> &'t str {
    if statement.ends_with("\n\\.") {
        "\n"
    } else {
        terminator
    }
}

/// Joins statements with a line between any two that may set another terminator.
fn join_with_delimiters(statements: &[&str], lines: &[&'static str]) -> String {
    let mut terminator = ";";
    let mut script = String::new();
    for (statement, line) in statements.iter().zip(lines) {
        if let Some(argument) = line.split_ascii_whitespace().nth(1) {
            terminator = argument.trim_matches('\'');
        }
        script = script + line + statement + terminator;
    }
    script
}

proptest! {
    #[test]
    fn any_text_is_sound(text in any::<String>(), rules in rules()) {
        assert_sound(&text, &rules);
    }

    #[test]
    fn any_mixture_is_sound(text in mixture(), rules in rules()) {
        assert_sound(&text, &rules);
    }

    #[test]
    fn known_statements_come_back((rules, statements, gaps) in known_script(rules())) {
        let script = join(&statements, &gaps, ";");
        prop_assert_eq!(super::statements(&script, &rules), statements);
        assert_sound(&script, &rules);
    }

    #[test]
    fn known_statements_come_back_between_delimiters(
        (rules, statements, _) in known_script(with_delimiter()),
        lines in prop::collection::vec(prop::sample::select(DELIMITER_LINES), 12),
    ) {
        let script = join_with_delimiters(&statements, &lines);
        prop_assert_eq!(super::statements(&script, &rules), statements);
        assert_sound(&script, &rules);
    }

    #[test]
    fn what_is_quoted_is_one_token(value in any::<String>(), rules in rules()) {
        let name = quote_identifier(&value, &rules);
        let literal = quote_string(&value, &rules);
        for (text, kind) in [(name, TokenKind::QuotedIdentifier), (literal, TokenKind::String)] {
            let tokens: Vec<_> = Lexer::new(&text, &rules).collect();
            prop_assert_eq!(tokens.len(), 1, "{}", text);
            prop_assert!(tokens[0].kind == kind && tokens[0].terminated);
        }
    }
}
