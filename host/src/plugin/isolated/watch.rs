//! Ends a process that does not answer in time.

use super::link::{Link, locked};
use std::sync::PoisonError;
use std::time::Instant;

/// Watches the deadlines of a process until it has ended.
pub(super) fn watch(link: &Link) {
    let mut waiting = locked(&link.waiting);
    while waiting.ended.is_none() {
        let deadlines = waiting.calls.values().filter_map(|call| call.deadline);
        let Some((until, limit)) = deadlines.min_by_key(|(until, _)| *until) else {
            let woken = link.changed.wait(waiting);
            waiting = woken.unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            drop(waiting);
            link.kill(Some(format!("no answer for {limit:?}")));
            waiting = locked(&link.waiting);
            // The thread that reads sees the end, and says so.
            while waiting.ended.is_none() {
                let woken = link.changed.wait(waiting);
                waiting = woken.unwrap_or_else(PoisonError::into_inner);
            }
            return;
        }
        let woken = link.changed.wait_timeout(waiting, left);
        waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
    }
}
