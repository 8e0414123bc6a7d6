//! Connections that break, servers that are not there, and passwords that nobody is told.

use crate::Test;
use crate::support::{Adapter, Client};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{ConnectOptions, ErrorKind};

pub(crate) const TESTS: &[Test] = &[
    (
        "a_session_that_is_ended_says_so",
        a_session_that_is_ended_says_so,
    ),
    (
        "what_may_pass_may_be_tried_again",
        what_may_pass_may_be_tried_again,
    ),
    ("the_second_host_is_tried", the_second_host_is_tried),
    (
        "the_server_must_be_of_the_kind_asked_for",
        the_server_must_be_of_the_kind_asked_for,
    ),
    ("a_database_is_made_once", a_database_is_made_once),
];

fn pid(client: &mut Client) -> String {
    format!("{:?}", client.value("SELECT pg_backend_pid()"))
        .chars()
        .filter(char::is_ascii_digit)
        .collect()
}

fn a_session_that_is_ended_says_so(adapter: &Adapter) {
    let database = adapter.database();
    for in_transaction in [false, true] {
        let mut client = database.kept();
        let pid = pid(&mut client);
        if in_transaction {
            block_on(client.begin()).expect("begins");
            client.run("CREATE TABLE lost (x integer)");
        }
        database.psql(&format!("SELECT pg_terminate_backend({pid});"));
        let error = client.fails("SELECT pg_sleep(5)");
        assert_eq!(error.kind, ErrorKind::ConnectionLost, "{error:?}");
        for _ in 0..2 {
            let error = block_on(client.rollback());
            assert!(error.is_err() || !in_transaction);
            let error = block_on(client.read_history()).expect_err("lost");
            let told = matches!(error.kind, ErrorKind::ConnectionLost | ErrorKind::Statement);
            assert!(told, "{error:?}");
        }
    }
}

fn what_may_pass_may_be_tried_again(adapter: &Adapter) {
    let table = [
        ("127.0.0.1:1", true),
        ("no-such-host.invalid", true),
        ("%2Fno%2Fsuch%2Ffolder", true),
    ];
    for (host, retryable) in table {
        let url = format!("{}://u:hunter2@{host}/x", adapter.scheme());
        let error = adapter.connect(&url).err().expect("nobody is there");
        assert_eq!(
            (error.kind, error.retryable),
            (ErrorKind::Connect, retryable),
            "{error:?}"
        );
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

fn the_second_host_is_tried(adapter: &Adapter) {
    let database = adapter.database();
    let url = database.url.replacen('@', "@127.0.0.1:1,", 1);
    adapter.connect(&url).expect("the second one is there");
}

fn the_server_must_be_of_the_kind_asked_for(adapter: &Adapter) {
    let database = adapter.database();
    for (kind, fits) in [
        ("read-write", true),
        ("primary", true),
        ("prefer-standby", true),
        ("standby", false),
        ("read-only", false),
    ] {
        let connected = adapter.connect(&format!("{}?target_session_attrs={kind}", database.url));
        assert_eq!(connected.is_ok(), fits, "{kind}");
    }
}

fn a_database_is_made_once(adapter: &Adapter) {
    let database = adapter.database();
    let options = ConnectOptions::new(format!("{}_\"new", database.url).replace('"', "%22"));
    let made: Vec<bool> = std::thread::scope(|scope| {
        let make = || block_on(adapter.adapter().create_database(&options)).expect("can be made");
        let racers: Vec<_> = (0..4).map(|_| scope.spawn(make)).collect();
        racers
            .into_iter()
            .map(|racer| racer.join().expect("no panic"))
            .collect()
    });
    assert_eq!(made.iter().filter(|&&made| made).count(), 1, "{made:?}");
    adapter.connect(&options.url).expect("it is there");
}
