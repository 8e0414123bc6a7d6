//! Durations as people write them.

use std::time::Duration;

use super::error::InvalidValue;

/// Reads a duration: a whole number and a unit out of `ms`, `s`, `m` and `h`; without a unit, seconds.
///
/// # Errors
/// When the text is anything else, or more than [`u64`] milliseconds.
pub fn parse_duration(text: &str) -> Result<Duration, InvalidValue> {
    let text = text.trim();
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let milliseconds: Option<u64> = match unit.trim_start() {
        "ms" => Some(1),
        "" | "s" => Some(1_000),
        "m" | "min" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    milliseconds
        .zip(number.parse::<u64>().ok())
        .and_then(|(unit, number)| number.checked_mul(unit))
        .map(Duration::from_millis)
        .ok_or_else(|| {
            InvalidValue::new(
                format!("`{}` is not a duration", text.escape_debug()),
                "write a whole number and a unit: 500ms, 60s, 5m, 1h",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("60s", 60_000),
            ("60", 60_000),
            (" 5 m ", 300_000),
            ("5min", 300_000),
            ("1h", 3_600_000),
            ("0", 0),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for text in [
            "",
            "s",
            "-1",
            "1.5s",
            "1d",
            "5 m s",
            "99999999999999999999",
            "18446744073709551615h",
            "５s",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
