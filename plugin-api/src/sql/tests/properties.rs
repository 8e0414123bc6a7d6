//! What holds for every text.

use proptest::prelude::*;

use super::super::{Lexer, Rules, first_keywords, quote_identifier, quote_string, split};
use super::super::{SplitError, TokenKind};
use super::fragments::{GAPS, known_statements, mixture, rules};

fn assert_lossless(text: &str, rules: &Rules) {
    let mut end = 0;
    for token in Lexer::new(text, rules) {
        assert_eq!(token.start, end);
        assert!(token.end > token.start && text.is_char_boundary(token.end));
        assert!(token.terminated || token.end == text.len());
        end = token.end;
    }
    assert_eq!(end, text.len());
}

fn assert_sound(text: &str, rules: &Rules) {
    match split(text, rules) {
        Ok(spans) => {
            let mut end = 0;
            for span in spans {
                assert!(span.start >= end && span.end > span.start);
                assert!(!span.text(text).is_empty());
                assert_eq!((span.line, span.column), place(text, span.start));
                end = span.end;
            }
        }
        Err(SplitError {
            offset,
            line,
            column,
            ..
        }) => {
            assert_eq!((line, column), place(text, offset));
        }
    }
}

/// Line and column the slow way.
fn place(text: &str, offset: usize) -> (u32, u32) {
    let before = &text[..offset];
    let before = before.strip_prefix('\u{feff}').unwrap_or(before);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (u32::try_from(line).unwrap(), u32::try_from(column).unwrap())
}

const DIALECTS: [Rules; 4] = [
    Rules::SQLITE,
    Rules::POSTGRESQL,
    Rules::MYSQL,
    Rules::MARIADB,
];

const WITH_DELIMITER: [Rules; 2] = [Rules::MYSQL, Rules::MARIADB];

/// A dialect, some of its statements, and the gaps between them.
fn known_script(
    dialects: &'static [Rules],
) -> impl Strategy<Value = (Rules, Vec<&'static str>, Vec<&'static str>)> {
    prop::sample::select(dialects).prop_flat_map(|rules| {
        let statement = prop::sample::select(known_statements(&rules));
        let statements = prop::collection::vec(statement, 0..12);
        let gaps = prop::collection::vec(prop::sample::select(GAPS), 24);
        (Just(rules), statements, gaps)
    })
}

/// Joins statements with gaps around them.
fn join(statements: &[&str], gaps: &[&str], terminator: &str) -> String {
    let mut gaps = gaps.iter().cycle();
    let mut gap = || gaps.next().copied().unwrap_or_default();
    let mut script = gap().to_owned();
    for statement in statements {
        // Data end with a mark that has a line for itself.
        let end = if statement.ends_with("\\.") {
            "\n"
        } else {
            terminator
        };
        script += statement;
        script += end;
        script += gap();
    }
    script
}

proptest! {
    #[test]
    fn tokens_together_are_the_text(text in any::<String>(), rules in rules()) {
        assert_lossless(&text, &rules);
    }

    #[test]
    fn tokens_of_a_mixture_together_are_the_text(text in mixture(), rules in rules()) {
        assert_lossless(&text, &rules);
    }

    #[test]
    fn any_text_splits_or_says_why(text in any::<String>(), rules in rules()) {
        assert_sound(&text, &rules);
        prop_assert!(first_keywords(&text, &rules, 3).len() <= 3);
    }

    #[test]
    fn any_mixture_splits_or_says_why(text in mixture(), rules in rules()) {
        assert_sound(&text, &rules);
        prop_assert!(first_keywords(&text, &rules, 3).len() <= 3);
    }

    #[test]
    fn known_statements_come_back((rules, statements, gaps) in known_script(&DIALECTS)) {
        let script = join(&statements, &gaps, ";");
        prop_assert_eq!(super::statements(&script, &rules), statements);
        assert_sound(&script, &rules);
    }

    #[test]
    fn known_statements_come_back_from_a_delimiter((rules, statements, gaps) in known_script(&WITH_DELIMITER)) {
        // With another delimiter the semicolons of the gaps would be text.
        let gaps: Vec<_> = gaps.into_iter().filter(|gap| !gap.contains(';')).collect();
        let script = format!("DELIMITER $$\n{}", join(&statements, &gaps, "$$"));
        prop_assert_eq!(super::statements(&script, &rules), statements);
    }

    #[test]
    fn a_statement_alone_is_itself((rules, statements, gaps) in known_script(&DIALECTS)) {
        let script = join(&statements, &gaps, ";");
        for statement in super::statements(&script, &rules) {
            prop_assert_eq!(super::statements(statement, &rules), [statement]);
        }
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
