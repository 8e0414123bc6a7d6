//! Lines of a text, whatever ends them.

use std::ops::Range;

/// What a text may begin with and nobody sees: U+FEFF, the byte order mark.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Where the first line begins: behind a byte order mark.
pub(super) fn first_line_start(text: &str) -> usize {
    if text.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len_utf8()
    } else {
        0
    }
}

/// One line of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: usize,
    /// The bytes of the line without its line end.
    pub(super) content: Range<usize>,
    /// Where the next line begins, which is where this one's line end ends.
    pub(super) next: usize,
}

/// The lines of a text: LF, CRLF and a lone CR end one.
///
/// A byte order mark at the very beginning belongs to no line. A text that ends in a line end has no empty line after it.
#[derive(Debug)]
pub(super) struct Lines<'text> {
    text: &'text str,
    next: usize,
    number: usize,
    line_feed: Next,
    carriage_return: Next,
}

impl<'text> Lines<'text> {
    /// The lines of `text`, from its first.
    pub(super) fn new(text: &'text str) -> Self {
        let next = first_line_start(text);
        Self {
            text,
            next,
            number: 0,
            line_feed: Next::of('\n', text, next),
            carriage_return: Next::of('\r', text, next),
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let start = self.next;
        if start >= self.text.len() {
            return None;
        }
        let line_feed = self.line_feed.at_or_after(start, self.text);
        let carriage_return = self.carriage_return.at_or_after(start, self.text);
        let end = line_feed.min(carriage_return);
        let after = if carriage_return + 1 == line_feed {
            line_feed + 1
        } else {
            end + 1
        };
        self.number += 1;
        self.next = after.min(self.text.len());
        Some(Line {
            number: self.number,
            content: start..end,
            next: self.next,
        })
    }
}

/// Where a character comes next; looked for again only once it has been passed, so a text is searched once for each.
#[derive(Debug)]
struct Next {
    character: char,
    offset: usize,
}

impl Next {
    fn of(character: char, text: &str, start: usize) -> Self {
        let found = text.get(start..).and_then(|rest| rest.find(character));
        Self {
            character,
            offset: found.map_or(text.len(), |found| start + found),
        }
    }

    /// The offset of the first one at or after `start`, or the length of the text.
    fn at_or_after(&mut self, start: usize, text: &str) -> usize {
        if self.offset < start {
            *self = Self::of(self.character, text, start);
        }
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        let cases: [(&str, &[&str]); 8] = [
            ("", &[]),
            ("a", &["a"]),
            ("a\n", &["a"]),
            ("a\n\nb", &["a", "", "b"]),
            ("a\r\nb\rc\nd", &["a", "b", "c", "d"]),
            ("\r\r\n\n\r", &["", "", "", ""]),
            ("\u{feff}a\nb", &["a", "b"]),
            ("\u{feff}", &[]),
        ];
        for (text, expected) in cases {
            let lines: Vec<_> = Lines::new(text).collect();
            let contents: Vec<_> = lines
                .iter()
                .map(|line| &text[line.content.clone()])
                .collect();
            assert_eq!(contents, expected, "{text:?}");
            let numbers: Vec<_> = lines.iter().map(|line| line.number).collect();
            assert_eq!(
                numbers,
                (1..=expected.len()).collect::<Vec<_>>(),
                "{text:?}"
            );
        }
    }
}
