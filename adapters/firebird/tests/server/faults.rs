//! A server that dies.

use crate::manners::{Test, connect, record, try_connect, values};
use crate::server::Server;
use dapter_plugin_api::{ErrorKind, LockOutcome, LockRow, SyncSession, Value};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

pub const TESTS: &[Test] = &[(
    "a_killed_server_keeps_statements_and_records_together",
    killed,
)];

/// Rows and tables are made under a record of how many; the server is killed at another moment each time.
fn killed(_: &Server) {
    let mut server = Server::start().expect("it was there");
    let url = server.fresh();
    let mut session = connect(&url);
    session.ensure_history().expect("ensures");
    session.execute("CREATE TABLE t (a INT)").expect("makes");
    drop(session);
    let mut done = 0;
    for life in 1..=3 {
        let (told, acknowledged) = channel();
        let mut session = connect(&url);
        let held = session
            .lock(&LockRow::default(), Duration::ZERO)
            .expect("asks");
        assert_eq!(
            held,
            LockOutcome::Acquired,
            "whoever was killed holds nothing"
        );
        let making = thread::spawn(move || {
            loop {
                let statement = match done % 2 {
                    0 => format!("CREATE TABLE t{done} (a INT)"),
                    _ => format!("INSERT INTO t VALUES ({done})"),
                };
                match session.execute_recorded(&statement, &record(done)) {
                    Ok(_) => done += 1,
                    Err(error) => break (done, error),
                }
                // Nobody listens any more once it was killed.
                let _ = told.send(());
            }
        });
        for _ in 0..life * 3 {
            acknowledged.recv().expect("it makes them");
        }
        server.kill();
        let (recorded, error) = making.join().expect("no panic");
        assert_eq!(error.kind, ErrorKind::ConnectionLost, "{error:?}");
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
        let made = "SELECT (SELECT COUNT(*) FROM t) + (SELECT COUNT(*) FROM RDB$RELATIONS \
                    WHERE RDB$RELATION_NAME STARTING WITH 'T' AND RDB$SYSTEM_FLAG = 0) - 1 FROM RDB$DATABASE";
        let expected = i64::try_from(done).expect("few");
        assert_eq!(values(&mut session, made), [[Value::Integer(expected)]]);
    }
}
