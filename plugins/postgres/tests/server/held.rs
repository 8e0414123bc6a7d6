//! The locks that a transaction tells of are those that others wait for.

use crate::Test;
use crate::lint::Waits::{Everybody, Writers};
use crate::lint::{prepared, waits};
use crate::support::{Adapter, Client};
use dapter_plugin_api::abi::block_on;

pub(crate) const TESTS: &[Test] = &[(
    "a_trial_sees_the_locks_that_are_held",
    a_trial_sees_the_locks_that_are_held,
)];

fn a_trial_sees_the_locks_that_are_held(adapter: &Adapter) {
    let (database, mut client) = prepared(adapter);
    let held = |client: &mut Client| -> Vec<(String, String, String, u64)> {
        let locks = block_on(client.held_locks()).expect("tells");
        let told = locks
            .into_iter()
            .map(|lock| (lock.object, lock.mode, lock.blocks, lock.waiting));
        told.collect()
    };
    let expected =
        |mode: &str, blocks: &str| vec![("t".to_owned(), mode.to_owned(), blocks.to_owned(), 0)];
    block_on(client.begin()).expect("begins");
    client.run("SELECT a FROM t");
    assert_eq!(held(&mut client), []);
    client.run("LOCK TABLE t IN SHARE MODE");
    assert_eq!(held(&mut client), expected("ShareLock", "writers"));
    assert_eq!(waits(&database, "t"), Writers);
    block_on(client.rollback()).expect("rolls back");
    block_on(client.begin()).expect("begins");
    client.run("ALTER TABLE t ADD c int");
    let everybody = expected("AccessExclusiveLock", "readers and writers");
    assert_eq!(held(&mut client), everybody);
    assert_eq!(waits(&database, "t"), Everybody);
    block_on(client.rollback()).expect("rolls back");
    assert_eq!(held(&mut client), []);
}
