//! What sessions leave behind in the process. This case runs alone: what others have open would be counted too.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::outcome::Ended;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    a_hundred_sessions_leave_neither_files_nor_threads_behind,
)];

/// Sessions before the count: an adapter may keep what the first ones made.
const FIRST: usize = 10;
const MORE: usize = 100;

/// What may come and go by itself, and is no tenth of a leak.
const SLACK: usize = 5;

/// How long what a session leaves behind may take to go: no measure of anything, only the end of a hopeless wait.
const PATIENCE: Duration = Duration::from_secs(3);

/// How many entries this folder about the process has (Linux, proc(5)).
fn count(what: &str) -> Result<usize, Ended> {
    let folder = fs::read_dir(format!("/proc/self/{what}"));
    let folder = folder
        .map_err(|_| Ended::inapplicable("the system does not tell what a process has open"))?;
    Ok(folder.count())
}

/// What is counted: the folder, and what its entries are.
const COUNTED: [(&str, &str); 2] = [("fd", "open files"), ("task", "threads")];

fn a_hundred_sessions_leave_neither_files_nor_threads_behind(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let come_and_go = |times| -> Verdict {
        for _ in 0..times {
            database.connect()?.read_history()?;
        }
        Ok(())
    };
    come_and_go(FIRST)?;
    let before = COUNTED.map(|(folder, _)| count(folder));
    come_and_go(MORE)?;
    for ((folder, what), before) in COUNTED.into_iter().zip(before) {
        goes_back(folder, what, before?)?;
    }
    Ok(())
}

/// Waits until there are no more than before.
fn goes_back(folder: &str, what: &str, before: usize) -> Verdict {
    let start = Instant::now();
    loop {
        let after = count(folder)?;
        if after <= before + SLACK {
            return Ok(());
        }
        if start.elapsed() >= PATIENCE {
            return Err(Ended::differs(
                &format!("the {what} after {MORE} sessions"),
                after.to_string(),
                format!("{before}, as before"),
            ));
        }
        thread::yield_now();
    }
}
