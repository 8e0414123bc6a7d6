//! What sessions leave behind in the process. These cases run alone: others would be counted too.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::outcome::Ended;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    a_hundred_sessions_leave_no_file_open,
    a_hundred_sessions_leave_no_thread_behind,
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

fn stays_as_it_was(bench: &Bench, folder: &str, what: &str) -> Verdict {
    let database = bench.kept()?;
    let come_and_go = |times| -> Verdict {
        for _ in 0..times {
            database.connect()?.read_history()?;
        }
        Ok(())
    };
    come_and_go(FIRST)?;
    let before = count(folder)?;
    come_and_go(MORE)?;
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

fn a_hundred_sessions_leave_no_file_open(bench: &Bench) -> Verdict {
    stays_as_it_was(bench, "fd", "open files")
}

fn a_hundred_sessions_leave_no_thread_behind(bench: &Bench) -> Verdict {
    stays_as_it_was(bench, "task", "threads")
}
