//! Commands and their records.

use crate::server::Server;
use dapter_plugin_api::{
    AdapterError, AppliedRevision, ConnectOptions, ErrorKind, Expect, HistoryChange, InFlight,
    Notices, Record, RevisionState, RowChange, SyncMigrationAdapter, SyncSession, Value,
};
use dapter_redis::{RedisAdapter, RedisSession};

pub type Test = (&'static str, fn(&Server));

pub const TESTS: &[Test] = &[
    ("a_command_that_fails_leaves_no_record", fails),
    ("a_lua_script_gets_its_keys_and_arguments", lua),
    ("a_lua_script_that_fails_is_not_recorded", lua_fails),
    ("what_no_script_may_do_is_announced", announced),
    ("an_announcement_is_found_and_told", left_behind),
    ("prefixes_keep_histories_apart", prefixes),
    ("whoever_may_not_is_told", permission),
    ("the_history_is_not_flushed", flush),
];

pub fn connect(url: &str) -> RedisSession {
    try_connect(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

pub fn try_connect(url: &str) -> Result<RedisSession, AdapterError> {
    RedisAdapter.connect(&ConnectOptions::new(url), &Notices::new())
}

/// The row of a step with so many statements done.
pub fn row(done: u64) -> AppliedRevision {
    AppliedRevision {
        revision: "a".to_owned(),
        position: 1,
        state: RevisionState::Upgrading,
        statements_done: done,
        statements_total: 1000,
        ..AppliedRevision::default()
    }
}

/// What records the next statement after so many, announced as hosts do.
pub fn record(done: u64, statement: &str) -> Record {
    let before = (done > 0).then(|| row(done));
    let change = |after| HistoryChange {
        rows: vec![RowChange {
            revision: "a".to_owned(),
            expect: Expect::exactly(before.as_ref()),
            row: Some(after),
        }],
        ..HistoryChange::default()
    };
    let flight = InFlight {
        statement: statement.to_owned(),
        ..InFlight::default()
    };
    Record {
        change: change(row(done + 1)),
        intent: Some(change(AppliedRevision {
            in_flight: Some(flight),
            ..row(done)
        })),
    }
}

fn texts(session: &mut RedisSession, query: &str) -> Vec<String> {
    let rows = session.query(query).expect("queries").rows;
    let text = |row: Vec<Value>| match row.into_iter().next() {
        Some(Value::Text(text)) => text,
        other => format!("{other:?}"),
    };
    rows.into_iter().map(text).collect()
}

fn run(session: &mut RedisSession, done: u64, statement: &str) -> Result<u64, AdapterError> {
    session.execute_recorded(statement, &record(done, statement))
}

/// Of the keys that are no strings, and of what a script cannot know before: each leaves history and log alone.
fn fails(server: &Server) {
    let mut session = connect(&server.fresh());
    run(&mut session, 0, "SET text 1").expect("sets");
    for (statement, code, message) in [
        (
            "HSET text a 1",
            "WRONGTYPE",
            "operation against a key holding the wrong kind of value",
        ),
        ("INCR text 1", "ERR", "wrong number of arguments for 'INCR'"),
        ("NONSENSE text", "ERR", "unknown command 'NONSENSE'"),
    ] {
        let error = run(&mut session, 1, statement).expect_err(statement);
        assert_eq!(
            (error.kind, error.code.as_deref()),
            (ErrorKind::Statement, Some(code))
        );
        assert_eq!(error.message, message);
        assert_eq!(session.read_history().expect("reads").rows, [row(1)]);
    }
}

fn lua(server: &Server) {
    let mut session = connect(&server.fresh());
    let source = "local made = 0\nfor at, key in ipairs(KEYS) do\n  redis.call('SET', key, ARGV[at])\n  made = made + 1\nend\nreturn made";
    run(
        &mut session,
        0,
        &format!("EVAL \"{source}\" 2 a b one 'two 2'"),
    )
    .expect("runs");
    assert_eq!(texts(&mut session, "MGET a b"), ["one", "two 2"]);
    assert_eq!(session.read_history().expect("reads").rows, [row(1)]);
}

fn lua_fails(server: &Server) {
    let mut session = connect(&server.fresh());
    for (source, message) in [
        ("error('my own')", "my own"),
        (
            "return redis.call('HSET', 'a')",
            "Wrong number of args calling Redis command from script",
        ),
        ("return redis.error_reply('ERR mine')", "mine"),
        ("this is no lua", "user_script:1"),
    ] {
        let error = run(&mut session, 0, &format!("EVAL \"{source}\" 0")).expect_err(source);
        assert_eq!(error.kind, ErrorKind::Statement);
        let told = error.message.to_lowercase();
        assert!(told.contains(&message.to_lowercase()), "{source}: {told}");
        assert_eq!(session.read_history().expect("reads").rows, []);
    }
}

fn announced(server: &Server) {
    let mut session = connect(&server.fresh());
    run(&mut session, 0, "CONFIG SET latency-monitor-threshold 7").expect("sets");
    assert_eq!(
        texts(&mut session, "CONFIG GET latency-monitor-threshold"),
        ["latency-monitor-threshold", "7"]
    );
    assert_eq!(session.read_history().expect("reads").rows, [row(1)]);
    let error = run(&mut session, 1, "CONFIG SET no-such-setting 7").expect_err("unknown");
    assert_eq!(
        (error.kind, error.chain),
        (ErrorKind::Statement, Vec::new())
    );
    assert_eq!(session.read_history().expect("reads").rows, [row(1)]);
}

fn left_behind(server: &Server) {
    let mut session = connect(&server.fresh());
    for (done, statement, took_effect) in [
        (0, "CONFIG SET latency-monitor-threshold 7", Some(false)),
        (0, "FCALL move 0", None),
    ] {
        let intent = record(done, statement).intent.expect("announced");
        session.swap_history(&intent).expect("announces");
        let history = session.read_history().expect("reads");
        let flight = history.rows[0].in_flight.clone().expect("in flight");
        assert_eq!(flight.took_effect, took_effect, "{statement}");
        session.execute("DEL dapter:history").expect("deletes");
    }
}

fn prefixes(server: &Server) {
    let database = server.database();
    let url = |prefix: &str| format!("{}?prefix={prefix}", server.url(database));
    run(&mut connect(&url("one")), 0, "SET a 1").expect("sets");
    assert_eq!(
        connect(&url("one")).read_history().expect("reads").rows,
        [row(1)]
    );
    assert_eq!(connect(&url("two")).read_history().expect("reads").rows, []);
}

fn permission(server: &Server) {
    let database = server.database();
    let mut session = connect(&server.url_of("limited:right", database));
    run(&mut session, 0, "SET a 1").expect("sets");
    for error in [run(&mut session, 1, "INCR a"), session.execute("INCR a")] {
        assert_eq!(error.expect_err("not allowed").kind, ErrorKind::Permission);
    }
    assert_eq!(session.read_history().expect("reads").rows, [row(1)]);
}

fn flush(server: &Server) {
    let mut session = connect(&server.fresh());
    for statement in ["FLUSHDB", "flushall async", "SELECT 0"] {
        let error = run(&mut session, 0, statement).expect_err(statement);
        assert!(error.hint.is_some(), "{statement}");
    }
}
