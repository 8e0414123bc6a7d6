//! Statements of every kind, transactions of the host and of the script, and where names are looked for.

use crate::Test;
use crate::support::{Adapter, record, row, server};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{ErrorKind, Expect, Record, RevisionState, Value};
use std::time::Duration;

pub(crate) const TESTS: &[Test] = &[
    ("a_fault_is_told_by_its_place", a_fault_is_told_by_its_place),
    ("a_copy_brings_its_data", a_copy_brings_its_data),
    (
        "the_hosts_transaction_is_its_own",
        the_hosts_transaction_is_its_own,
    ),
    (
        "the_script_may_have_transactions",
        the_script_may_have_transactions,
    ),
    (
        "a_rollback_of_the_script_takes_its_records_back",
        a_rollback_of_the_script_takes_its_records_back,
    ),
    ("a_commit_that_fails_is_told", a_commit_that_fails_is_told),
    (
        "names_are_looked_for_where_the_configuration_says",
        names_are_looked_for_where_the_configuration_says,
    ),
    (
        "the_history_has_a_schema_of_its_own",
        the_history_has_a_schema_of_its_own,
    ),
    ("notices_are_handed_on", notices_are_handed_on),
    (
        "who_may_not_write_is_told_what_to_do",
        who_may_not_write_is_told_what_to_do,
    ),
    ("values_have_their_types", values_have_their_types),
    (
        "a_statement_does_not_wait_in_a_transaction_either",
        a_statement_does_not_wait_in_a_transaction_either,
    ),
    ("heads_of_alembic_are_found", heads_of_alembic_are_found),
];

fn a_fault_is_told_by_its_place(adapter: &Adapter) {
    let mut client = adapter.database().connect();
    block_on(client.set_lock_timeout(Duration::from_secs(5))).expect("is supported");
    let statement = "SELECT 'é日',\n  nothing";
    for in_transaction in [false, true] {
        if in_transaction {
            block_on(client.begin()).expect("begins");
        }
        let error = client.fails(statement);
        assert_eq!(
            error.position,
            statement.find("nothing").map(|at| at as u64)
        );
        block_on(client.rollback()).expect("rolls back");
    }
    let error = client.fails("DO $$ BEGIN PERFORM nothing; END $$");
    assert_eq!(error.position, None);
    assert!(
        error.chain.iter().any(|text| text.contains("nothing")),
        "{error:?}"
    );
    let error = client.fails("COPY pg_class TO STDOUT");
    assert_eq!(error.kind, ErrorKind::Statement);
    client.run("SELECT 1");
}

fn a_copy_brings_its_data(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = database.connect();
    client.run("CREATE TABLE lines (id integer, text text)");
    let mut copy = "COPY lines FROM STDIN;\n".to_owned();
    for number in 0..50_000 {
        copy.push_str(&format!("{number}\tline; {number} é\n"));
    }
    copy.push_str("\\.");
    assert_eq!(client.run(&copy), 50_000);
    block_on(client.begin()).expect("begins");
    assert_eq!(client.run(&copy), 50_000);
    block_on(client.rollback()).expect("rolls back");
    assert_eq!(database.psql("SELECT count(*) FROM lines;"), ["50000"]);
    let error = client.fails("COPY lines FROM STDIN;\n1\tone\nx\ttwo\n\\.");
    assert_eq!(error.sqlstate.as_deref(), Some("22P02"));
    let error = client.fails("COPY nowhere FROM STDIN;\n1\tone\n\\.");
    assert_eq!(error.sqlstate.as_deref(), Some("42P01"));
    let mut kept = database.kept();
    let copy = "COPY lines FROM STDIN;\n1\tone\n\\.";
    assert_eq!(
        kept.recorded(copy, &record(None, 1, copy)).expect("runs"),
        1
    );
    assert_eq!(kept.history().rows, [row(1)]);
}

fn the_hosts_transaction_is_its_own(adapter: &Adapter) {
    let mut client = adapter.database().connect();
    block_on(client.begin()).expect("begins");
    client.run("CREATE TABLE a (x integer)");
    for statement in [
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "ABORT",
        "START TRANSACTION",
        "SELECT 1; COMMIT",
    ] {
        let error = client.fails(statement);
        let hint = error.hint.unwrap_or_default();
        assert!(
            hint.contains("dapter:transaction none"),
            "{statement}: {hint}"
        );
    }
    client.run("SAVEPOINT s");
    client.run("INSERT INTO a VALUES (1)");
    client.run("ROLLBACK TO s");
    block_on(client.commit()).expect("commits");
    assert_eq!(client.value("SELECT count(*) FROM a"), Value::Integer(0));
    assert_eq!(client.fails("COMMIT").sqlstate.as_deref(), Some("25P01"));
}

/// Runs statements as a host does that records each.
fn journal(client: &mut crate::support::Client, statements: &[&str]) {
    let mut before = None;
    for (number, statement) in (1..).zip(statements) {
        let record = record(before.as_ref(), number, statement);
        let result = client.recorded(statement, &record);
        result.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
        before = Some(row(number));
    }
}

fn the_script_may_have_transactions(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = database.kept();
    let statements = [
        "CREATE TABLE a (x integer)",
        "BEGIN",
        "INSERT INTO a VALUES (1)",
        "SAVEPOINT s",
        "INSERT INTO a VALUES (2)",
        "ROLLBACK TO s",
        "COMMIT",
    ];
    journal(&mut client, &statements[..3]);
    assert_eq!(
        database.connect().history().rows,
        [row(1)],
        "the rest is not committed"
    );
    let mut before = row(3);
    for (number, statement) in (4..).zip(&statements[3..]) {
        client
            .recorded(statement, &record(Some(&before), number, statement))
            .expect(statement);
        before = row(number);
    }
    assert_eq!(database.connect().history().rows, [row(7)]);
    assert_eq!(database.psql("SELECT count(*) FROM a;"), ["1"]);
}

fn a_rollback_of_the_script_takes_its_records_back(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = database.kept();
    journal(
        &mut client,
        &[
            "CREATE TABLE a (x integer)",
            "BEGIN",
            "INSERT INTO a VALUES (1)",
            "ROLLBACK",
        ],
    );
    assert_eq!(database.connect().history().rows, [row(4)]);
    assert_eq!(database.psql("SELECT count(*) FROM a;"), ["0"]);
    // A script that ends within its own transaction is not done.
    client
        .recorded("BEGIN", &record(Some(&row(4)), 5, "BEGIN"))
        .expect("begins");
    let mut last: Record = record(Some(&row(5)), 6, "SELECT 1");
    last.change.rows[0].row.as_mut().expect("a row").state = RevisionState::Applied;
    last.change.rows[0].expect = Expect::exactly(Some(&row(5)));
    let error = client.recorded("SELECT 1", &last).expect_err("still open");
    assert!(error.message.contains("still open"), "{error}");
    block_on(client.rollback()).expect("rolls back");
    assert_eq!(client.history().rows, [row(4)]);
}

fn a_commit_that_fails_is_told(adapter: &Adapter) {
    let mut client = adapter.database().connect();
    client.run("CREATE TABLE a (x integer UNIQUE DEFERRABLE INITIALLY DEFERRED)");
    block_on(client.begin()).expect("begins");
    client.run("INSERT INTO a VALUES (1), (1)");
    let error = block_on(client.commit()).expect_err("two of a kind");
    assert_eq!((error.kind, error.retryable), (ErrorKind::Statement, false));
    assert_eq!(client.value("SELECT count(*) FROM a"), Value::Integer(0));
    block_on(client.begin()).expect("begins");
    client.fails("SELECT nothing");
    let error = client.fails("SELECT 1");
    assert_eq!(error.sqlstate.as_deref(), Some("25P02"));
    assert!(block_on(client.commit()).is_err());
    client.run("INSERT INTO a VALUES (1)");
}

fn names_are_looked_for_where_the_configuration_says(adapter: &Adapter) {
    let database = adapter.database();
    database.psql("CREATE SCHEMA \"App\"; CREATE SCHEMA other;");
    let url = format!("{}?search_path=%22App%22,public", database.url);
    let mut client = adapter.connect(&url).expect("connects");
    client.run("CREATE TABLE a (x integer)");
    block_on(client.begin()).expect("begins");
    client.run("CREATE TABLE b (x integer)");
    block_on(client.commit()).expect("commits");
    client.run("CREATE INDEX CONCURRENTLY i ON a (x)");
    client.run("SET search_path = other");
    block_on(client.ensure_history()).expect("can be made");
    client.run("SET search_path = other");
    assert!(client.history().ready);
    let found = database.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'App';");
    assert_eq!(found, ["5"]);
}

fn the_history_has_a_schema_of_its_own(adapter: &Adapter) {
    let database = adapter.database();
    let url = format!("{}?history_schema=Ops", database.url);
    let mut client = adapter.connect(&url).expect("connects");
    block_on(client.ensure_history()).expect("can be made");
    assert!(client.history().ready);
    assert!(
        !database.connect().history().ready,
        "another schema, another history"
    );
    let found = database.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'Ops';");
    assert_eq!(found, ["3"]);
}

fn notices_are_handed_on(adapter: &Adapter) {
    let mut client = adapter.database().connect();
    client.run("DO $$ BEGIN RAISE NOTICE 'halfway'; RAISE WARNING 'careful'; END $$");
    let told: Vec<String> = client
        .take_notices()
        .into_iter()
        .map(|notice| notice.message)
        .collect();
    assert_eq!(told, ["halfway", "careful"]);
}

fn who_may_not_write_is_told_what_to_do(adapter: &Adapter) {
    let database = adapter.database();
    let role = format!("reader_{}", adapter.key().len());
    database.psql(&format!(
        "DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD 'r'; REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
    ));
    let (_, place) = database.url.rsplit_once('@').expect("a URL with a user");
    let url = format!("{}://{role}:r@{place}", adapter.scheme());
    let mut client = adapter.connect(&url).expect("connects");
    let error = block_on(client.ensure_history()).expect_err("no right");
    assert_eq!(error.kind, ErrorKind::Permission);
    assert!(error.hint.unwrap_or_default().contains("history_schema"));
    drop(client);
    database.psql(&format!("DROP ROLE {role};"));
}

fn values_have_their_types(adapter: &Adapter) {
    let mut client = adapter.database().connect();
    let rows = client.rows(
        "SELECT NULL::text AS nothing, true, 7::bigint, 1.5::float8, 1.50::numeric, '\\x00ff'::bytea, 'é'::text",
    );
    assert_eq!(rows.columns[0], "nothing");
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        rows.rows,
        [vec![
            Value::Null,
            Value::Bool(true),
            Value::Integer(7),
            Value::Real(1.5),
            text("1.50"),
            Value::Bytes(vec![0, 255]),
            text("é")
        ]]
    );
}

fn a_statement_does_not_wait_in_a_transaction_either(adapter: &Adapter) {
    let database = adapter.database();
    let (mut one, mut other) = (database.connect(), database.connect());
    one.run("CREATE TABLE a (x integer)");
    block_on(one.begin()).expect("begins");
    one.run("LOCK TABLE a");
    block_on(other.set_lock_timeout(Duration::from_millis(1))).expect("is supported");
    block_on(other.begin()).expect("begins");
    let error = other.fails("SELECT * FROM a");
    assert_eq!(
        (error.kind, error.sqlstate.as_deref()),
        (ErrorKind::Busy, Some("55P03"))
    );
    block_on(other.rollback()).expect("rolls back");
    let other_url = server().url(adapter.scheme(), &database.name);
    let mut patient = adapter.connect(&other_url).expect("connects");
    block_on(one.rollback()).expect("rolls back");
    patient.run("SELECT * FROM a");
}

fn heads_of_alembic_are_found(adapter: &Adapter) {
    let database = adapter.database();
    database.psql("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('b'), ('a');");
    let mut client = database.connect();
    assert_eq!(client.history().alembic_heads, ["a", "b"]);
    block_on(client.ensure_history()).expect("can be made");
    for _ in 0..2 {
        let history = client.history();
        assert_eq!(history.alembic_heads, ["a", "b"]);
        assert!(history.ready);
    }
    database.psql("DROP TABLE alembic_version;");
    assert!(client.history().alembic_heads.is_empty());
}
