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
    text: &'text [u8],
    next: usize,
    number: usize,
}

impl<'text> Lines<'text> {
    /// The lines of `text`, from its first.
    pub(super) fn new(text: &'text str) -> Self {
        Self {
            text: text.as_bytes(),
            next: first_line_start(text),
            number: 0,
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let start = self.next;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line_end = match rest[length..] {
            [] => 0,
            [b'\r', b'\n', ..] => 2,
            _ => 1,
        };
        self.number += 1;
        self.next = start + length + line_end;
        Some(Line {
            number: self.number,
            content: start..start + length,
            next: self.next,
        })
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
