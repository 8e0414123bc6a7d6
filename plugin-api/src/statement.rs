//! A statement of a script.

use serde::{Deserialize, Serialize};

/// Where one statement of a script stands.
///
/// Statements are ranges, not copies, so that a script of a hundred megabytes is not carried twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Byte offset of its first character in the text that was split.
    pub start: usize,
    /// Byte offset just behind its last character, without the terminator.
    pub end: usize,
    /// Line of its first character, counted from 1.
    pub line: u32,
    /// Column of its first character, counted from 1 in characters.
    pub column: u32,
    /// Whether it cannot run in a transaction, or not in one with what follows it: `CREATE INDEX CONCURRENTLY`, say. The
    /// host then runs it on its own and records it by itself. Matters only where DDL is transactional.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alone: bool,
}

impl Statement {
    /// The whole script as one statement, or none if there is nothing but white space in it.
    pub fn whole(script: &str) -> Vec<Statement> {
        let end = script.trim_end().len();
        let start = end - script[..end].trim_start().len();
        if start == end {
            return Vec::new();
        }
        let before = &script[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        vec![Statement {
            start,
            end,
            line: 1 + count(before.matches('\n').count()),
            column: 1 + count(before[line_start..].chars().count()),
            alone: false,
        }]
    }

    /// One statement a line, without blank lines and lines that begin with one of the comment markers: enough for a
    /// language of one-line commands.
    pub fn lines(script: &str, comments: &[&str]) -> Vec<Statement> {
        let mut found = Vec::new();
        let mut start = 0;
        for (number, line) in script.split_inclusive('\n').enumerate() {
            let text = line.trim();
            let indent = line.len() - line.trim_start().len();
            if !text.is_empty() && !comments.iter().any(|marker| text.starts_with(marker)) {
                found.push(Statement {
                    start: start + indent,
                    end: start + indent + text.len(),
                    line: 1 + count(number),
                    column: 1 + count(line[..indent].chars().count()),
                    alone: false,
                });
            }
            start += line.len();
        }
        found
    }

    /// Its text within the script that was split; `None` if the range is not one of that text.
    pub fn text<'a>(&self, script: &'a str) -> Option<&'a str> {
        script.get(self.start..self.end)
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'a>(script: &'a str, found: &[Statement]) -> Vec<(u32, u32, &'a str)> {
        found
            .iter()
            .map(|s| {
                (
                    s.line,
                    s.column,
                    s.text(script).expect("a range of the script"),
                )
            })
            .collect()
    }

    #[test]
    fn the_whole_script_is_one_statement() {
        let script = "\n  put a 1\nput b 2\n\n";
        assert_eq!(
            texts(script, &Statement::whole(script)),
            [(2, 3, "put a 1\nput b 2")]
        );
        assert_eq!(Statement::whole(" \n\t"), []);
    }

    #[test]
    fn lines_leave_out_blanks_and_comments() {
        let script = "# first\r\n  put é 1\r\n\r\n//x\ndel b";
        let found = Statement::lines(script, &["#", "//"]);
        assert_eq!(texts(script, &found), [(2, 3, "put é 1"), (5, 1, "del b")]);
    }
}
