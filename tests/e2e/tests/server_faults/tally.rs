//! How many faults were injected, and how many of them were recovered from.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::backend::{BACKENDS, Backend};

/// A kind of fault, and a backend.
type Key = (&'static str, &'static str);

/// Injected, recovered.
type Counts = BTreeMap<Key, (u32, u32)>;

static COUNTS: Mutex<Counts> = Mutex::new(BTreeMap::new());

/// A fault that was injected and is lost unless somebody says otherwise.
#[derive(Debug)]
#[must_use]
pub(crate) struct Injected {
    key: Key,
}

/// Counts a fault that has just been injected.
pub(crate) fn injected(backend: &Backend, fault: &'static str) -> Injected {
    let key = (fault, backend.key);
    with(|counts| counts.entry(key).or_default().0 += 1);
    Injected { key }
}

impl Injected {
    /// The end was the one that it would have been without.
    pub(crate) fn recovered(self) {
        with(|counts| counts.entry(self.key).or_default().1 += 1);
    }
}

fn with<R>(act: impl FnOnce(&mut Counts) -> R) -> R {
    act(&mut COUNTS.lock().expect("nobody panics with it"))
}

/// The tables of what happened, for people and for the documentation; nothing if nothing did.
pub(crate) fn tables() -> Option<String> {
    let counts = with(|counts| counts.clone());
    if counts.is_empty() {
        return None;
    }
    let mut text =
        String::from("| backend | faults injected | recovered | lost |\n|---|---|---|---|\n");
    let line = |name: &str, (injected, recovered): (u32, u32)| {
        format!(
            "| {name} | {injected} | {recovered} | {} |\n",
            injected - recovered
        )
    };
    let mut all = (0, 0);
    for backend in &BACKENDS {
        let mut sum = (0, 0);
        for (_, (injected, recovered)) in counts.iter().filter(|((_, key), _)| *key == backend.key)
        {
            sum.0 += injected;
            sum.1 += recovered;
        }
        all = (all.0 + sum.0, all.1 + sum.1);
        text += &line(backend.key, sum);
    }
    text += &line("all", all);

    text += "\n| fault |";
    for backend in &BACKENDS {
        text += &format!(" {} |", backend.key);
    }
    text += "\n|---|---|---|---|---|\n";
    let mut faults: Vec<&str> = counts.keys().map(|(fault, _)| *fault).collect();
    faults.dedup();
    for fault in faults {
        text += &format!("| {fault} |");
        for backend in &BACKENDS {
            match counts.get(&(fault, backend.key)) {
                Some((injected, recovered)) if injected == recovered => {
                    text += &format!(" {injected} |");
                }
                Some((injected, recovered)) => text += &format!(" {recovered} of {injected} |"),
                None => text += " |",
            }
        }
        text.push('\n');
    }
    Some(text)
}
