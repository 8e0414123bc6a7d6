//! Many deployers at once.

use std::sync::Barrier;
use std::thread;

use crate::support::{Database, Faulty, Locking, Plain, Project, linked, memory};

#[test]
fn of_many_at_once_one_does_the_work() {
    const DEPLOYERS: usize = 20;
    for adapter in [linked::<Faulty>(), linked::<Plain>(), linked::<Locking>()] {
        let (database, project) = (Database::new(), Project::chain(3));
        let start = Barrier::new(DEPLOYERS);
        let steps: Vec<usize> = thread::scope(|scope| {
            let deploy = || {
                start.wait();
                database
                    .patient(&adapter, &project)
                    .upgrade("head")
                    .expect("each succeeds")
                    .steps
                    .len()
            };
            let deployers: Vec<_> = (0..DEPLOYERS).map(|_| scope.spawn(deploy)).collect();
            deployers
                .into_iter()
                .map(|deployer| deployer.join().expect("it ends"))
                .collect()
        });
        let mut sorted = steps;
        sorted.sort_unstable();
        assert_eq!(
            (
                sorted[DEPLOYERS - 1],
                sorted[..DEPLOYERS - 1].iter().sum::<usize>()
            ),
            (3, 0)
        );
        assert_eq!(database.log().len(), 3);
        database.assert_consistent(3, &adapter.info().key);
    }
}

#[test]
fn many_stamps_at_once_do_no_harm() {
    let (database, project) = (Database::new(), Project::chain(3));
    thread::scope(|scope| {
        for destination in ["r1", "head", "base", "r2", "head", "r1"] {
            let migrator = database.patient(&memory(), &project);
            scope.spawn(move || migrator.stamp(destination).expect("it waits for its turn"));
        }
    });
    let last = database.migrator(&memory(), &project);
    last.stamp("r2").expect("it stamps");
    assert_eq!(
        (database.applied().as_str(), database.history().lock),
        ("r1 r2", None)
    );
}
