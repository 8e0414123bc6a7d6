//! A program that embeds the library and gives a run up half-way.

use super::contents::Contents;
use super::project::{Project, adapter};
use dapter::{AsyncMigrator, Migrator, Report};
use dapter_e2e::each;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Polls a future until it is done, or so many times.
fn poll<F: Future>(future: F, times: usize) -> (Option<F::Output>, usize) {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    for polled in 1..=times {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return (Some(output), polled),
            Poll::Pending if polled < times => thread::park(),
            Poll::Pending => {}
        }
    }
    (None, times)
}

fn upgrade(project: &Project, times: usize) -> (Option<Report>, usize) {
    let migrator = AsyncMigrator::new(adapter().clone(), project.settings());
    let (report, polls) = poll(migrator.upgrade("head"), times);
    (report.map(|report| report.expect("upgrades")), polls)
}

#[test]
fn a_run_dropped_at_any_poll_is_finished_by_the_next() {
    let alone = Project::bookshop();
    let (report, polls) = upgrade(&alone, usize::MAX);
    assert_eq!(report.expect("was never dropped").steps.len(), 33);
    let expected = Contents::of(&alone);
    let first = 0..6;
    let later = (1..16).map(|part| polls * part / 16);
    let times: Vec<usize> = first.chain(later).collect();
    each(&times, |times| {
        let project = Project::bookshop();
        upgrade(&project, times);
        // The one that was dropped gives the lock back when it has rolled back, which this one waits for.
        Migrator::new(adapter().clone(), project.settings())
            .upgrade("head")
            .expect("completes");
        Contents::of(&project).expect(&expected);
    });
}
