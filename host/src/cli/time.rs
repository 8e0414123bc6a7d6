//! Times and durations as people read them.

use std::time::Duration;

/// How long something took: `19 ms`, `2.35 s`, `3 min 20 s`, `1 h 5 min`.
pub(super) fn took(duration: Duration) -> String {
    match duration.as_millis() {
        millis @ ..1_000 => format!("{millis} ms"),
        // Truncated, so that no 59.999 s become 60.00 s.
        millis @ ..60_000 => format!("{}.{:02} s", millis / 1_000, millis % 1_000 / 10),
        millis @ ..3_600_000 => format!("{} min {} s", millis / 60_000, millis / 1_000 % 60),
        millis => format!("{} h {} min", millis / 3_600_000, millis / 60_000 % 60),
    }
}

/// A time as the history has it, to the minute: `2025-05-16T10:30Z` of `2025-05-16T10:30:04.123Z`.
pub(super) fn minute(time: &str) -> String {
    const MINUTE: usize = "2025-05-16T10:30".len();
    match time.get(..MINUTE) {
        Some(minute) if time.ends_with('Z') => format!("{minute}Z"),
        _ => time.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_unit_that_suits_them() {
        for (millis, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_000, "1.00 s"),
            (59_999, "59.99 s"),
            (200_000, "3 min 20 s"),
            (3_900_000, "1 h 5 min"),
        ] {
            assert_eq!(took(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn times_end_at_the_minute() {
        for (time, text) in [
            ("2025-05-16T10:30:04.123Z", "2025-05-16T10:30Z"),
            ("2025-05-16T10:30:04+02:00", "2025-05-16T10:30:04+02:00"),
            ("", ""),
        ] {
            assert_eq!(minute(time), text);
        }
    }
}
