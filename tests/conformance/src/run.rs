//! Runs cases: several at once, each with an end to its time.

use crate::case::{Case, Turn};
use crate::outcome::{Failure, Outcome};
use std::num::NonZeroUsize;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How cases are run.
#[derive(Clone)]
pub struct Running {
    /// How many at once.
    pub jobs: NonZeroUsize,
    /// How long one may take. One that takes longer has failed, and its thread is left behind.
    pub limit: Duration,
    /// Called on the thread of each case when it has ended, whatever came of it: to remove its databases.
    pub after_each: Arc<dyn Fn() + Send + Sync>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("jobs", &self.jobs)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// A case that was run.
#[derive(Debug, Clone)]
pub struct Tested {
    /// The part of the contract that it belongs to.
    pub area: &'static str,
    /// What is promised, as one word.
    pub behaviour: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

impl Running {
    /// Runs all cases, each in its [turn](Turn), and tells what came of each, in their order.
    pub fn run(&self, cases: &[Case]) -> Vec<Tested> {
        let mut tested: Vec<Option<Tested>> = cases.iter().map(|_| None).collect();
        self.run_those(Turn::First, NonZeroUsize::MIN, cases, &mut tested);
        self.run_those(Turn::Together, self.jobs, cases, &mut tested);
        self.run_those(Turn::Last, NonZeroUsize::MIN, cases, &mut tested);
        tested.into_iter().flatten().collect()
    }

    fn run_those(
        &self,
        turn: Turn,
        jobs: NonZeroUsize,
        cases: &[Case],
        tested: &mut [Option<Tested>],
    ) {
        let whose_turn = (0..cases.len()).filter(|&index| cases[index].turn() == turn);
        let whose_turn: Vec<usize> = whose_turn.collect();
        let (queue, done) = (Mutex::new(whose_turn.into_iter()), Mutex::new(tested));
        thread::scope(|scope| {
            for _ in 0..jobs.get() {
                scope.spawn(|| {
                    loop {
                        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let Some(index) = next else { return };
                        let one = self.one(&cases[index]);
                        done.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(one);
                    }
                });
            }
        });
    }

    fn one(&self, case: &Case) -> Tested {
        let start = Instant::now();
        let (send, ended) = channel();
        let (running, after) = (case.clone(), Arc::clone(&self.after_each));
        let spawned = thread::Builder::new()
            .name(case.behaviour().to_owned())
            .spawn(move || {
                let outcome = running.test();
                after();
                // Nobody waits any more for a case that took too long.
                let _ = send.send(outcome);
            });
        let outcome = match spawned {
            Ok(_) => ended
                .recv_timeout(self.limit)
                .unwrap_or_else(|error| self.without_an_end(error)),
            Err(error) => failed(format!("cannot start a thread: {error}")),
        };
        Tested {
            area: case.area(),
            behaviour: case.behaviour(),
            outcome,
            took: start.elapsed(),
        }
    }

    fn without_an_end(&self, error: RecvTimeoutError) -> Outcome {
        failed(match error {
            RecvTimeoutError::Timeout => {
                format!("it did not end within {:?}", self.limit)
            }
            RecvTimeoutError::Disconnected => "it panicked when it had ended".to_owned(),
        })
    }
}

fn failed(message: String) -> Outcome {
    Outcome::Failed(Failure {
        message,
        expected: None,
        found: None,
    })
}
