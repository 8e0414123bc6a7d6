//! How sessions are connected.

use crate::support::Place;
use crate::{Test, tests};
use dapter_plugin_api::{ErrorKind, LockRow, Value, abi::block_on};
use dapter_servers::PASSWORD;
use std::time::Duration;

pub(crate) const TESTS: &[Test] = tests!(
    every_mode_encrypts_as_it_says,
    a_server_that_proves_nothing_is_refused,
    a_socket_needs_no_encryption,
    a_password_crosses_an_open_network_encrypted,
    a_user_without_rights_is_refused,
    a_right_by_way_of_a_role_is_found,
    the_lock_may_be_left_to_the_host,
    an_unexpected_mode_is_warned_of,
    limits_of_waiting_are_set,
);

fn is_encrypted(client: &mut crate::support::Client) -> bool {
    let cipher = client.value(
        "SELECT variable_value FROM performance_schema.session_status WHERE variable_name = 'Ssl_cipher'",
    );
    cipher != Value::Text(String::new())
}

fn encrypted(place: &Place, client: &mut crate::support::Client) -> bool {
    if place.is_mariadb() {
        let cipher = client.value(
            "SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'SSL_CIPHER'",
        );
        return cipher != Value::Text(String::new());
    }
    is_encrypted(client)
}

fn every_mode_encrypts_as_it_says(place: &Place) {
    let database = place.database();
    let authority = place.server().authority().display();
    let mut table = vec![
        ("ssl_mode=DISABLED".to_owned(), false),
        ("ssl-mode=preferred".to_owned(), true),
        ("ssl_mode=REQUIRED".to_owned(), true),
        (format!("ssl_mode=VERIFY_IDENTITY&ssl_ca={authority}"), true),
        (format!("ssl_ca={authority}"), true),
        ("connect_timeout=5".to_owned(), true),
    ];
    if place.key() == "mysql-async" {
        table.push((format!("ssl_mode=VERIFY_CA&ssl_ca={authority}"), true));
    }
    for (options, expected) in table {
        let mut client = database
            .with(&options)
            .unwrap_or_else(|error| panic!("{options}: {error:?}"));
        assert_eq!(encrypted(place, &mut client), expected, "{options}");
        assert_eq!(client.run("DO 1"), 0);
    }
}

fn a_server_that_proves_nothing_is_refused(place: &Place) {
    let database = place.database();
    for mode in ["VERIFY_CA", "VERIFY_IDENTITY"] {
        let error = database
            .with(&format!("ssl_mode={mode}"))
            .err()
            .expect(mode);
        assert_eq!(
            (error.kind, error.retryable),
            (ErrorKind::Connect, false),
            "{error:?}"
        );
        assert!(error.hint.is_some(), "{error:?}");
    }
}

fn a_socket_needs_no_encryption(place: &Place) {
    let database = place.database();
    let url = place.server().socket_url(place.scheme(), &database.name);
    let mut client = place.connect(&url).expect("connects");
    assert!(!encrypted(place, &mut client));
}

/// With a key of the server's, which MySQL's own clients ask for only when told to.
fn a_password_crosses_an_open_network_encrypted(place: &Place) {
    if place.is_mariadb() {
        return;
    }
    let database = place.database();
    let user = format!("u{}", database.name.replace("test_", ""));
    let mut client = database.connect();
    client.run(&format!(
        "CREATE USER '{user}'@'127.0.0.1' IDENTIFIED WITH caching_sha2_password BY '{PASSWORD}'"
    ));
    client.run(&format!(
        "GRANT ALL ON {}.* TO '{user}'@'127.0.0.1'",
        database.name
    ));
    let url = database.url.replace("//dapter:", &format!("//{user}:"));
    for options in [
        "ssl_mode=DISABLED",
        "ssl_mode=REQUIRED",
        "ssl_mode=DISABLED",
    ] {
        let mut client = place
            .connect(&format!("{url}?{options}"))
            .unwrap_or_else(|error| panic!("{options}: {error:?}"));
        assert_eq!(client.run("DO 1"), 0);
        client.run(&format!(
            "ALTER USER CURRENT_USER() IDENTIFIED BY '{PASSWORD}'"
        ));
    }
    client.run(&format!("DROP USER '{user}'@'127.0.0.1'"));
}

fn a_user_without_rights_is_refused(place: &Place) {
    let database = place.database();
    let user = format!("n{}", database.name.replace("test_", ""));
    let mut client = database.connect();
    client.run(&format!(
        "CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'"
    ));
    let url = database.url.replace("//dapter:", &format!("//{user}:"));
    let error = place
        .connect(&url)
        .err()
        .expect("it has no right to the database");
    assert_eq!(error.kind, ErrorKind::Permission, "{error:?}");
    client.run(&format!(
        "GRANT SELECT ON {}.* TO '{user}'@'127.0.0.1'",
        database.name
    ));
    let mut reader = place.connect(&url).expect("it may read");
    assert!(!reader.history().ready);
    let error = block_on(reader.ensure_history()).expect_err("it may not write");
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Permission, Some("1142")),
        "{error:?}"
    );
    client.run(&format!("DROP USER '{user}'@'127.0.0.1'"));
}

fn the_lock_may_be_left_to_the_host(place: &Place) {
    let mut client = place.database().with("lock=row").expect("connects");
    let error = block_on(client.lock(&LockRow::default(), Duration::ZERO)).expect_err("not here");
    assert_eq!(error.kind, ErrorKind::Unsupported);
}

fn an_unexpected_mode_is_warned_of(place: &Place) {
    let database = place.database();
    let mut client = database
        .with("sql_mode=ANSI_QUOTES,STRICT_ALL_TABLES")
        .expect("connects");
    assert_eq!(client.take_notices(), []);
    assert_eq!(
        client.value("SELECT @@sql_mode"),
        Value::Text("ANSI_QUOTES,STRICT_ALL_TABLES".to_owned())
    );
    assert_eq!(client.run("CREATE TABLE \"t\" (a INT)"), 0);
}

fn limits_of_waiting_are_set(place: &Place) {
    let mut client = place.database().connect();
    for (wait, expected) in [
        (Duration::from_millis(1), 1),
        (Duration::from_secs(7), 7),
        (Duration::ZERO, 31_536_000),
    ] {
        block_on(client.set_lock_timeout(wait)).expect("sets");
        assert_eq!(
            client.value("SELECT @@lock_wait_timeout"),
            Value::Integer(expected)
        );
        assert_eq!(
            client.value("SELECT @@innodb_lock_wait_timeout"),
            Value::Integer(expected)
        );
    }
}

fn a_right_by_way_of_a_role_is_found(place: &Place) {
    let database = place.database();
    let (name, mut root) = (&database.name, database.connect());
    let user = format!("{name}_u");
    let role = format!("{name}_r");
    for statement in [
        format!("CREATE ROLE {role}"),
        format!("GRANT CREATE ON {name}.* TO {role}"),
        format!("CREATE USER {user}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'"),
        format!("GRANT SELECT ON {name}.* TO {user}@'127.0.0.1'"),
        format!("GRANT {role} TO {user}@'127.0.0.1'"),
    ] {
        root.run(&statement);
    }
    let (scheme, rest) = database.url.split_once("://").expect("a URL");
    let (_, host) = rest.rsplit_once('@').expect("with a user");
    let url = format!("{scheme}://{user}:{PASSWORD}@{host}");
    let remarks = || {
        let mut client = place.connect(&url).expect("connects");
        block_on(client.server_facts()).expect("it tells").remarks
    };
    assert_eq!(remarks().len(), 1, "{:?}", remarks());
    let to = if place.is_mariadb() { "FOR" } else { "TO" };
    root.run(&format!("SET DEFAULT ROLE {role} {to} {user}@'127.0.0.1'"));
    assert_eq!(remarks(), [""; 0]);
    root.run(&format!("DROP USER {user}@'127.0.0.1'"));
    root.run(&format!("DROP ROLE {role}"));
}
