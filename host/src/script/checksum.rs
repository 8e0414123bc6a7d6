//! The checksum of a script, which line ends and invisible blanks do not change.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::lines::{Lines, first_line_start};

/// Name of the rule and of the hash; a better rule gets another name, and both can then be told apart in a history.
const PREFIX: &str = "text1-sha256:";

/// SHA-256 over the text of a script normalised by the rule `text1`.
///
/// The rule: a byte order mark is dropped, CRLF and CR become LF, blanks (space and tab) at the end of a line and empty
/// lines at the end of the text are dropped, and every line left ends in one LF. So a text that is tidy already has the
/// checksum that `sha256sum` prints, and a checkout with other line ends has the same one.
///
/// Written and read as `text1-sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// The checksum of a text; no normalised copy is built.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = text.trim_end_matches([' ', '\t', '\r', '\n']);
        let bytes = text.as_bytes();
        let mut hasher = Sha256::new();
        // Everything before this offset is hashed. Lines that are in normal form already are hashed in one run.
        let mut done = first_line_start(text);
        for line in Lines::new(text) {
            let content = &bytes[line.content.clone()];
            let end = line.content.start + content.len() - trailing_blanks(content);
            if bytes.get(end) != Some(&b'\n') {
                hasher.update(&bytes[done..end]);
                hasher.update(b"\n");
                done = line.next;
            }
        }
        Self(hasher.finalize().into())
    }

    /// The 32 bytes.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

fn trailing_blanks(line: &[u8]) -> usize {
    line.iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count()
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits: String = self
            .0
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 0xf])
            .filter_map(|nibble| char::from_digit(nibble.into(), 16))
            .collect();
        write!(f, "{PREFIX}{digits}")
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({self})")
    }
}

/// Why a text is no [`Checksum`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChecksumParseError {
    /// Another rule or hash, perhaps that of a later version.
    #[error("checksum `{0}` is not of the kind `text1-sha256`")]
    UnknownKind(String),
    /// The kind is right and what follows is not 64 lower-case hexadecimal digits.
    #[error("checksum `{0}` does not end in 64 lower-case hexadecimal digits")]
    NotHexadecimal(String),
}

impl FromStr for Checksum {
    type Err = ChecksumParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text
            .strip_prefix(PREFIX)
            .ok_or_else(|| ChecksumParseError::UnknownKind(text.to_owned()))?;
        let bytes =
            decode(digits).ok_or_else(|| ChecksumParseError::NotHexadecimal(text.to_owned()))?;
        Ok(Self(bytes))
    }
}

fn decode(digits: &str) -> Option<[u8; 32]> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let mut bytes = [0; 32];
    if pairs.len() != bytes.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::{Checksum, ChecksumParseError};

    /// The rule written down the slow way.
    fn normal_form(text: &str) -> String {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut lines: Vec<_> = text
            .split('\n')
            .map(|line| line.trim_end_matches([' ', '\t']))
            .collect();
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    #[test]
    fn a_tidy_text_has_the_checksum_of_sha256sum() {
        // printf 'a\nb\n' | sha256sum
        assert_eq!(
            Checksum::of("a\nb\n").to_string(),
            "text1-sha256:911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2"
        );
        // printf '' | sha256sum
        assert_eq!(
            Checksum::of(" \r\n\t\n").to_string(),
            "text1-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn what_cannot_be_seen_does_not_count() {
        let checksum = Checksum::of("a\n\n  b\n");
        for same in [
            "\u{feff}a\n\n  b\n",
            "a\r\n\r\n  b\r\n",
            "a\r\r  b\r",
            "a \t\n \n  b\t\n",
            "a\n\n  b",
            "a\n\n  b\n\n \r\n\t",
        ] {
            assert_eq!(Checksum::of(same), checksum, "{same:?}");
        }
        for other in [
            "a\n  b\n",
            "a\n\n b\n",
            "a\n\n  B\n",
            "\na\n\n  b\n",
            "a\u{feff}\n\n  b\n",
            "\u{feff}\u{feff}a\n\n  b\n",
            "",
        ] {
            assert_ne!(Checksum::of(other), checksum, "{other:?}");
        }
    }

    #[test]
    fn only_the_first_byte_order_mark_does_not_count() {
        assert_eq!(Checksum::of("\u{feff}"), Checksum::of(""));
        assert_ne!(Checksum::of("\u{feff}\u{feff}"), Checksum::of(""));
    }

    #[test]
    fn only_its_own_notation_is_read() {
        let digits = "0123456789abcdef".repeat(4);
        let text = format!("text1-sha256:{digits}");
        assert_eq!(text.parse::<Checksum>().unwrap().to_string(), text);
        for unknown in [
            String::new(),
            digits.clone(),
            format!("text2-sha256:{digits}"),
        ] {
            assert_eq!(
                unknown.parse::<Checksum>(),
                Err(ChecksumParseError::UnknownKind(unknown.clone()))
            );
        }
        for wrong in [
            text.to_uppercase().replace("TEXT1-SHA256", "text1-sha256"),
            text[..text.len() - 1].to_owned(),
            format!("{text}0"),
            format!("{text}00"),
            "text1-sha256:".to_owned(),
            text.replace("01", "é"),
        ] {
            assert_eq!(
                wrong.parse::<Checksum>(),
                Err(ChecksumParseError::NotHexadecimal(wrong.clone()))
            );
        }
    }

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ab \t\r\n\u{feff}é-]{0,40}",
            proptest::string::string_regex("(?s).{0,60}").unwrap(),
        ]
    }

    proptest! {
        #[test]
        fn streaming_equals_hashing_the_normal_form(text in texts()) {
            let expected = Sha256::digest(normal_form(&text).as_bytes());
            prop_assert_eq!(Checksum::of(&text), Checksum(expected.into()));
        }

        #[test]
        fn two_texts_are_equal_exactly_when_their_normal_forms_are(one in texts(), other in texts()) {
            prop_assert_eq!(
                Checksum::of(&one) == Checksum::of(&other),
                normal_form(&one) == normal_form(&other)
            );
        }

        #[test]
        fn line_ends_mark_and_trailing_blanks_do_not_count(
            lines in proptest::collection::vec(("[a-c ]{0,6}", "[ \t]{0,3}", prop_oneof!["\n", "\r\n", "\r"]), 0..8),
            mark in prop_oneof!["", "\u{feff}"],
            tail in "[ \t\r\n]{0,5}",
        ) {
            let plain: String = lines.iter().map(|(line, _, _)| format!("{line}\n")).collect();
            let mut dressed: String = lines
                .iter()
                .map(|(line, blanks, _)| format!("{line}{blanks}\n"))
                .collect();
            // A CR that meets the LF of the next line would be one line end instead of two.
            let end = lines.first().map_or("\n", |(_, _, end)| end.as_str());
            dressed = dressed.replace('\n', end);
            prop_assert_eq!(Checksum::of(&plain), Checksum::of(&format!("{mark}{dressed}{tail}")));
        }

        #[test]
        fn display_reads_back(text in texts()) {
            let checksum = Checksum::of(&text);
            prop_assert_eq!(checksum.to_string().parse::<Checksum>().unwrap(), checksum);
        }
    }
}
