//! The language: commands, one a line, in words as `redis-cli` takes them (`sdssplitargs` in its source).
//!
//! A word in double quotes knows `\n`, `\r`, `\t`, `\b`, `\a`, `\xHH` and a backslash before any other character; one in single
//! quotes only `\'`. Unlike there, a quoted word may go on over several lines: a Lua script is one.

use dapter_plugin_api::Statement;

/// What is wrong with a text, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) why: &'static str,
}

const OPEN: &str = "the quoted argument does not end";
const GLUED: &str = "a quoted argument must be followed by a blank";

/// The commands of a script; a line that begins with `#` is a comment.
pub(crate) fn statements(script: &str) -> Result<Vec<Statement>, Fault> {
    let bytes = script.as_bytes();
    let mut found = Vec::new();
    let mut place = Place::default();
    while place.at < bytes.len() {
        match bytes[place.at] {
            b'#' => place.go(script, line_end(bytes, place.at)),
            byte if byte.is_ascii_whitespace() => place.go(script, place.at + 1),
            _ => {
                let mut end = place.at;
                while let Some(next) = word_end(bytes, end)? {
                    end = next;
                }
                found.push(Statement {
                    start: place.at,
                    end,
                    line: number(place.line),
                    column: number(place.column),
                    alone: false,
                });
                place.go(script, end);
            }
        }
    }
    Ok(found)
}

/// The words of a command.
pub(crate) fn words(command: &str) -> Result<Vec<Vec<u8>>, Fault> {
    let bytes = command.as_bytes();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(start) = (at..bytes.len()).find(|&at| !bytes[at].is_ascii_whitespace()) {
        let end = word_end(bytes, start)?.unwrap_or(start);
        words.push(unquoted(&bytes[start..end]));
        at = end;
    }
    Ok(words)
}

/// A place in a script, with its line and column as people count them.
struct Place {
    at: usize,
    line: usize,
    column: usize,
}

impl Default for Place {
    fn default() -> Self {
        Place {
            at: 0,
            line: 1,
            column: 1,
        }
    }
}

impl Place {
    fn go(&mut self, script: &str, to: usize) {
        let passed = script.get(self.at..to).unwrap_or_default();
        self.line += passed.matches('\n').count();
        self.column = match passed.rsplit_once('\n') {
            Some((_, last)) => 1 + last.chars().count(),
            None => self.column + passed.chars().count(),
        };
        self.at = to;
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = &bytes[from..];
    from + rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len())
}

/// Where the next word of this line ends, blanks before it included; `None` if there is none.
fn word_end(bytes: &[u8], from: usize) -> Result<Option<usize>, Fault> {
    let blank = |byte: u8| byte.is_ascii_whitespace();
    let mut at = from;
    while at < bytes.len() && blank(bytes[at]) {
        if bytes[at] == b'\n' {
            return Ok(None);
        }
        at += 1;
    }
    if at == bytes.len() {
        return Ok(None);
    }
    while at < bytes.len() && !blank(bytes[at]) {
        if !matches!(bytes[at], b'"' | b'\'') {
            at += 1;
            continue;
        }
        at = quoted_end(bytes, at).ok_or(Fault { at, why: OPEN })?;
        if at < bytes.len() && !blank(bytes[at]) {
            return Err(Fault { at, why: GLUED });
        }
    }
    Ok(Some(at))
}

/// Where the quoted text ends that begins here.
fn quoted_end(bytes: &[u8], from: usize) -> Option<usize> {
    let quote = bytes[from];
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' || bytes.get(at + 1) == Some(&b'\'') => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// What a word stands for.
fn unquoted(word: &[u8]) -> Vec<u8> {
    let Some(open) = word.iter().position(|byte| matches!(byte, b'"' | b'\'')) else {
        return word.to_vec();
    };
    let mut text = word[..open].to_vec();
    let quote = word[open];
    let mut rest = &word[open + 1..word.len() - 1];
    while let Some((&first, behind)) = rest.split_first() {
        let (byte, length) = match (first, behind) {
            (b'\\', [b'x', high, low, ..]) if quote == b'"' => match hex(*high, *low) {
                Some(byte) => (byte, 4),
                None => (b'x', 2),
            },
            (b'\\', [escaped, ..]) if quote == b'"' => (control(*escaped), 2),
            (b'\\', [b'\'', ..]) => (b'\'', 2),
            _ => (first, 1),
        };
        text.push(byte);
        rest = &rest[length..];
    }
    text
}

fn control(letter: u8) -> u8 {
    match letter {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'a' => 7,
        other => other,
    }
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &str) -> Vec<String> {
        let words = words(command).unwrap_or_else(|fault| panic!("{command}: {fault:?}"));
        let text = |word: Vec<u8>| word.escape_ascii().to_string();
        words.into_iter().map(text).collect()
    }

    #[test]
    fn words_are_those_of_redis_cli() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            ("  SET\ta  1 ", &["SET", "a", "1"]),
            (r#"SET a "one two""#, &["SET", "a", "one two"]),
            (r#"SET a """#, &["SET", "a", ""]),
            (
                r#"SET a "\x00\xfF\n\"\q""#,
                &["SET", "a", r#"\x00\xff\n\"q"#],
            ),
            (r#"SET a "\xzz""#, &["SET", "a", "xzz"]),
            (r#"SET a 'it\'s \n'"#, &["SET", "a", r"it\'s \\n"]),
            (r#"SET a'b c'"#, &["SET", "ab c"]),
            ("SET a # 1", &["SET", "a", "#", "1"]),
            ("EVAL \"return 1\nend\" 0", &["EVAL", r"return 1\nend", "0"]),
        ];
        for (command, expected) in cases {
            assert_eq!(of(command), *expected, "{command}");
        }
    }

    #[test]
    fn quotes_that_do_not_end_are_refused_where_they_begin() {
        let cases = [
            ("SET a \"b", 6, OPEN),
            ("SET a 'b\\'", 6, OPEN),
            ("SET a \"b\\", 6, OPEN),
            ("SET a \"b\"c", 9, GLUED),
            ("SET 'a''b'", 7, GLUED),
        ];
        for (command, at, why) in cases {
            assert_eq!(words(command), Err(Fault { at, why }), "{command}");
            assert_eq!(statements(command), Err(Fault { at, why }), "{command}");
        }
    }

    #[test]
    fn commands_stand_on_lines_of_their_own() {
        let script = "# é\n SET é 1 \r\n\n\tEVAL 'two\n# lines' 0\nDEL a # b";
        let found = statements(script).expect("splits");
        let told: Vec<_> = found
            .iter()
            .map(|s| (s.line, s.column, s.text(script).expect("a range")))
            .collect();
        let expected = [
            (2, 2, "SET é 1"),
            (4, 2, "EVAL 'two\n# lines' 0"),
            (6, 1, "DEL a # b"),
        ];
        assert_eq!(told, expected);
    }
}
