//! A server that dies, that has no memory left, that only follows another.

use crate::manners::{Test, connect, record, row, try_connect};
use crate::server::Server;
use dapter_plugin_api::{ErrorKind, SyncSession, Value};
use std::sync::mpsc::channel;
use std::thread;

pub const TESTS: &[Test] = &[
    (
        "a_killed_server_keeps_commands_and_records_together",
        killed,
    ),
    ("a_full_server_changes_nothing", full),
    ("a_replica_is_only_read", replica),
];

/// A counter is counted up under a record of how often; the server is killed at another moment each time.
fn killed(_: &Server) {
    let mut server = Server::start(&[]).expect("it was there");
    let url = server.url(0);
    connect(&url).ensure_history().expect("ensures");
    let mut done = 0;
    for life in 1..=5 {
        let (told, acknowledged) = channel();
        let mut session = connect(&url);
        let counting = thread::spawn(move || {
            loop {
                match session.execute_recorded("INCR counter", &record(done, "INCR counter")) {
                    Ok(_) => done += 1,
                    Err(error) => break (done, error),
                }
                // Nobody listens any more once it was killed.
                let _ = told.send(());
            }
        });
        for _ in 0..life * 7 {
            acknowledged.recv().expect("it counts");
        }
        server.kill();
        let (recorded, error) = counting.join().expect("no panic");
        assert_eq!(error.kind, ErrorKind::ConnectionLost, "{error}");
        assert_eq!(
            try_connect(&url).expect_err("dead").kind,
            ErrorKind::Connect
        );
        server.revive();
        let mut session = connect(&url);
        let history = session.read_history().expect("reads");
        done = history.rows[0].statements_done;
        // The last one may have been made and not acknowledged.
        assert!(
            done == recorded || done == recorded + 1,
            "{done} {recorded}"
        );
        let counter = session.query("GET counter").expect("queries").rows;
        assert_eq!(counter, [[Value::Text(done.to_string())]]);
    }
}

fn full(_: &Server) {
    let server = Server::start(&["--maxmemory-policy", "noeviction"]).expect("it was there");
    let mut session = connect(&server.fresh());
    session
        .execute_recorded("SET a 1", &record(0, "SET a 1"))
        .expect("sets");
    session.execute("CONFIG SET maxmemory 1").expect("sets");
    // Deleting needs no memory, but recording it does.
    for statement in ["SET b 1", "DEL a"] {
        let refused = session.execute_recorded(statement, &record(1, statement));
        let error = refused.expect_err(statement);
        assert_eq!(
            (error.kind, error.code.as_deref()),
            (ErrorKind::Full, Some("OOM"))
        );
    }
    assert_eq!(session.read_history().expect("reads").rows, [row(1)]);
    let rows = session.query("GET a").expect("queries").rows;
    assert_eq!(rows, [[Value::Text("1".to_owned())]]);
}

fn replica(leader: &Server) {
    let follows = format!("127.0.0.1 {}", leader.port());
    let server = Server::start(&["--replicaof", &follows]).expect("it was there");
    let mut session = connect(&server.url(0));
    let facts = session.server_facts().expect("tells");
    assert_eq!(facts.read_only.as_deref(), Some("the server is a replica"));
    for error in [
        session.ensure_history(),
        session.execute("SET a 1").map(drop),
        session
            .execute_recorded("SET a 1", &record(0, "SET a 1"))
            .map(drop),
    ] {
        assert_eq!(error.expect_err("read only").kind, ErrorKind::Permission);
    }
}
