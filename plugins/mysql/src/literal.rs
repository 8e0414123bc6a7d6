//! Writing values and names into a text, so that they mean the same under every setting of the session.

/// A text as a literal.
///
/// Plain quotes hold printable ASCII without quotes and backslashes, which every SQL mode and every character set of the
/// connection reads alike. Anything else is written by its bytes.
pub(crate) fn text(value: &str) -> String {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'\'' | b'"' | b'\\');
    if value.bytes().all(plain) {
        return format!("'{value}'");
    }
    let mut literal = String::with_capacity(12 + 2 * value.len());
    literal.push_str("_utf8mb4 x'");
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in value.bytes() {
        literal.push(char::from(DIGITS[usize::from(byte >> 4)]));
        literal.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    literal.push('\'');
    literal
}

/// A name in backticks, which every SQL mode takes for a name.
pub(crate) fn name(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_settings_could_change_is_written_by_its_bytes() {
        let table = [
            ("", "''"),
            ("text1-sha256:0f %_", "'text1-sha256:0f %_'"),
            ("it's", "_utf8mb4 x'69742773'"),
            ("a\\", "_utf8mb4 x'615c'"),
            ("\"", "_utf8mb4 x'22'"),
            ("\0\n", "_utf8mb4 x'000a'"),
            ("é🦀", "_utf8mb4 x'c3a9f09fa680'"),
            ("\u{7f}", "_utf8mb4 x'7f'"),
        ];
        for (value, literal) in table {
            assert_eq!(text(value), literal);
        }
        assert_eq!(name("a`b"), "`a``b`");
    }
}
