//! Others are in the way of a statement.

use dapter_e2e::Stream;

use super::backend::Backend;
use super::end::{End, contents, until};
use super::history::Revision;
use super::servers::Blocker;
use super::site::Site;
use super::tally;

const HELD: [Revision; 2] = [
    Revision::new(
        "b1",
        "CREATE TABLE steps (n integer);\nINSERT INTO steps VALUES (1);",
        "DROP TABLE steps;",
    ),
    Revision::new(
        "b2",
        "UPDATE steps SET n = n + 1;\nALTER TABLE steps ADD COLUMN note varchar(10);\nUPDATE steps SET n = n + 1;",
        "ALTER TABLE steps DROP COLUMN note;",
    ),
];

/// The same without a change that the transaction in the way would be in the way of, so that nothing has lasted when
/// the statement that waits fails.
const HELD_AT_FIRST: [Revision; 2] = [
    HELD[0],
    Revision::new(
        "b2",
        "ALTER TABLE steps ADD COLUMN note varchar(10);\nUPDATE steps SET n = n + 1;",
        "ALTER TABLE steps DROP COLUMN note;",
    ),
];

fn undisturbed(backend: &'static Backend, revisions: &[Revision]) -> End {
    let server = backend.shared();
    let site = Site::with(backend, server, revisions);
    site.run(&["upgrade"]).expect(0);
    End::of(server, &site)
}

pub(crate) fn lock_timeout(backend: &'static Backend) {
    let server = backend.shared();
    let expected = undisturbed(backend, &HELD);
    let site = Site::with(backend, server, &HELD);
    site.run(&["upgrade", "b1"]).expect(0);
    let blocker = Blocker::of(server, &site, "steps");
    let injected = tally::injected(backend, "table locked by others");
    let mut running = site.start(&["upgrade", "--lock-timeout", "100ms"]);
    running.wait_for(Stream::Errors, "is tried again");
    running.wait_for(Stream::Errors, "is tried again");
    blocker.release();
    running.end().expect(0);
    End::of(server, &site).expect(&expected);
    injected.recovered();

    let expected = undisturbed(backend, &HELD_AT_FIRST);
    let site = Site::with(backend, server, &HELD_AT_FIRST);
    site.run(&["upgrade", "b1"]).expect(0);
    let before = contents(server, &site);
    let blocker = Blocker::of(server, &site, "steps");
    let injected = tally::injected(backend, "table locked by others");
    let arguments = ["upgrade", "--lock-timeout", "100ms", "--lock-wait", "0s"];
    let ended = site.run(&arguments).expect(1);
    assert!(!ended.errors.contains("is tried again"), "{ended:?}");
    assert_eq!(contents(server, &site), before);
    blocker.release();
    site.run(&["upgrade"]).expect(0);
    End::of(server, &site).expect(&expected);
    injected.recovered();
}

pub(crate) fn statement_timeout(backend: &'static Backend) {
    let server = backend.shared();
    let slow = if backend.is_postgresql() {
        "SELECT pg_sleep(600);"
    } else {
        // What a cancelled SLEEP or BENCHMARK answers is no error.
        "SELECT count(*) FROM information_schema.collations a, information_schema.collations b, \
         information_schema.collations c, information_schema.collations d;"
    };
    let revisions = [
        HELD[0],
        Revision::new("b2", slow, "SELECT 1;").without_transaction(),
    ];
    let mended = "UPDATE steps SET n = n + 1;";
    let expected = {
        let site = Site::with(backend, server, &revisions);
        site.edit("b2", slow, mended);
        site.run(&["upgrade"]).expect(0);
        End::of(server, &site)
    };
    let site = Site::with(backend, server, &revisions);
    site.run(&["upgrade", "b1"]).expect(0);
    let before = contents(server, &site);
    let injected = tally::injected(backend, "statement out of time");
    let ended = site
        .run(&["upgrade", "--statement-timeout", "300ms"])
        .expect(1);
    assert!(ended.errors.contains("ran longer than"), "{ended:?}");
    assert_eq!(contents(server, &site), before);
    site.edit("b2", slow, mended);
    site.run(&["upgrade"]).expect(0);
    End::of(server, &site).expect(&expected);
    injected.recovered();
}

/// A waiter must not keep what `CREATE INDEX CONCURRENTLY` waits for: a transaction or a snapshot.
pub(crate) fn concurrent_index(backend: &'static Backend) {
    let server = backend.shared();
    let revisions = [
        HELD[0],
        Revision::new(
            "b2",
            "CREATE INDEX CONCURRENTLY steps_n ON steps (n);",
            "DROP INDEX CONCURRENTLY steps_n;",
        ),
    ];
    let expected = undisturbed(backend, &revisions);
    for parameters in ["", "?lock=row"] {
        let site = Site::with(backend, server, &revisions);
        site.run(&["upgrade", "b1"]).expect(0);
        let url = format!("{}{parameters}", site.url());
        let site = site.under(url);
        let blocker = Blocker::of(server, &site, "steps");
        let injected = tally::injected(backend, "waiter beside CREATE INDEX CONCURRENTLY");
        let holder = site.start(&["upgrade"]);
        until("the index waits for the transaction", || blocker.blocks());
        let mut waiter = site.start(&["upgrade"]);
        waiter.wait_for(Stream::Errors, "waiting up to");
        blocker.release();
        let holder = holder.end().expect(0);
        assert!(holder.output.contains("1 revision applied"), "{holder:?}");
        let waiter = waiter.end().expect(0);
        assert!(waiter.output.contains("nothing to do"), "{waiter:?}");
        End::of(server, &site).expect(&expected);
        injected.recovered();
    }
}
