//! What holds for every text in every dialect, for the generated texts here and for those of the fuzzer: `tests/fuzz`
//! includes this file, so it names nothing but what `crate::sql` has for everyone.

use crate::sql::{Lexer, Rules, SplitError, StatementSpan, first_keywords, keywords, split};

const NAME: &str = "DELIMITER";

/// The dialects, with the SQL modes that change them.
pub(crate) const DIALECTS: [Rules; 8] = [
    Rules::STANDARD,
    Rules::SQLITE,
    Rules::POSTGRESQL,
    Rules::MYSQL,
    Rules::MARIADB,
    Rules::MYSQL.with_ansi_quotes(),
    Rules::MYSQL.without_backslash_escapes(),
    Rules::MARIADB
        .with_ansi_quotes()
        .without_backslash_escapes(),
];

/// Checks all of it.
///
/// # Panics
/// Where something does not hold.
pub(crate) fn assert_sound(text: &str, rules: &Rules) {
    assert_lossless(text, rules);
    assert!(first_keywords(text, rules, 3).len() <= keywords(text, rules).count());
    match split(text, rules) {
        Ok(spans) => assert_split(text, &spans, rules),
        Err(error) => assert_placed(text, &error),
    }
}

/// The tokens put together are the text, and only the last may be open.
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

/// The statements come in order, nothing between them means anything, and each stands for itself.
fn assert_split(text: &str, spans: &[StatementSpan], rules: &Rules) {
    let mut between = Between::new(rules);
    let mut end = 0;
    let mut again = String::new();
    let mut alone = Vec::new();
    for span in spans {
        between.read(&text[end..span.start]);
        assert!(span.end > span.start);
        assert_eq!((span.line, span.column), place(text, span.start));
        if let Some(data) = span.copy_data {
            let places = [
                span.start,
                data.command_end,
                data.start,
                data.end + 2,
                span.end,
            ];
            assert!(places.is_sorted());
            assert_eq!(&text[data.end..span.end], "\\.");
        }
        if between.terminator == ";" && stands_alone(span.text(text), rules) {
            assert_eq!(statements(span.text(text), rules), [span.text(text)]);
            alone.push(span.text(text));
            again += span.text(text);
            again += if span.copy_data.is_some() { "\n" } else { ";" };
        }
        end = span.end;
    }
    between.read(&text[end..]);
    assert_eq!(statements(&again, rules), alone);
}

/// Whether a statement must be the same statement without what followed it; see `split`.
fn stands_alone(statement: &str, rules: &Rules) -> bool {
    let has_delimiter_line = rules.delimiter_command
        && statement
            .lines()
            .any(|line| is_delimiter_command(line.trim_start()));
    let ends_in_dashes = rules.dash_comment_needs_blank && statement.ends_with("--");
    !has_delimiter_line && !ends_in_dashes
}

fn statements<'t>(text: &'t str, rules: &Rules) -> Vec<&'t str> {
    match split(text, rules) {
        Ok(spans) => spans.iter().map(|span| span.text(text)).collect(),
        Err(error) => panic!("{error} in {text:?}"),
    }
}

/// Reads what stands between the statements of a script: blanks, comments, terminators, `DELIMITER` commands.
struct Between<'t, 'r> {
    rules: &'r Rules,
    terminator: &'t str,
}

impl<'t, 'r> Between<'t, 'r> {
    fn new(rules: &'r Rules) -> Self {
        let terminator = ";";
        Self { rules, terminator }
    }

    fn read(&mut self, mut gap: &'t str) {
        while !gap.is_empty() && !self.is_ambiguous() {
            let length = if self.rules.delimiter_command && is_delimiter_command(gap) {
                self.delimiter_line(gap)
            } else if gap.starts_with(self.terminator) {
                self.terminator.len()
            } else {
                let token = Lexer::new(gap, self.rules).next().expect("a token");
                assert!(token.is_trivia(), "{gap:?} is between statements");
                token.end
            };
            gap = &gap[length..];
        }
    }

    /// Whether the terminator is the start of the word `DELIMITER`, so that what it means depends on the statement
    /// before it.
    fn is_ambiguous(&self) -> bool {
        NAME.get(..self.terminator.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(self.terminator))
    }

    /// Obeys the command and answers the length of its line.
    fn delimiter_line(&mut self, gap: &'t str) -> usize {
        let line = gap.split('\n').next().unwrap_or_default();
        let mut words = line.split(is_blank).filter(|word| !word.is_empty());
        let word = words.nth(1).expect("a delimiter");
        let unquoted = ['\'', '"', '`']
            .into_iter()
            .find_map(|quote| word.strip_prefix(quote)?.strip_suffix(quote));
        self.terminator = unquoted.unwrap_or(word);
        line.len()
    }
}

fn is_delimiter_command(text: &str) -> bool {
    let name = text.get(..NAME.len()).unwrap_or_default();
    let after = text.get(NAME.len()..).unwrap_or_default();
    name.eq_ignore_ascii_case(NAME) && (after.is_empty() || after.starts_with(is_blank))
}

fn is_blank(character: char) -> bool {
    character.is_ascii_whitespace() || character == '\u{b}'
}

fn assert_placed(text: &str, error: &SplitError) {
    assert_eq!((error.line, error.column), place(text, error.offset));
    assert!(!error.to_string().is_empty() && !error.kind.hint().is_empty());
}

/// Line and column the slow way.
fn place(text: &str, offset: usize) -> (u32, u32) {
    let before = &text[..offset];
    let before = before.strip_prefix('\u{feff}').unwrap_or(before);
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    let column = last.chars().count() + 1;
    (u32::try_from(line).unwrap(), u32::try_from(column).unwrap())
}
