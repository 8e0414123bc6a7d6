//! The form of timestamps, RFC 3339; no clock is read here.

/// Whether a text is a date and time as RFC 3339, section 5.6 writes it, such as `2025-05-16T10:30:00Z`.
///
/// A day that its month has not (`02-31`) passes: the value is kept for people and never calculated with.
pub(super) fn is_rfc3339(text: &str) -> bool {
    let Some((date_time, rest)) = text.split_at_checked("2025-05-16T10:30:00".len()) else {
        return false;
    };
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
        None => rest,
    };
    is_date_time(date_time) && (matches!(zone, "Z" | "z") || is_offset(zone))
}

/// `20250516T1030` for `2025-05-16T10:30:00Z`: how a file name begins. `None` unless the text is RFC 3339 in UTC.
pub(super) fn file_name_time(created: &str) -> Option<String> {
    if !is_rfc3339(created) || !created.ends_with('Z') {
        return None;
    }
    let minutes = created.get(.."2025-05-16T10:30".len())?;
    Some(
        minutes
            .chars()
            .filter(|c| !matches!(c, '-' | ':'))
            .collect(),
    )
}

fn is_date_time(text: &str) -> bool {
    let in_range = |start: usize, least: u8, most: u8| {
        text.get(start..start + 2)
            .and_then(|digits| digits.parse::<u8>().ok())
            .is_some_and(|number| (least..=most).contains(&number))
    };
    has_shape(text, "0000-00-00T00:00:00")
        && in_range(5, 1, 12)
        && in_range(8, 1, 31)
        && in_range(11, 0, 23)
        && in_range(14, 0, 59)
        // A leap second is second 60.
        && in_range(17, 0, 60)
}

fn is_offset(text: &str) -> bool {
    (has_shape(text, "+00:00") || has_shape(text, "-00:00"))
        && text[1..3] <= *"23"
        && text[4..6] <= *"59"
}

/// Whether a text has a digit where the shape has a `0`, and everywhere else the same character.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, expected)| {
            if expected == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == expected
            }
        })
}

#[cfg(test)]
mod tests {
    use super::{file_name_time, is_rfc3339};

    #[test]
    fn rfc_3339_is_told_from_what_only_looks_like_it() {
        for good in [
            "2025-05-16T10:30:00Z",
            "2025-05-16T10:30:00z",
            "2025-05-16T10:30:00.123456Z",
            "2025-12-31T23:59:60+02:00",
            "2025-05-16T10:30:00.5-23:59",
        ] {
            assert!(is_rfc3339(good), "{good}");
        }
        for bad in [
            "",
            "2025-05-16",
            "2025-05-16 10:30:00Z",
            "2025-05-16T10:30:00",
            "2025-05-16T10:30Z",
            "2025-13-16T10:30:00Z",
            "2025-00-16T10:30:00Z",
            "2025-05-32T10:30:00Z",
            "2025-05-16T24:30:00Z",
            "2025-05-16T10:60:00Z",
            "2025-05-16T10:30:00.Z",
            "2025-05-16T10:30:00+2:00",
            "2025-05-16T10:30:00+24:00",
            "2025-05-16T10:30:00Z ",
            "2025-05-16T10:30:0éZ",
        ] {
            assert!(!is_rfc3339(bad), "{bad}");
        }
    }

    #[test]
    fn a_file_name_begins_with_the_minute_in_utc() {
        for (created, expected) in [
            ("2025-05-16T10:30:00Z", Some("20250516T1030")),
            ("2025-05-16T10:30:59.999Z", Some("20250516T1030")),
            ("2025-05-16T10:30:00+02:00", None),
            ("yesterday", None),
        ] {
            assert_eq!(file_name_time(created).as_deref(), expected, "{created}");
        }
    }
}
