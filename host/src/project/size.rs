//! Sizes of memory as people write them.

use super::error::InvalidValue;

/// Reads a size in bytes: a whole number and a unit out of `kB`, `MB`, `GB` (powers of 1,000), `KiB`, `MiB` and `GiB` (powers of
/// 1,024); without a unit, bytes.
///
/// # Errors
/// When the text is anything else, or more than [`u64`] bytes.
pub fn parse_size(text: &str) -> Result<u64, InvalidValue> {
    let text = text.trim();
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let bytes: Option<u64> = match unit.trim_start() {
        "" | "B" => Some(1),
        "kB" => Some(1_000),
        "MB" => Some(1_000_000),
        "GB" => Some(1_000_000_000),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        _ => None,
    };
    bytes
        .zip(number.parse::<u64>().ok())
        .and_then(|(unit, number)| number.checked_mul(unit))
        .ok_or_else(|| {
            InvalidValue::new(
                format!("`{}` is not a size", text.escape_debug()),
                "write a whole number and a unit: 512MiB, 2GiB",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("0", 0),
            ("17", 17),
            ("512MiB", 512 << 20),
            (" 2 GB ", 2_000_000_000),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in ["", "GiB", "-1", "1.5GiB", "2 gigs", "99999999999GiB"] {
            parse_size(text).expect_err(text);
        }
    }
}
