//! Encryption, as libpq has it.

use crate::Test;
use crate::support::{Adapter, server};
use dapter_plugin_api::{ErrorKind, Value};

pub(crate) const TESTS: &[Test] = &[
    (
        "every_mode_encrypts_as_it_says",
        every_mode_encrypts_as_it_says,
    ),
    (
        "a_server_that_proves_nothing_is_refused",
        a_server_that_proves_nothing_is_refused,
    ),
    ("a_call_is_stopped_over_tls", a_call_is_stopped_over_tls),
];

const ENCRYPTED: &str = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

fn every_mode_encrypts_as_it_says(adapter: &Adapter) {
    let database = adapter.database();
    let authority = server().authority().display();
    let table = [
        ("sslmode=disable".to_owned(), false),
        ("sslmode=allow".to_owned(), false),
        ("sslmode=prefer".to_owned(), true),
        ("sslmode=require".to_owned(), true),
        (format!("sslmode=require&sslrootcert={authority}"), true),
        (format!("sslmode=verify-ca&sslrootcert={authority}"), true),
        (format!("sslmode=verify-full&sslrootcert={authority}"), true),
        ("sslmode=require&channel_binding=require".to_owned(), true),
    ];
    for (mode, encrypted) in table {
        let url = format!("{}?{mode}", database.url);
        let mut client = adapter
            .connect(&url)
            .unwrap_or_else(|error| panic!("{mode}: {error:?}"));
        assert_eq!(client.value(ENCRYPTED), Value::Bool(encrypted), "{mode}");
    }
    let socket = server().socket_url(adapter.scheme(), &database.name);
    let mut client = adapter.connect(&socket).expect("connects");
    assert_eq!(client.value(ENCRYPTED), Value::Bool(false));
}

fn a_server_that_proves_nothing_is_refused(adapter: &Adapter) {
    let database = adapter.database();
    for mode in ["sslmode=verify-ca", "sslmode=verify-full"] {
        let error = adapter
            .connect(&format!("{}?{mode}", database.url))
            .err()
            .expect(mode);
        assert_eq!(
            (error.kind, error.retryable),
            (ErrorKind::Connect, false),
            "{error:?}"
        );
    }
    // The name is another one, the address the same.
    let authority = server().authority().display();
    let other = database.url.replace("127.0.0.1", "other.example");
    let tls =
        |mode: &str| format!("{other}?hostaddr=127.0.0.1&sslmode={mode}&sslrootcert={authority}");
    adapter
        .connect(&tls("verify-ca"))
        .expect("the name does not matter");
    let error = adapter
        .connect(&tls("verify-full"))
        .err()
        .expect("another name");
    assert_eq!(error.kind, ErrorKind::Connect, "{error:?}");
}

fn a_call_is_stopped_over_tls(adapter: &Adapter) {
    let database = adapter.database();
    let mut client = adapter
        .connect(&format!("{}?sslmode=require", database.url))
        .expect("connects");
    let cancel = client.canceller();
    let error = std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..20 {
                std::thread::sleep(std::time::Duration::from_millis(50));
                cancel();
            }
        });
        client.fails("SELECT pg_sleep(30)")
    });
    assert_eq!(error.kind, ErrorKind::Cancelled);
}
