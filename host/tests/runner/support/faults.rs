//! Faults that are armed for a database and strike its n-th call.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

static ARMED: LazyLock<Mutex<HashMap<String, Armed>>> = LazyLock::new(Mutex::default);

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is refused and has no effect.
    Refused,
    /// Somebody is in the way, for once.
    Busy,
    /// The connection breaks before it has an effect.
    LostBefore,
    /// The connection breaks when it has had its effect.
    LostAfter,
    /// The adapter panics before it has an effect.
    Panics,
}

impl Fault {
    pub(crate) const ALL: [Self; 5] = [
        Self::Refused,
        Self::Busy,
        Self::LostBefore,
        Self::LostAfter,
        Self::Panics,
    ];
}

struct Armed {
    fault: Fault,
    calls_left: usize,
}

/// Lets the `call`-th call from now on go wrong, counted from 1.
pub(super) fn arm(database: &str, fault: Fault, call: usize) {
    let armed = Armed {
        fault,
        calls_left: call,
    };
    locked().insert(database.to_owned(), armed);
}

/// Whether the fault has not struck yet; from now on it never will.
pub(super) fn disarm(database: &str) -> bool {
    locked().remove(database).is_some()
}

/// Counts a call of a database: the fault that strikes it, if one does.
pub(super) fn strikes(database: &str) -> Option<Fault> {
    let mut armed = locked();
    let next = armed.get_mut(database)?;
    next.calls_left -= 1;
    if next.calls_left > 0 {
        return None;
    }
    armed.remove(database).map(|armed| armed.fault)
}

fn locked() -> std::sync::MutexGuard<'static, HashMap<String, Armed>> {
    ARMED.lock().unwrap_or_else(PoisonError::into_inner)
}
