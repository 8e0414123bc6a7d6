//! The time of day, as the history writes it.

use std::time::{Duration, Instant};

/// The present in UTC as RFC 3339 with milliseconds: `2025-05-16T10:30:00.123Z`.
pub(crate) fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}

/// The present in UTC as scripts write it: `2025-05-16T10:30:00Z`.
pub(crate) fn created_now() -> String {
    format!("{:.0}", jiff::Timestamp::now())
}

/// Whole milliseconds since `start`, by the clock that never steps back.
pub(crate) fn milliseconds_since(start: Instant) -> u64 {
    milliseconds(start.elapsed())
}

/// A duration in whole milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
