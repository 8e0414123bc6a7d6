//! Behind a pooler that lends a connection for one transaction.

use crate::Test;
use crate::support::{Adapter, Client, record, row, server};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{ErrorKind, HistoryChange, LockChange, LockOutcome, LockRow, Value};
use dapter_servers::Pooler;
use std::time::Duration;

pub(crate) const TESTS: &[Test] = &[
    ("a_pooler_is_found_out", a_pooler_is_found_out),
    ("everything_else_works", everything_else_works),
    (
        "the_lock_row_and_the_lock_exclude_each_other",
        the_lock_row_and_the_lock_exclude_each_other,
    ),
];

fn pooler() -> Pooler {
    Pooler::to(server()).expect("it was looked for")
}

fn a_pooler_is_found_out(adapter: &Adapter) {
    let pooler = pooler();
    let database = adapter.database();
    let url = server().url_through(pooler.port(), adapter.scheme(), &database.name);
    for _ in 0..3 {
        let mut client = adapter.connect(&url).expect("connects");
        let error = client.lock().expect_err("a pooler is in between");
        assert_eq!(error.kind, ErrorKind::Unsupported, "{error:?}");
        assert!(error.message.contains("pooler"), "{error}");
        let facts = client.server_facts().expect("the server tells");
        assert!(facts.remarks[0].contains("pooler"), "{facts:?}");
    }
    let facts = database.connect().server_facts();
    assert!(facts.expect("the server tells").remarks.is_empty());
    // The server itself, and a port in between that changes nothing.
    assert_eq!(
        database.connect().lock().expect("is free"),
        LockOutcome::Acquired
    );
    let socket = server().socket_url(adapter.scheme(), &database.name);
    let mut client = adapter.connect(&socket).expect("connects");
    assert_eq!(client.lock().expect("is free"), LockOutcome::Acquired);
    let proxy = dapter_servers::Proxy::to(server());
    let url = server().url_through(proxy.port(), adapter.scheme(), &database.name);
    drop(client);
    let mut client = adapter.connect(&url).expect("connects");
    assert_eq!(client.lock().expect("is free"), LockOutcome::Acquired);
    for (lock, expected) in [("row", None), ("advisory", Some(LockOutcome::Acquired))] {
        let mut client = adapter
            .connect(&format!("{}?lock={lock}", adapter.database().url))
            .expect("connects");
        assert_eq!(client.lock().ok(), expected, "{lock}");
    }
}

fn everything_else_works(adapter: &Adapter) {
    let pooler = pooler();
    let database = adapter.database();
    let url = server().url_through(pooler.port(), adapter.scheme(), &database.name);
    let mut client = adapter
        .connect(&format!("{url}?search_path=app"))
        .expect("connects");
    database.psql("CREATE SCHEMA app;");
    client.lock().expect_err("a pooler is in between");
    block_on(client.set_lock_timeout(Duration::from_secs(5))).expect("is supported");
    block_on(client.ensure_history()).expect("can be made");
    block_on(client.begin()).expect("begins");
    client.run("CREATE TABLE a (x integer)");
    client.run("COPY a FROM STDIN;\n1\n\\.");
    block_on(client.commit()).expect("commits");
    client.run("COPY a FROM STDIN;\n2\n\\.");
    assert_eq!(client.value("SELECT count(*) FROM a"), Value::Integer(2));
    let statement = "INSERT INTO a VALUES (3)";
    client
        .recorded(statement, &record(None, 1, statement))
        .expect("runs");
    assert_eq!(client.history().rows, [row(1)]);
    let index = "CREATE INDEX CONCURRENTLY i ON app.a (x)";
    let error = client
        .recorded(index, &record(Some(&row(1)), 2, index))
        .expect_err("no place for a setting");
    assert_eq!(error.kind, ErrorKind::Unsupported);
    assert_eq!(client.history().rows, [row(1)]);
    let mut plain = adapter
        .connect(&format!("{url}?history_schema=app&lock=row"))
        .expect("connects");
    plain.lock().expect_err("a row is asked for");
    plain
        .recorded(index, &record(Some(&row(1)), 2, index))
        .expect("runs");
    assert_eq!(plain.history().rows, [row(2)]);
    // No setting stays with the pooler's sessions.
    for _ in 0..10 {
        let mut other = adapter.connect(&url).expect("connects");
        assert_ne!(
            other.value("SHOW search_path"),
            Value::Text("app".to_owned())
        );
        assert_eq!(
            other.value("SHOW lock_timeout"),
            Value::Text("0".to_owned())
        );
    }
}

fn take(client: &mut Client) -> Result<(), ErrorKind> {
    let change = HistoryChange {
        lock: LockChange::Take {
            instead_of: None,
            row: LockRow {
                token: "t".to_owned(),
                ..LockRow::default()
            },
        },
        ..HistoryChange::default()
    };
    block_on(client.swap_history(&change)).map_err(|error| error.kind)
}

fn the_lock_row_and_the_lock_exclude_each_other(adapter: &Adapter) {
    let database = adapter.database();
    let (mut direct, mut pooled) = (database.kept(), database.connect());
    direct.lock().expect("is free");
    assert_eq!(take(&mut pooled), Err(ErrorKind::Conflict));
    block_on(direct.unlock()).expect("is held");
    assert_eq!(take(&mut pooled), Ok(()));
}
