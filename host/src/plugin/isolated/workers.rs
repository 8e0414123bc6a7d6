//! Threads that do one thing after another, as many as there are things at once.

use super::link::locked;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

type Job = Box<dyn FnOnce() + Send>;

/// Threads that wait for work. They live until the process ends.
#[derive(Default)]
pub(super) struct Workers {
    idle: Arc<Mutex<Vec<Sender<Job>>>>,
}

impl Workers {
    /// Does it on a thread that has nothing else to do, which is made if there is none.
    pub(super) fn run(&self, job: Job) {
        let waiting = locked(&self.idle).pop();
        let job = match waiting {
            Some(worker) => match worker.send(job) {
                Ok(()) => return,
                Err(unsent) => unsent.0,
            },
            None => job,
        };
        let idle = Arc::clone(&self.idle);
        thread::spawn(move || {
            let (this, jobs) = channel::<Job>();
            let mut next = Ok(job);
            while let Ok(job) = next {
                job();
                locked(&idle).push(this.clone());
                next = jobs.recv();
            }
        });
    }
}
