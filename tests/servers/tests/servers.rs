//! Each server that this machine has does what tests rely on.

use std::process::ExitCode;
use std::sync::Mutex;

use dapter_servers::{Missing, Pooler, Product, Proxy, Reach, Route, Server};
use libtest_mimic::{Arguments, Trial};

/// One server at a time: each takes as much of a small machine as it gets.
static ALONE: Mutex<()> = Mutex::new(());

type Test = fn(Product);

const TESTS: &[(&str, Test)] = &[
    ("answers_on_every_way", answers_on_every_way),
    ("outlives_a_kill", outlives_a_kill),
    ("stands_still_and_goes_on", stands_still_and_goes_on),
    ("dumps_what_it_holds", dumps_what_it_holds),
    ("encrypts", encrypts),
    ("proxy_breaks_connections", proxy_breaks_connections),
    ("proxy_stops_at_a_message", proxy_stops_at_a_message),
];

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for product in Product::ALL {
        let missing = Server::check(product);
        for (name, test) in TESTS {
            let name = format!("{product}::{name}");
            trials.push(trial(name, product, missing.clone(), move || test(product)));
        }
        let missing = Server::check_small_disk(product);
        let name = format!("{product}::disk_runs_full");
        let test = move || disk_runs_full(product);
        trials.push(trial(name, product, missing, test));
    }
    let missing = Server::check(Product::Postgresql).and_then(|()| Pooler::check());
    let name = "postgresql::pooler_lends_connections".to_owned();
    let test = pooler_lends_connections;
    trials.push(trial(name, Product::Postgresql, missing, test));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A test that is ignored where something is missing that nobody has required.
fn trial(
    name: String,
    product: Product,
    missing: Result<(), Missing>,
    test: impl FnOnce() + Send + 'static,
) -> Trial {
    let ignored = missing.is_err() && !product.is_required();
    let trial = Trial::test(name, move || {
        missing.map_err(|missing| missing.to_string())?;
        test();
        Ok(())
    });
    trial.with_ignored_flag(ignored)
}

fn shared(product: Product) -> &'static Server {
    Server::shared(product).expect("it was checked")
}

fn answers_on_every_way(product: Product) {
    let _alone = ALONE.lock();
    let server = Server::start_fast(product).expect("it was checked");
    let database = server.fresh_database();
    assert_ne!(database, server.fresh_database());
    for route in [Route::Socket, Route::Tcp, Route::Through(server.port())] {
        let said = server.try_query(route, &database, "SELECT 1 + 1; SELECT 'ä';");
        assert_eq!(said, Ok(vec!["2".to_owned(), "ä".to_owned()]), "{route:?}");
    }
    let said = server.try_query(
        Route::Tcp,
        &database,
        "SELECT 1; SELECT nonsense; SELECT 2;",
    );
    assert!(said.is_err_and(|said| said.contains("nonsense")));
    assert!(
        server
            .url("scheme", &database)
            .ends_with(&format!("@127.0.0.1:{}/{database}", server.port()))
    );
}

fn outlives_a_kill(product: Product) {
    let _alone = ALONE.lock();
    let mut server = Server::start(product).expect("it was checked");
    let database = server.fresh_database();
    server.execute(
        &database,
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1);",
    );
    server.kill();
    assert!(!server.is_running());
    assert!(
        server
            .try_query(Route::Tcp, &database, "SELECT 1;")
            .is_err()
    );
    server.restart();
    assert_eq!(server.query(&database, "SELECT a FROM t;"), ["1"]);
    server.stop();
    assert!(
        server
            .try_query(Route::Tcp, &database, "SELECT 1;")
            .is_err()
    );
    server.restart();
    assert_eq!(server.query(&database, "SELECT a FROM t;"), ["1"]);
}

fn stands_still_and_goes_on(product: Product) {
    let _alone = ALONE.lock();
    let mut server = Server::start_fast(product).expect("it was checked");
    let database = server.fresh_database();
    server.suspend();
    server.resume();
    assert_eq!(server.query(&database, "SELECT 1;"), ["1"]);
    // What stands still ends too.
    server.suspend();
}

fn dumps_what_it_holds(product: Product) {
    let server = shared(product);
    let sql = "CREATE TABLE b (id int PRIMARY KEY, t text);
        CREATE TABLE dapter_own (id int PRIMARY KEY);
        CREATE TABLE a (id int PRIMARY KEY, t text);
        INSERT INTO dapter_own VALUES (1);
        INSERT INTO a VALUES (2, NULL), (1, 'NULL');";
    let rows = ["(1, 'x\ny')", "(2, 'z')"];
    let dumps = [[0, 1], [1, 0]].map(|order| {
        let database = server.fresh_database();
        server.execute(&database, sql);
        for index in order {
            server.execute(&database, &format!("INSERT INTO b VALUES {};", rows[index]));
        }
        (server.dump(&database), server.rows(&database))
    });
    let [(schema, rows), other] = dumps;
    assert_eq!((&schema, &rows), (&other.0, &other.1));
    assert_eq!(schema.matches("CREATE TABLE ").count(), 3, "{schema}");
    assert!(!schema.contains("\nSET "), "{schema}");
    assert_eq!(rows.lines().count(), 4, "{rows}");
    assert!(!rows.contains("dapter_own"), "{rows}");
}

fn encrypts(product: Product) {
    let _alone = ALONE.lock();
    let server = Server::start_fast(product).expect("it was checked");
    let file = std::fs::read_to_string(server.authority()).expect("it is there");
    assert!(file.starts_with("-----BEGIN CERTIFICATE-----"), "{file}");
    let sql = match product {
        Product::Postgresql => "SELECT cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid();",
        Product::Mariadb | Product::Mysql => "SHOW STATUS LIKE 'Ssl_cipher';",
    };
    let database = server.fresh_database();
    let said = server.try_query(Route::Tcp, &database, sql);
    let said = said.expect("the certificate is right");
    assert!(said.concat().contains("TLS_AES"), "{said:?}");
}

fn proxy_breaks_connections(product: Product) {
    let server = shared(product);
    let database = server.fresh_database();
    let proxy = Proxy::to(server);
    let route = Route::Through(proxy.port());
    let ask = || server.try_query(route, &database, "SELECT 1;");
    assert_eq!(ask(), Ok(vec!["1".to_owned()]));

    proxy.cut_after_bytes(50);
    assert!(!proxy.was_cut());
    assert!(ask().is_err());
    assert!(proxy.was_cut());
    assert_eq!(ask(), Ok(vec!["1".to_owned()]));

    proxy.refuse();
    assert!(ask().is_err());
    proxy.accept();
    assert_eq!(ask(), Ok(vec!["1".to_owned()]));

    proxy.stall();
    std::thread::scope(|scope| {
        let held = scope.spawn(ask);
        proxy.go_on();
        assert!(held.join().expect("it does not panic").is_ok());
    });
}

fn proxy_stops_at_a_message(product: Product) {
    let server = shared(product);
    let database = server.fresh_database();
    server.execute(&database, "CREATE TABLE t (a int);");
    let proxy = Proxy::to(server);
    let route = Route::Through(proxy.port());
    let insert = || server.try_query(route, &database, "INSERT INTO t VALUES (1);");
    let count = || server.query(&database, "SELECT count(*) FROM t;").concat();
    assert!(insert().is_ok());
    let messages = proxy.messages();
    assert!(messages > 1, "{messages}");
    // PostgreSQL's client says goodbye without waiting for an answer, MariaDB's too: the insert comes before.
    let mut counts = Vec::new();
    for reach in [Reach::Unsent, Reach::Answered] {
        for message in 1..=messages {
            server.execute(&database, "DELETE FROM t;");
            proxy.stop_at(message, reach);
            std::thread::scope(|scope| {
                let asked = scope.spawn(insert);
                if proxy.wait_until_stopped(|| asked.is_finished()) {
                    counts.push(count());
                }
                proxy.cut();
                proxy.go_on();
                drop(asked.join());
            });
        }
    }
    // Not there before the insert is sent, there when it is answered.
    assert_eq!(counts.first().map(String::as_str), Some("0"), "{counts:?}");
    assert!(counts.contains(&"1".to_owned()), "{counts:?}");
    proxy.stop_at(1000, Reach::Sent);
    assert!(insert().is_ok());
    assert!(!proxy.wait_until_stopped(|| true));
}

fn disk_runs_full(product: Product) {
    let _alone = ALONE.lock();
    let megabytes = match product {
        Product::Postgresql => 64,
        Product::Mariadb => 160,
        Product::Mysql => 256,
    };
    let mut server = Server::start_on_small_disk(product, megabytes).expect("root may mount");
    let database = server.fresh_database();
    server.execute(&database, "CREATE TABLE t (a text);");
    server.fill_disk();
    // A statement for each row, and rows that fit a page: what `fill_disk` says of MariaDB.
    let row = format!("INSERT INTO t VALUES ('{}');\n", "x".repeat(1500));
    let said = server.try_query(Route::Socket, &database, &row.repeat(10_000));
    let said = said.expect_err("there is no room");
    assert!(
        said.contains("space") || said.contains("full"),
        "{said}\n{}",
        server.log_tail()
    );
    server.free_disk();
    server.kill();
    server.restart();
    assert!(server.query(&database, "SELECT count(*) FROM t;").len() == 1);
}

fn pooler_lends_connections() {
    let server = shared(Product::Postgresql);
    let database = server.fresh_database();
    let pooler = Pooler::to(server).expect("it was checked");
    let route = Route::Through(pooler.port());
    let asked = server.try_query(route, &database, "SELECT current_database();");
    assert_eq!(asked, Ok(vec![database]));
}
