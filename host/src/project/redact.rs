//! Finds what is secret in a database URL, and hides it in any text.
//!
//! URLs come as people type them: with unencoded passwords, missing slashes, parameters of any database. Where
//! a part can be read in two ways and one of them is a password, it is hidden.

use std::ops::Range;

use percent_encoding::percent_decode_str;

/// What stands in the place of a secret.
pub(super) const MASK: &str = "***";

/// A parameter is secret when its name contains one of these, in any case.
const SECRET_WORDS: [&str; 9] = [
    "pass", "pw", "token", "secret", "key", "auth", "cred", "sig", "jwt",
];

/// Secrets shorter than this are hidden only where they stand as a word: hiding every `a` of a
/// message would spell out the password `a`.
const SHORT: usize = 4;

/// Beginnings of secrets that are shorter than this stay: too much else begins alike.
const SHORT_BEGINNING: usize = 6;

/// Whether the value of a parameter with this (possibly percent-encoded) name must not be shown.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = percent_decode_str(name).decode_utf8_lossy().to_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// What follows `scheme:`, with its secrets masked.
pub(super) fn redact_url(rest: &str) -> String {
    mask(rest, hidden_parts(rest))
}

/// The text with these parts of it, in bytes, masked; they may overlap.
fn mask(text: &str, mut parts: Vec<Range<usize>>) -> String {
    parts.retain(|part| !part.is_empty());
    parts.sort_by_key(|part| (part.start, part.end));
    let text = text.as_bytes();
    let mut shown = Vec::with_capacity(text.len());
    let mut position = 0;
    for part in parts {
        if part.start >= position {
            shown.extend_from_slice(&text[position..part.start]);
            shown.extend_from_slice(MASK.as_bytes());
        }
        position = position.max(part.end);
    }
    shown.extend_from_slice(&text[position..]);
    String::from_utf8_lossy(&shown).into_owned()
}

/// The parts of a URL that must not be shown; they may overlap.
fn hidden_parts(rest: &str) -> Vec<Range<usize>> {
    let mut parts = secret_parameters(rest);
    parts.extend(secret_userinfo(rest));
    parts
}

/// The password before an `@`, or what may be one.
fn secret_userinfo(rest: &str) -> Option<Range<usize>> {
    let last_at = rest.rfind('@');
    let Some(after_slashes) = rest.strip_prefix("//") else {
        // Without `//` there is no rule for what stands before the `@`: `oracle:scott/tiger@db`.
        return last_at.map(|at| 0..at);
    };
    let offset = rest.len() - after_slashes.len();
    // The last `@`, wherever it is: an unencoded password may contain `/`, `?`, `#` and `@`.
    if let Some(at) = last_at {
        let colon = after_colon(&rest[offset..at])?;
        return Some(offset + colon..at);
    }
    let authority = before_any(after_slashes, &['/', '?', '#']);
    if authority == ":memory:" || authority.split(',').all(is_host_and_port) {
        return None;
    }
    // `//user:password` whose host was forgotten.
    let colon = after_colon(after_slashes)?;
    Some(offset + colon..rest.len())
}

/// The position behind the first colon; where there is none, behind a percent-encoded one.
fn after_colon(text: &str) -> Option<usize> {
    let plain = text.find(':').map(|at| at + 1);
    plain.or_else(|| find_encoded(text, "%3a").map(|at| at + 3))
}

fn is_host_and_port(text: &str) -> bool {
    let after_host = match text.strip_prefix('[').and_then(|ipv6| ipv6.split_once(']')) {
        Some((_, after)) => after,
        None => match text.find(':') {
            Some(colon) => &text[colon..],
            None => return after_colon(text).is_none(),
        },
    };
    let port = after_host.strip_prefix(':').unwrap_or(after_host);
    port.bytes().all(|byte| byte.is_ascii_digit())
}

/// The values of `name=value` pairs with a secret name, whatever separates the pairs.
fn secret_parameters(rest: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut position = 0;
    while let Some((equals, value)) = next_equals(rest, position) {
        let name = rest[..equals].rfind(|character: char| {
            !(character.is_alphanumeric() || " _-.%+[]".contains(character))
        });
        let name = name.map_or(0, |separator| {
            separator + rest[separator..].chars().next().map_or(0, char::len_utf8)
        });
        if is_secret_name(&rest[name..equals]) {
            parts.push(value..value_end(rest, value));
        }
        position = value;
    }
    parts
}

/// The next `=`, also a percent-encoded one, and where the text behind it begins.
fn next_equals(text: &str, from: usize) -> Option<(usize, usize)> {
    let plain = text[from..].find('=').map(|at| (from + at, from + at + 1));
    let encoded = find_encoded(&text[from..], "%3d").map(|at| (from + at, from + at + 3));
    plain.into_iter().chain(encoded).min()
}

/// A secret value ends at an `&` that another `name=value` follows: it may contain an unencoded `&` itself.
fn value_end(rest: &str, start: usize) -> usize {
    let mut end = start;
    loop {
        let Some(ampersand) = rest[end..].find('&').map(|at| end + at) else {
            return rest.len();
        };
        end = ampersand + 1;
        if before_any(&rest[end..], &['&']).contains('=') {
            return ampersand;
        }
    }
}

fn find_encoded(text: &str, encoded: &str) -> Option<usize> {
    text.as_bytes()
        .windows(encoded.len())
        .position(|window| window.eq_ignore_ascii_case(encoded.as_bytes()))
}

fn before_any<'a>(text: &'a str, separators: &[char]) -> &'a str {
    &text[..text.find(separators).unwrap_or(text.len())]
}

/// Hides known secrets in the text of others.
#[derive(Default)]
pub(super) struct Redactor {
    secrets: Vec<Vec<u8>>,
    /// Secrets that statements hold, of which a database that cuts statements short shows the beginning alone.
    cut_short: Vec<String>,
    /// What follows the scheme of a URL, hidden as in the URL itself.
    url: String,
}

impl Redactor {
    /// Hides the secrets of a URL.
    pub(super) fn for_url(rest: &str) -> Self {
        let mut redactor = Self {
            secrets: Vec::new(),
            cut_short: Vec::new(),
            url: rest.to_owned(),
        };
        for secret in secrets(rest) {
            redactor.hide(secret);
        }
        redactor
    }

    /// Hides this text, its percent-decoded form, and the way `Debug` writes it.
    pub(super) fn hide(&mut self, secret: &str) {
        // In a query `+` may stand for a blank.
        for secret in [secret, &secret.replace('+', " ")] {
            let decoded: Vec<u8> = percent_decode_str(secret).collect();
            let lossy = String::from_utf8_lossy(&decoded).into_owned();
            for text in [secret, &lossy] {
                let quoted = format!("{text:?}");
                self.secrets.push(text.as_bytes().to_vec());
                self.secrets
                    .push(quoted.as_bytes()[1..quoted.len() - 1].to_vec());
            }
            self.secrets.push(decoded);
        }
        self.secrets.retain(|secret| !secret.is_empty());
    }

    /// Hides this text, and whatever begins as it does: statements hold it, and databases quote statements in part.
    pub(super) fn hide_cut_short(&mut self, secret: &str) {
        self.hide(secret);
        self.cut_short.push(secret.to_owned());
        // As a literal of SQL holds it.
        self.cut_short.push(secret.replace('\'', "''"));
    }

    /// The text without the secrets.
    pub(super) fn apply(&self, text: &str) -> String {
        let mut parts = Vec::new();
        if !self.url.is_empty() {
            let in_url = hidden_parts(&self.url);
            for (start, _) in text.match_indices(&self.url) {
                parts.extend(
                    in_url
                        .iter()
                        .map(|part| start + part.start..start + part.end),
                );
            }
        }
        for (position, _) in text.char_indices() {
            for secret in &self.cut_short {
                let common = common_length(&text[position..], secret);
                if common >= SHORT_BEGINNING {
                    parts.push(position..position + common);
                }
            }
        }
        for position in 0..text.len() {
            for secret in &self.secrets {
                if let Some(length) = match_length(text.as_bytes(), position, secret) {
                    parts.push(position..position + length);
                }
            }
        }
        mask(text, parts)
    }
}

/// How many bytes two texts have in common at their beginnings: whole characters.
fn common_length(one: &str, other: &str) -> usize {
    let pairs = one.chars().zip(other.chars());
    pairs
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum()
}

/// The secret texts of a URL in every plausible reading, as they stand in it.
fn secrets(rest: &str) -> Vec<&str> {
    let mut secrets: Vec<&str> = hidden_parts(rest)
        .into_iter()
        .map(|part| &rest[part])
        .collect();
    for part in secret_parameters(rest) {
        secrets.push(before_any(&rest[part], &['&', ';', '#', ' ']));
    }
    match rest.strip_prefix("//") {
        Some(after_slashes) => {
            // The strict reading: the authority ends at the first slash.
            let authority = before_any(after_slashes, &['/', '?', '#']);
            let userinfo = authority.rsplit_once('@').map(|(userinfo, _)| userinfo);
            secrets.extend(userinfo.and_then(|text| Some(&text[after_colon(text)?..])));
        }
        None => {
            if let Some((userinfo, _)) = rest.rsplit_once('@') {
                secrets.extend(userinfo.split_once(':').map(|(_, password)| password));
                secrets.extend(userinfo.rsplit([':', '/']).next());
            }
        }
    }
    secrets
}

/// How many bytes of the text, from the position on, are the pattern, literally or percent-encoded.
fn match_length(text: &[u8], position: usize, pattern: &[u8]) -> Option<usize> {
    let tail = &text[position..];
    let length = if tail.starts_with(pattern) {
        pattern.len()
    } else {
        encoded_match_length(tail, pattern)?
    };
    let is_word = !position
        .checked_sub(1)
        .is_some_and(|before| is_word_byte(text[before]))
        && !tail.get(length).copied().is_some_and(is_word_byte);
    (is_word || pattern.len() >= SHORT).then_some(length)
}

fn encoded_match_length(text: &[u8], pattern: &[u8]) -> Option<usize> {
    let mut length = 0;
    for &wanted in pattern {
        let (byte, width) = match text.get(length..)? {
            [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                (hex_value(*high) << 4 | hex_value(*low), 3)
            }
            [b'+', ..] if wanted == b' ' => (b' ', 1),
            [byte, ..] => (*byte, 1),
            [] => return None,
        };
        if byte != wanted {
            return None;
        }
        length += width;
    }
    Some(length)
}

fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}
