//! Statements that run by themselves: announced, run, recorded; and what is found of them after a crash.

use crate::Test;
use crate::support::{Adapter, Client, Database, record, row};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{AppliedRevision, ErrorKind, Value};

pub(crate) const TESTS: &[Test] = &[
    (
        "a_partition_half_detached_is_detached",
        a_partition_half_detached_is_detached,
    ),
    (
        "an_index_that_is_being_built_is_waited_for",
        an_index_that_is_being_built_is_waited_for,
    ),
    (
        "a_statement_is_announced_and_recorded",
        a_statement_is_announced_and_recorded,
    ),
    (
        "an_index_that_fails_leaves_nothing_behind",
        an_index_that_fails_leaves_nothing_behind,
    ),
    (
        "what_took_effect_is_found_out",
        what_took_effect_is_found_out,
    ),
    (
        "an_index_left_half_built_is_built_again",
        an_index_left_half_built_is_built_again,
    ),
    (
        "what_is_there_already_is_not_run_again",
        what_is_there_already_is_not_run_again,
    ),
    (
        "a_procedure_that_commits_runs_by_itself",
        a_procedure_that_commits_runs_by_itself,
    ),
    (
        "two_deployers_do_not_stop_an_index",
        two_deployers_do_not_stop_an_index,
    ),
];

const INDEX: &str = "CREATE UNIQUE INDEX CONCURRENTLY one ON items (id)";

fn prepared(database: &Database<'_>) -> Client {
    let mut client = database.kept();
    client.run("CREATE TABLE items (id integer)");
    client.run("CREATE TYPE mood AS ENUM ('good')");
    client
}

/// Makes the announcement of a statement last, as if the process had died after it.
fn announce(client: &mut Client, statement: &str) {
    // A statement that is the same to the eye and fails on the way: its announcement is written by hand.
    let announced = record(None, 1, statement).intent.expect("announces");
    block_on(client.swap_history(&announced)).expect("nothing is there");
}

/// The fingerprint that a live run would have stored, taken from one.
fn set_fingerprint(database: &Database<'_>, fingerprint: &str) {
    let sql = format!("UPDATE dapter_revision SET in_flight_fingerprint = {fingerprint};");
    database.psql(&sql);
}

fn took_effect(client: &mut Client) -> Option<bool> {
    let history = client.history();
    history.rows[0]
        .in_flight
        .as_ref()
        .expect("announced")
        .took_effect
}

fn a_statement_is_announced_and_recorded(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = prepared(&database);
    let mut before: Option<AppliedRevision> = None;
    let statements = [
        INDEX,
        "CREATE INDEX CONCURRENTLY ON items (id)",
        "ALTER TYPE mood ADD VALUE 'so''so'",
        "DROP INDEX CONCURRENTLY one",
        "VACUUM items",
        "REINDEX TABLE CONCURRENTLY items",
    ];
    for (number, statement) in (1..).zip(statements) {
        let record = record(before.as_ref(), number, statement);
        let result = client.recorded(statement, &record);
        result.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
        assert_eq!(client.history().rows, [row(number)], "{statement}");
        before = Some(row(number));
    }
    let left = database.psql("SELECT count(*) FROM pg_index WHERE indrelid = 'items'::regclass;");
    assert_eq!(left, ["1"]);
}

fn an_index_that_fails_leaves_nothing_behind(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = prepared(&database);
    client.run("INSERT INTO items VALUES (1), (1)");
    let error = client
        .recorded(INDEX, &record(None, 1, INDEX))
        .expect_err("two of a kind");
    assert_eq!(
        (error.kind, error.sqlstate.as_deref()),
        (ErrorKind::Statement, Some("23505"))
    );
    assert!(client.history().rows.is_empty());
    let notices = client.take_notices();
    assert!(
        notices
            .iter()
            .any(|notice| notice.message.contains("dropped the index")),
        "{notices:?}"
    );
    client.run("DELETE FROM items");
    client
        .recorded(INDEX, &record(None, 1, INDEX))
        .expect("can be built now");
    assert_eq!(client.history().rows, [row(1)]);
}

fn what_took_effect_is_found_out(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = prepared(&database);
    announce(&mut client, INDEX);
    assert_eq!(
        took_effect(&mut client),
        None,
        "nobody knows what it touches"
    );
    set_fingerprint(
        &database,
        "E'create-index\\t' || 'items'::regclass::oid || E'\\tone\\t'",
    );
    assert_eq!(took_effect(&mut client), Some(false));
    client.run(INDEX);
    assert_eq!(took_effect(&mut client), Some(true));
    set_fingerprint(
        &database,
        "E'add-value\\t' || 'mood'::regtype::oid || E'\\tbad\\tf'",
    );
    assert_eq!(took_effect(&mut client), Some(false));
    client.run("ALTER TYPE mood ADD VALUE 'bad'");
    assert_eq!(took_effect(&mut client), Some(true));
    set_fingerprint(&database, "E'drop-index\\t' || 'one'::regclass::oid");
    assert_eq!(took_effect(&mut client), Some(false));
    client.run("DROP INDEX CONCURRENTLY one");
    assert_eq!(took_effect(&mut client), Some(true));
    set_fingerprint(&database, "'repeatable'");
    assert_eq!(took_effect(&mut client), Some(false));
}

/// The second attempt of a host that died within the first.
fn again(database: &Database<'_>) -> (Client, AppliedRevision) {
    let mut client = database.connect();
    let found = client.history().rows.remove(0);
    (client, found)
}

fn an_index_left_half_built_is_built_again(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = prepared(&database);
    client.run("INSERT INTO items VALUES (1), (1)");
    announce(&mut client, INDEX);
    set_fingerprint(
        &database,
        "E'create-index\\t' || 'items'::regclass::oid || E'\\tone\\t'",
    );
    client.fails(INDEX);
    client.run("DELETE FROM items");
    assert_eq!(took_effect(&mut client), Some(false));
    drop(client);
    let (mut client, found) = again(&database);
    client
        .recorded(INDEX, &record(Some(&found), 1, INDEX))
        .expect("can be built now");
    assert_eq!(client.history().rows, [row(1)]);
    let valid = client
        .value("SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'items'::regclass");
    assert_eq!(valid, Value::Bool(true));
}

fn what_is_there_already_is_not_run_again(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = prepared(&database);
    announce(&mut client, INDEX);
    set_fingerprint(
        &database,
        "E'create-index\\t' || 'items'::regclass::oid || E'\\tone\\t'",
    );
    client.run(INDEX);
    let (mut client, found) = again(&database);
    client
        .recorded(INDEX, &record(Some(&found), 1, INDEX))
        .expect("is there");
    assert_eq!(client.history().rows, [row(1)]);
}

fn a_procedure_that_commits_runs_by_itself(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = prepared(&database);
    client.run(
        "CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN \
         INSERT INTO items VALUES (1); COMMIT; INSERT INTO items VALUES (2); END $$",
    );
    client
        .recorded("CALL fill()", &record(None, 1, "CALL fill()"))
        .expect("runs");
    assert_eq!(client.history().rows, [row(1)]);
    assert_eq!(
        client.value("SELECT count(*) FROM items"),
        Value::Integer(2)
    );
}

/// A detachment that was stopped between its two transactions is completed by the next attempt.
fn a_partition_half_detached_is_detached(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = prepared(&database);
    client.run("CREATE TABLE whole (id integer) PARTITION BY LIST (id)");
    client.run("CREATE TABLE part PARTITION OF whole FOR VALUES IN (1)");
    let mut reader = database.connect();
    block_on(reader.begin()).expect("begins");
    reader.run("SELECT * FROM whole");
    let detach = "ALTER TABLE whole DETACH PARTITION part CONCURRENTLY";
    let cancel = client.canceller();
    let error = std::thread::scope(|scope| {
        scope.spawn(|| {
            let pending = "SELECT count(*) FROM pg_inherits WHERE inhdetachpending;";
            while database.psql(pending) != ["1"] {}
            cancel();
        });
        client
            .recorded(detach, &record(None, 1, detach))
            .expect_err("it waits for the reader")
    });
    assert_eq!(error.kind, ErrorKind::Cancelled);
    assert!(client.history().rows.is_empty());
    block_on(reader.rollback()).expect("rolls back");
    client
        .recorded(detach, &record(None, 1, detach))
        .expect("is completed");
    assert_eq!(client.history().rows, [row(1)]);
    assert_eq!(
        database.psql("SELECT count(*) FROM pg_inherits WHERE inhparent = 'whole'::regclass;"),
        ["0"]
    );
}

/// The client that began an index has died, and the server goes on: nobody takes the index away from it.
fn an_index_that_is_being_built_is_waited_for(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = prepared(&database);
    announce(&mut client, INDEX);
    set_fingerprint(
        &database,
        "E'create-index\\t' || 'items'::regclass::oid || E'\\tone\\t'",
    );
    let mut reader = database.connect();
    block_on(reader.begin()).expect("begins");
    reader.run("LOCK TABLE items IN ROW EXCLUSIVE MODE");
    let mut builder = database.connect();
    std::thread::scope(|scope| {
        let built = scope.spawn(move || builder.run(INDEX));
        let there = "SELECT count(*) FROM pg_index WHERE indrelid = 'items'::regclass;";
        while database.psql(there) != ["1"] {}
        let found = client.history().rows.remove(0);
        let busy = client
            .recorded(INDEX, &record(Some(&found), 1, INDEX))
            .expect_err("is at work");
        assert_eq!(busy.kind, ErrorKind::Busy, "{busy:?}");
        block_on(reader.rollback()).expect("rolls back");
        built.join().expect("is built");
        client
            .recorded(INDEX, &record(Some(&found), 1, INDEX))
            .expect("is there");
    });
    assert_eq!(client.history().rows, [row(1)]);
}

/// A session that waits for the lock holds nothing that the holder's statement would wait for.
fn two_deployers_do_not_stop_an_index(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = prepared(&database);
    client.lock().expect("is free");
    let mut other = database.connect();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                other.lock().expect("can be asked for");
            }
        });
        let built = client.recorded(INDEX, &record(None, 1, INDEX));
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        built.expect("is built");
    });
    block_on(client.unlock()).expect("is held");
}
