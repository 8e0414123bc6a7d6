//! Byte scanners: each takes a place in a text and answers where something ends.
//!
//! They look for ASCII only, which in UTF-8 never is part of another character, so every end they
//! answer is a character boundary.

/// Where a piece ends, and whether its closing mark was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) end: usize,
    pub(super) terminated: bool,
}

impl Extent {
    pub(super) const fn closed(end: usize) -> Self {
        Self {
            end,
            terminated: true,
        }
    }

    const fn open(end: usize) -> Self {
        Self {
            end,
            terminated: false,
        }
    }
}

/// Whether a byte is a blank or a line end.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Whether a word may start with this byte: a letter, `_`, or part of a non-ASCII character.
pub(super) const fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// Whether a word may go on with this byte.
pub(super) const fn is_word_part(byte: u8) -> bool {
    WORD_PART[byte as usize]
}

/// [`is_word_part`] as a table, which halves the time of reading a word.
const WORD_PART: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = is_word_start(byte) || byte.is_ascii_digit() || byte == b'$';
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    table
};

/// A string `q'{…}'` whose bracket, or other character, is at `from`.
pub(super) fn alternative(text: &str, from: usize) -> Extent {
    let rest = text.get(from..).unwrap_or_default();
    let Some(opening) = rest.chars().next() else {
        return Extent::open(text.len());
    };
    let closing = match opening {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        other => other,
    };
    let bytes = text.as_bytes();
    let inside = from + opening.len_utf8();
    let content = text.get(inside..).unwrap_or_default();
    content
        .match_indices(closing)
        .map(|(at, mark)| inside + at + mark.len())
        .find(|&end| bytes.get(end) == Some(&b'\''))
        .map_or(Extent::open(text.len()), |end| Extent::closed(end + 1))
}

/// The end of the run of bytes from `from` on that `belongs` accepts.
pub(super) fn run(bytes: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.iter().position(|&byte| !belongs(byte));
    from + length.unwrap_or(rest.len())
}

/// The place of the next `wanted` byte, at or after `from`.
pub(super) fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter()
        .position(|&byte| byte == wanted)
        .map(|at| from + at)
}

/// Whether `prefix` stands at `at`.
pub(super) fn starts_with(bytes: &[u8], at: usize, prefix: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(prefix))
}

/// The end of a text in quotes whose content starts at `from`; a doubled quote stands for itself.
pub(super) fn quoted(bytes: &[u8], mut from: usize, quote: u8) -> Extent {
    while let Some(at) = find(bytes, from, quote) {
        if bytes.get(at + 1) != Some(&quote) {
            return Extent::closed(at + 1);
        }
        from = at + 2;
    }
    Extent::open(bytes.len())
}

/// As [`quoted`], where a backslash also makes the next character stand for itself.
pub(super) fn escaped(bytes: &[u8], mut from: usize, quote: u8) -> Extent {
    loop {
        let at = run(bytes, from, |byte| byte != quote && byte != b'\\');
        match bytes.get(at) {
            None => return Extent::open(bytes.len()),
            Some(b'\\') => from = (at + 2).min(bytes.len()),
            Some(_) if bytes.get(at + 1) == Some(&quote) => from = at + 2,
            Some(_) => return Extent::closed(at + 1),
        }
    }
}

/// The end of a bracketed identifier whose content starts at `from`; it knows no escape.
pub(super) fn bracketed(bytes: &[u8], from: usize) -> Extent {
    match find(bytes, from, b']') {
        Some(at) => Extent::closed(at + 1),
        None => Extent::open(bytes.len()),
    }
}

/// The end of a block comment that opens at `from`.
pub(super) fn block_comment(bytes: &[u8], from: usize) -> Extent {
    let mut at = from + 2;
    while let Some(star) = find(bytes, at, b'*') {
        if bytes.get(star + 1) == Some(&b'/') {
            return Extent::closed(star + 2);
        }
        at = star + 1;
    }
    Extent::open(bytes.len())
}

/// The end of a block comment that opens at `from` and may hold further ones.
pub(super) fn nested_comment(bytes: &[u8], from: usize) -> Extent {
    let mut depth = 1_usize;
    let mut at = from + 2;
    loop {
        at = run(bytes, at, |byte| byte != b'*' && byte != b'/');
        match (bytes.get(at), bytes.get(at + 1)) {
            (None, _) => return Extent::open(bytes.len()),
            (Some(b'*'), Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Extent::closed(at);
                }
            }
            (Some(b'/'), Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
}

/// The end of the line comment around `from`, before its line end.
pub(super) fn line_comment(bytes: &[u8], from: usize, carriage_return_ends: bool) -> usize {
    run(bytes, from, |byte| {
        byte != b'\n' && !(carriage_return_ends && byte == b'\r')
    })
}

/// The dollar-quoted string that starts at `from`, or `None` if the dollar there starts none.
pub(super) fn dollar_quoted(text: &str, from: usize) -> Option<Extent> {
    let bytes = text.as_bytes();
    let tag_end = dollar_tag(bytes, from)?;
    let tag = text.get(from..tag_end)?;
    let closing = text.get(tag_end..)?.find(tag);
    Some(match closing {
        Some(at) => Extent::closed(tag_end + at + tag.len()),
        None => Extent::open(bytes.len()),
    })
}

/// The end of the tag `$name$` or `$$` that starts at `from`.
pub(super) fn dollar_tag(bytes: &[u8], from: usize) -> Option<usize> {
    let name = from + 1;
    let end = match bytes.get(name) {
        Some(&first) if is_word_start(first) => {
            run(bytes, name, |byte| byte != b'$' && is_word_part(byte))
        }
        _ => name,
    };
    (bytes.get(end) == Some(&b'$')).then_some(end + 1)
}

/// Where an escape string goes on after it was closed at `from`: PostgreSQL joins literals that only
/// blanks and `--` comments with a line end among them part, and the later ones keep the first one's
/// escapes. Answers the place after the further opening quote.
pub(super) fn continued_string(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let mut line_ended = false;
    loop {
        match bytes.get(at)? {
            b'\n' | b'\r' => {
                line_ended = true;
                at += 1;
            }
            b'-' if bytes.get(at + 1) == Some(&b'-') => at = line_comment(bytes, at, true),
            b'\'' if line_ended => return Some(at + 1),
            &byte if is_space(byte) => at += 1,
            _ => return None,
        }
    }
}
