//! The asynchronous protocol on executors of every sort, and futures that nobody awaits any more.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use dapter::AsyncMigrator;
use dapter::api::abi::{Adapter, block_on};

use crate::support::{Asynchronous, Database, Plain, Project, ids, linked, memory};

fn asynchronous() -> Adapter {
    block_on(Adapter::linked_async::<Asynchronous>()).expect("it is linked in")
}

/// Wakes the thread that polls.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls a future whenever it asks for it, at most so many times, and drops it then.
fn poll_at_most<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    for _ in 0..times {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return Some(output),
            Poll::Pending => thread::park(),
        }
    }
    None
}

#[test]
fn every_operation_goes_its_way() {
    for adapter in [memory(), asynchronous()] {
        let (database, project) = (Database::new(), Project::chain(3));
        let migrator = database.asynchronous(&adapter, &project);
        let heads = block_on(async {
            assert_eq!(migrator.upgrade("head").await?.steps.len(), 3);
            assert_eq!(migrator.downgrade("-1").await?.heads, ids("r2"));
            assert_eq!(
                migrator.current_revision().await?[0].revision.as_str(),
                "r2"
            );
            assert_eq!(migrator.migration_history().await?.len(), 3);
            assert_eq!(migrator.stamp("r1").await?.remove, ids("r2"));
            assert_eq!(migrator.lock_holder().await?, None);
            migrator.upgrade("r2").await.map(|report| report.heads)
        });
        assert_eq!(heads.expect("all succeed"), ids("r2"));
        assert_eq!(database.applied(), "r1 r2");
    }
}

#[test]
fn futures_may_be_awaited_on_any_thread() {
    fn assert_send(_: &impl Send) {}
    let (database, project) = (Database::new(), Project::chain(1));
    let migrator = database.asynchronous(&memory(), &project);
    assert_send(&migrator.upgrade("head"));
    assert_send(&migrator.downgrade("base"));
    assert_send(&migrator.stamp("head"));
    assert_send(&migrator.current_revision());
    assert_send(&migrator.migration_history());
    let report = thread::scope(|scope| scope.spawn(|| block_on(migrator.upgrade("head"))).join());
    assert_eq!(
        report.expect("it ends").expect("it upgrades").heads,
        ids("r1")
    );
}

/// Drops an upgrade after every number of polls until one is enough: what comes next completes the work.
fn may_be_dropped(adapter: &Adapter) {
    let project = Project::chain(2);
    for polls in 0.. {
        let what = format!("{} after {polls} polls", adapter.info().key);
        let database = Database::new();
        let migrator: AsyncMigrator = database.asynchronous(adapter, &project);
        let finished = poll_at_most(polls, migrator.upgrade("head"));
        let next = database.patient(adapter, &project);
        // This one needs the lock whatever the first has done.
        next.stamp("current").expect("the lock is given back");
        next.upgrade("head").expect("it completes the work");
        database.assert_consistent(2, &what);
        assert_eq!(database.applied(), "r1 r2", "{what}");
        if let Some(report) = finished {
            assert_eq!(report.expect("it upgrades").steps.len(), 2, "{what}");
            assert!(polls > 0, "it waits at least once: {what}");
            break;
        }
    }
}

#[test]
fn an_asynchronous_run_may_be_dropped_at_any_point() {
    may_be_dropped(&asynchronous());
}

#[test]
fn a_blocking_run_may_be_dropped_at_any_point() {
    may_be_dropped(&memory());
}

#[test]
fn many_databases_are_migrated_at_once_on_one_thread() {
    const DATABASES: usize = 50;
    for adapter in [memory(), asynchronous(), linked::<Plain>()] {
        let project = Project::chain(2);
        let databases: Vec<Database> = (0..DATABASES).map(|_| Database::new()).collect();
        let migrators: Vec<AsyncMigrator> = databases
            .iter()
            .map(|database| database.asynchronous(&adapter, &project))
            .collect();
        let mut running: Vec<Pin<Box<dyn Future<Output = _> + '_>>> = Vec::new();
        for migrator in &migrators {
            running.push(Box::pin(async {
                migrator.upgrade("head").await.expect("it upgrades")
            }));
        }
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        while !running.is_empty() {
            running.retain_mut(|future| {
                future
                    .as_mut()
                    .poll(&mut Context::from_waker(&waker))
                    .is_pending()
            });
            if !running.is_empty() {
                thread::park();
            }
        }
        for database in &databases {
            database.assert_consistent(2, &adapter.info().key);
            assert_eq!(database.applied(), "r1 r2");
        }
    }
}
