//! Who may not, and what is not there.

use dapter_e2e::Ended;
use dapter_servers::{PASSWORD, Server, USER};

use super::backend::Backend;
use super::end::{End, contents};
use super::site::Site;
use super::stage::{Stage, Way, small_site};
use super::tally;

/// Makes a user who may read a database and nothing else.
fn reader(server: &Server, site: &Site, password: &str) -> String {
    let name = format!("reader_{}", site.database);
    let database = &site.database;
    if site.backend.is_postgresql() {
        server.execute(
            database,
            &format!(
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC;
                CREATE ROLE {name} LOGIN PASSWORD '{password}';
                GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name};"
            ),
        );
    } else {
        server.execute(
            database,
            &format!(
                "CREATE USER '{name}'@'%' IDENTIFIED BY '{password}';
                GRANT SELECT ON {database}.* TO '{name}'@'%';"
            ),
        );
    }
    name
}

const READERS_PASSWORD: &str = "hunter2hunter2";

#[track_caller]
fn expect_silence(ended: &Ended, password: &str) {
    for text in [&ended.output, &ended.errors] {
        assert!(!text.contains(password), "{ended:?}");
        assert!(!text.contains("panicked"), "{ended:?}");
    }
}

pub(crate) fn read_only_user(backend: &'static Backend) {
    let server = backend.shared();
    let stage = Stage::set(backend, server, Way::Up, small_site);

    // Nothing there yet, some of it there, and in a program's eyes.
    for (first, json) in [(None, false), (Some("a3"), false), (None, true)] {
        let site = small_site(backend, server);
        if let Some(first) = first {
            site.run(&["upgrade", first]).expect(0);
        }
        let name = reader(server, &site, READERS_PASSWORD);
        let before = contents(server, &site);
        let writer = site.url().to_owned();
        let reading = site.url_as(&name, READERS_PASSWORD);
        let site = site.under(reading);
        let injected = tally::injected(backend, "user who may only read");
        let arguments: &[&str] = if json {
            &["upgrade", "--json"]
        } else {
            &["upgrade"]
        };
        let ended = site.run(arguments).expect(1);
        let said = format!("{}{}", ended.output, ended.errors).to_lowercase();
        assert!(
            said.contains("denied") || said.contains("permission"),
            "{ended:?}"
        );
        expect_silence(&ended, READERS_PASSWORD);
        assert_eq!(contents(server, &site), before);
        for command in ["current", "history", "status"] {
            let ended = site.run(&[command]).expect(0);
            expect_silence(&ended, READERS_PASSWORD);
        }
        let site = site.under(writer);
        if backend.is_postgresql() {
            // What it was granted is part of the schema.
            server.execute(&site.database, &format!("DROP OWNED BY {name};"));
        }
        stage.finish(&site);
        injected.recovered();
    }
}

pub(crate) fn wrong_password(backend: &'static Backend) {
    let server = backend.shared();
    let stage = Stage::set(backend, server, Way::Up, small_site);
    let site = small_site(backend, server);
    let (right, wrong) = (site.url().to_owned(), "correct-horse-battery");
    let refused = site.url_as(USER, wrong);
    let site = site.under(refused);
    let injected = tally::injected(backend, "wrong password");
    for arguments in [
        &["upgrade"][..],
        &["upgrade", "--json"],
        &["upgrade", "--wait", "60s"],
    ] {
        // A server that refuses is up: it is not waited for.
        let ended = site.run(arguments).expect(1);
        expect_silence(&ended, wrong);
        expect_silence(&ended, PASSWORD);
    }
    stage.finish(&site.under(right));
    injected.recovered();
}

pub(crate) fn missing_database(backend: &'static Backend) {
    let server = backend.shared();
    let stage = Stage::set(backend, server, Way::Up, small_site);
    let database = server.fresh_database();
    server.execute(
        super::servers::first_database(backend),
        &format!("DROP DATABASE {database};"),
    );
    let site = Site::on(backend, server, database);
    site.write(super::history::small(backend));
    let injected = tally::injected(backend, "missing database");
    let ended = site.run(&["upgrade"]).expect(1);
    assert!(ended.errors.contains("--create-database"), "{ended:?}");
    expect_silence(&ended, PASSWORD);
    site.run(&["upgrade", "--create-database"]).expect(0);
    let end = End::of(server, &site);
    site.run(&["upgrade", "--create-database"]).expect(0);
    End::of(server, &site).expect(&end);
    // The character set of a database that dapter makes is not the server's default.
    if backend.is_postgresql() {
        end.expect(&stage.expected);
    }
    injected.recovered();
}

pub(crate) fn server_not_up_yet(backend: &'static Backend) {
    let mut server = Server::start_fast(backend.product).expect("it was checked");
    let expected = Stage::set(backend, &server, Way::Up, small_site).expected;
    let site = small_site(backend, &server);
    server.stop();
    let injected = tally::injected(backend, "server not up yet");
    let ended = site.run(&["upgrade"]).expect(1);
    expect_silence(&ended, PASSWORD);
    let waiting = site.start(&["upgrade", "--wait", "60s"]);
    server.restart();
    waiting.end().expect(0);
    End::of(&server, &site).expect(&expected);
    injected.recovered();
}
