//! The threads that work on many databases at once.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use dapter::api::abi::Adapter;
use dapter::project::Target;
use dapter::{Interrupt, Migrator};

use super::super::output::Failure;
use super::screen::Screen;
use super::work::{Done, Work};

/// A database and what migrates it.
pub(super) struct Member {
    pub(super) target: Target,
    pub(super) migrator: Migrator,
}

/// Opens the adapter for a target once more, if its plugin runs in a process of its own: then another one. What happens to it
/// there happens to nobody else.
pub(super) type OpenApart<'a> = dyn Fn(&Target) -> Result<Option<Adapter>, Failure> + Sync + 'a;

/// What happens, told to the thread that prints.
pub(super) enum News {
    /// Somebody begins to work on the member with this number.
    Started(usize),
    /// Nobody works on it any more.
    Ended(usize, Result<Done, Failure>),
}

/// Who works on what, and until when.
pub(super) struct Crew<'a> {
    pub(super) members: &'a [Member],
    pub(super) work: &'a Work<'a>,
    /// How many work at once.
    pub(super) jobs: usize,
    /// How many failures are enough to begin nothing more.
    pub(super) max_failures: Option<usize>,
    pub(super) interrupt: &'a Interrupt,
    pub(super) screen: &'a Arc<Screen>,
    pub(super) open_apart: &'a OpenApart<'a>,
    failures: AtomicUsize,
}

impl<'a> Crew<'a> {
    pub(super) fn new(
        members: &'a [Member],
        work: &'a Work<'a>,
        interrupt: &'a Interrupt,
        screen: &'a Arc<Screen>,
        open_apart: &'a OpenApart<'a>,
    ) -> Self {
        Self {
            members,
            work,
            jobs: 1,
            max_failures: None,
            interrupt,
            screen,
            open_apart,
            failures: AtomicUsize::new(0),
        }
    }

    /// How many have failed so far.
    pub(super) fn failures(&self) -> usize {
        self.failures.load(Ordering::SeqCst)
    }

    /// Whether so many have failed that nothing more is begun.
    pub(super) fn has_had_enough(&self) -> bool {
        self.max_failures
            .is_some_and(|limit| self.failures() >= limit)
    }

    /// Works on the members with these numbers, and tells what happens on this thread.
    ///
    /// # Errors
    /// If no thread can be started.
    pub(super) fn work_on(
        &self,
        numbers: Vec<usize>,
        mut told: impl FnMut(News),
    ) -> Result<(), Failure> {
        let workers = self.jobs.min(numbers.len());
        let waiting = Mutex::new(VecDeque::from(numbers));
        let (send, news) = channel();
        thread::scope(|scope| {
            for number in 0..workers {
                let (send, waiting) = (send.clone(), &waiting);
                let worker = thread::Builder::new().name("dapter-worker".to_owned());
                let started = worker.spawn_scoped(scope, move || self.take_turns(waiting, &send));
                match started {
                    Ok(_) => {}
                    Err(error) if number == 0 => {
                        return Err(Failure::refused(format!("cannot start a thread: {error}")));
                    }
                    // Those that work already are enough, if slower.
                    Err(_) => break,
                }
            }
            drop(send);
            for item in news {
                told(item);
            }
            Ok(())
        })
    }

    fn take_turns(&self, waiting: &Mutex<VecDeque<usize>>, news: &Sender<News>) {
        let mut apart = HashMap::new();
        while let Some(number) = self.next(waiting) {
            // Whoever prints lives until all workers have ended.
            let _ = news.send(News::Started(number));
            let Member { target, migrator } = &self.members[number];
            let line = self.screen.line(&target.name);
            let migrator = migrator.clone().with_observer(line);
            let migrator = self.apart(target, migrator, &mut apart);
            let result = migrator.and_then(|migrator| (self.work.act)(target, &migrator));
            if result.is_err() {
                self.failures.fetch_add(1, Ordering::SeqCst);
            }
            let _ = news.send(News::Ended(number, result));
        }
    }

    /// The migrator with an adapter that no other worker has, where it runs in a process of its own.
    fn apart(
        &self,
        target: &Target,
        migrator: Migrator,
        apart: &mut HashMap<String, Option<Adapter>>,
    ) -> Result<Migrator, Failure> {
        let scheme = target.url.value.scheme();
        let adapter = match apart.get(scheme) {
            Some(adapter) => adapter.clone(),
            None => {
                let adapter = (self.open_apart)(target)?;
                apart.insert(scheme.to_owned(), adapter.clone());
                adapter
            }
        };
        Ok(match adapter {
            Some(adapter) => migrator.with_adapter(adapter),
            None => migrator,
        })
    }

    fn next(&self, waiting: &Mutex<VecDeque<usize>>) -> Option<usize> {
        if self.interrupt.is_interrupted() || self.has_had_enough() {
            return None;
        }
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }
}
