//! A password appears nowhere, however an upgrade fails and wherever the password comes from.

use std::fs;
use std::process::Command;

use dapter_e2e::{Running, Stream};
use dapter_servers::{Proxy, Reach, Server};

use super::backend::Backend;
use super::history::Revision;
use super::servers::{Blocker, end_connections_but};
use super::site::Site;
use super::stage::{Stage, Way, direct, small_site};
use super::tally;

/// What no text holds by chance; as it stands in a URL, and as it is.
const ENCODED: &str = "tr0ub4dor%26%3C3%20zebra";
const PLAIN: &str = "tr0ub4dor&<3 zebra";

/// Parts of it that would be as bad.
const PARTS: [&str; 2] = ["tr0ub4dor", "zebra"];

/// A user who may do everything and has the password.
fn user(server: &Server, site: &Site) -> String {
    let name = format!("owner_{}", site.database);
    let sql = if site.backend.is_postgresql() {
        format!("CREATE ROLE {name} SUPERUSER LOGIN PASSWORD '{PLAIN}';")
    } else {
        format!(
            "CREATE USER '{name}'@'%' IDENTIFIED BY '{PLAIN}';
            GRANT ALL ON *.* TO '{name}'@'%' WITH GRANT OPTION;"
        )
    };
    server.execute(&site.database, &sql);
    name
}

#[track_caller]
fn expect_none(what: &str, text: &str) {
    for part in PARTS {
        assert!(!text.contains(part), "the password is in {what}: {text}");
    }
}

/// Runs a command to its end and looks at all that it printed.
#[track_caller]
fn quiet_end(running: Running, codes: &[i32]) {
    let ended = running.end();
    let code = ended.code().expect("no signal");
    assert!(codes.contains(&code), "{ended:?}");
    expect_none("the output", &ended.output);
    expect_none("the errors", &ended.errors);
    assert!(!ended.errors.contains("panicked"), "{ended:?}");
}

/// All that dapter has written into a database, and who is connected.
fn expect_none_in_the_database(server: &Server, site: &Site) {
    for table in ["dapter_revision", "dapter_log", "dapter_lock"] {
        let rows = server.query(&site.database, &format!("SELECT * FROM {table};"));
        expect_none(table, &rows.join("\n"));
    }
    let sessions = if site.backend.is_postgresql() {
        "SELECT * FROM pg_stat_activity WHERE application_name <> 'psql';"
    } else {
        "SELECT id, user, db, state FROM information_schema.processlist;"
    };
    expect_none(
        "the sessions",
        &server.query(&site.database, sessions).join("\n"),
    );
}

/// A script that fails behind a few that do not.
const BAD: Revision = Revision::new("z9", "CREATE TABL nonsense (n integer);", "SELECT 1;");

fn broken_site(backend: &'static Backend, server: &Server) -> Site {
    let mut revisions = super::history::small(backend).to_vec();
    revisions.push(BAD);
    Site::with(backend, server, &revisions)
}

pub(crate) fn in_a_url(backend: &'static Backend) {
    let server = backend.shared();
    let site = broken_site(backend, server);
    let name = user(server, &site);
    let url = site.url_as(&name, ENCODED);
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let (_, place) = rest.rsplit_once('@').expect("with a user");
    let (host, database) = place.split_once('/').expect("with a database");
    let (_, port) = host.rsplit_once(':').expect("with a port");
    let wrong = |text: &str| format!("{scheme}://{name}:{text}");
    let refused = [
        wrong(&format!("{ENCODED}@nowhere.invalid:{port}/{database}")),
        wrong(&format!("{ENCODED}@127.0.0.1:1/{database}")),
        wrong(&format!("{ENCODED}x@{host}/{database}")),
        wrong(&format!("{ENCODED}@{host}/no_such_database")),
        wrong(&format!("{ENCODED}@{host}/{database}?nonsense=1")),
        // The password without its encoding, as people type it.
        wrong(&format!("tr0ub4dor&<3 zebra/?#@x@{host}/{database}")),
        format!("{scheme}:/{name}:{ENCODED}@{host}/{database}"),
        format!("nothing://{name}:{ENCODED}@{host}/{database}"),
    ];
    for url in &refused {
        for json in [false, true] {
            let injected = tally::injected(backend, "failure that might show a password");
            let mut command =
                site.bare_command(&["upgrade", "--directory", "migrations", "--url", url]);
            command.env("RUST_BACKTRACE", "1");
            if json {
                command.arg("--json");
            }
            quiet_end(Running::start(command), &[1, 2, 5]);
            injected.recovered();
        }
    }

    // The script fails, the connection is cut, the session is ended.
    let site = site.under(url.clone());
    for json in [false, true] {
        let injected = tally::injected(backend, "failure that might show a password");
        let mut command = site.command(&["upgrade"]);
        command.env("RUST_BACKTRACE", "1");
        if json {
            command.arg("--json");
        }
        quiet_end(Running::start(command), &[1, 4]);
        expect_none_in_the_database(server, &site);
        injected.recovered();
    }
    for reach in [Reach::Unsent, Reach::Answered] {
        for message in [1, 2, 3, 5, 8, 12] {
            let injected = tally::injected(backend, "failure that might show a password");
            let site = broken_site(backend, server);
            let proxy = Proxy::to(server);
            let name = user(server, &site);
            let site = site.through(server, proxy.port(), direct(backend));
            let url = site.url_as(&name, ENCODED);
            let site = site.under(url);
            proxy.stop_at(message, reach);
            let mut command = site.command(&["upgrade"]);
            command.env("RUST_BACKTRACE", "1");
            let mut running = Running::start(command);
            assert!(proxy.wait_until_stopped(|| running.has_ended()));
            proxy.cut();
            proxy.go_on();
            quiet_end(running, &[1, 4]);
            injected.recovered();
        }
    }
}

/// A command that is stopped in the middle, to look at it from outside; then it fails.
fn look(server: &'static Server, site: &Site, command: Command) {
    let blocker = Blocker::of(server, site, "authors");
    let mut running = Running::start(command);
    super::end::until("a statement waits", || {
        assert!(!running.has_ended(), "it does not wait");
        blocker.blocks()
    });
    let place = format!("/proc/{}", running.id());
    let line = fs::read(format!("{place}/cmdline")).expect("it runs");
    expect_none("the command line", &String::from_utf8_lossy(&line));
    expect_none_in_the_database(server, site);
    end_connections_but(server, site, &blocker.ids());
    blocker.release();
    quiet_end(running, &[1, 4]);
}

/// The last script of the small history changes a table that somebody holds.
const ENVIRONMENT: &str = "DAPTER_TEST_PASSWORD_OF_THIS_TEST";

pub(crate) fn in_the_environment_or_a_file(backend: &'static Backend) {
    let server = backend.shared();
    let stage = Stage::set(backend, server, Way::Up, small_site);
    let variable = if backend.is_postgresql() {
        "PGPASSWORD"
    } else {
        "MYSQL_PWD"
    };
    for from in ["variable", "reference", "url in the file", "field"] {
        let site = small_site(backend, server);
        site.run(&["upgrade", "a4"]).expect(0);
        let name = user(server, &site);
        let url = site.url_as(&name, ENCODED);
        let (scheme, rest) = url.split_once("://").expect("a URL");
        let (_, place) = rest.rsplit_once('@').expect("with a user");
        let (host, database) = place.split_once('/').expect("with a database");
        let (host, port) = host.rsplit_once(':').expect("with a port");
        let fields = |password: &str| {
            format!(
                "[targets.default]\nscheme = \"{scheme}\"\nhost = \"{host}\"\nport = {port}\nuser = \"{name}\"\n\
                 {password}database = \"{database}\"\n"
            )
        };
        let file = match from {
            "variable" => fields(""),
            "reference" => fields(&format!("password = \"${{{ENVIRONMENT}}}\"\n")),
            "field" => fields(&format!("password = \"{PLAIN}\"\n")),
            _ => format!("[targets.default]\nurl = \"{url}\"\n"),
        };
        fs::write(site.path().join("dapter.toml"), file).expect("writes");
        let command = |arguments: &[&str]| {
            let mut command = site.bare_command(arguments);
            command.env("RUST_BACKTRACE", "1");
            match from {
                "variable" => command.env(variable, PLAIN),
                "reference" => command.env(ENVIRONMENT, PLAIN),
                _ => &mut command,
            };
            command
        };
        let injected = tally::injected(backend, "failure that might show a password");
        look(
            server,
            &site,
            command(&["upgrade", "--lock-timeout", "60s"]),
        );
        quiet_end(Running::start(command(&["upgrade"])), &[0]);
        expect_none_in_the_database(server, &site);
        super::end::End::of(server, &site).expect(&stage.expected);
        injected.recovered();
    }
}

pub(crate) fn when_the_server_is_killed(backend: &'static Backend) {
    let mut server = Server::start(backend.product).expect("it was checked");
    let site = small_site(backend, &server);
    let name = user(&server, &site);
    let proxy = Proxy::to(&server);
    let site = site.through(&server, proxy.port(), direct(backend));
    let url = site.url_as(&name, ENCODED);
    let site = site.under(url);
    proxy.stop_at(9, Reach::Sent);
    let mut command = site.command(&["upgrade", "--json"]);
    command.env("RUST_BACKTRACE", "1");
    let mut running = Running::start(command);
    assert!(proxy.wait_until_stopped(|| running.has_ended()));
    let injected = tally::injected(backend, "failure that might show a password");
    server.kill();
    proxy.go_on();
    quiet_end(running, &[1, 4]);
    quiet_end(site.start(&["upgrade"]), &[1]);
    injected.recovered();
    // What it prints while it waits.
    let waiting = site.start(&["upgrade", "--wait", "60s"]);
    server.restart();
    quiet_end(waiting, &[0]);
}

/// A run that waits for another's lock names nobody's password.
pub(crate) fn while_it_waits(backend: &'static Backend) {
    let server = backend.shared();
    let site = small_site(backend, server);
    let name = user(server, &site);
    let url = site.url_as(&name, ENCODED);
    let site = site.under(url);
    site.run(&["upgrade", "a4"]).expect(0);
    let blocker = Blocker::of(server, &site, "authors");
    let holder = site.start(&["upgrade", "--lock-timeout", "60s"]);
    super::end::until("a statement waits", || blocker.blocks());
    let mut waiter = site.start(&["upgrade"]);
    waiter.wait_for(Stream::Errors, "waiting up to");
    let injected = tally::injected(backend, "failure that might show a password");
    expect_none_in_the_database(server, &site);
    quiet_end(site.start(&["upgrade", "--lock-wait", "0s"]), &[6]);
    quiet_end(site.start(&["status"]), &[0]);
    blocker.release();
    quiet_end(holder, &[0]);
    quiet_end(waiter, &[0]);
    injected.recovered();
}
