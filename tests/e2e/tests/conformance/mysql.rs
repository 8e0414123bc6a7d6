//! What the suite must be told of MySQL and MariaDB.

use dapter_conformance::{Effect, Failing, Look, Refusal, Script, Subject, Writers};
use dapter_plugin_api::abi::Adapter;
use dapter_plugin_api::{ConnectOptions, ErrorKind, Value};
use dapter_servers::{Product, Server};
use libtest_mimic::Trial;

use super::trials::on_server;

const PROCEDURE: &str = "CREATE PROCEDURE p()\nBEGIN\n  \
     IF 1 THEN UPDATE items SET name = 'a;b' WHERE id > 100; END IF;\nEND";

/// Ends by itself after a minute, so that a canceller that does nothing fails the test and does not stop it.
const SLOW: &str = "SELECT COUNT(*) FROM (SELECT SLEEP(60) AS x) AS slept WHERE x = 0";

/// The cases of an adapter on each of the servers that it is for.
pub(crate) fn trials(how: &str, adapter: impl Fn() -> Adapter) -> Vec<Trial> {
    let on = |product: Product| {
        on_server(
            product,
            &format!("{how}::{product}"),
            subject(product, adapter()),
        )
    };
    on(Product::Mariadb).chain(on(Product::Mysql)).collect()
}

fn subject(product: Product, adapter: Adapter) -> Subject {
    let scheme = adapter.info().schemes[0].clone();
    let (of_fresh, of_absent) = (scheme.clone(), scheme.clone());
    let fresh = move || server(product).fresh_database();
    let script = format!(
        "-- groceries;\nINSERT INTO items VALUES (3, 'semi;colon'); # one\n\n  {PROCEDURE};\n/*!50000 DROP PROCEDURE p */;\nDELETE FROM items WHERE id = 3;\n"
    );
    Subject {
        adapter,
        refused: refused(product, &scheme),
        fresh: Box::new(move || Ok(options(product, &of_fresh, &fresh()))),
        absent: Some(Box::new(move || {
            let absent = format!("{}_absent", fresh());
            Ok(options(product, &of_absent, &absent))
        })),
        prepare: vec![
            "CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL)".to_owned(),
        ],
        put: Effect::new(
            "INSERT INTO items VALUES (1, 'one')",
            1,
            "DELETE FROM items WHERE id = 1",
        ),
        fail: Failing::new("SELECT 1 FORM items", ErrorKind::Statement)
            .with_code("1064")
            .at(14),
        script: Script::new(
            &script,
            &[
                "INSERT INTO items VALUES (3, 'semi;colon')",
                PROCEDURE,
                "/*!50000 DROP PROCEDURE p */",
                "DELETE FROM items WHERE id = 3",
            ],
        ),
        unsplittable: Some("SELECT 'no end".to_owned()),
        look: Some(Look {
            query: "SELECT id, name FROM items ORDER BY id".to_owned(),
            before: Vec::new(),
            after: vec![vec![Value::Integer(1), Value::Text("one".to_owned())]],
        }),
        ddl: Some(Effect::new(
            "CREATE TABLE more (id INT)",
            0,
            "DROP TABLE more",
        )),
        slow: Some(SLOW.to_owned()),
        kill: Vec::new(),
        writers: Writers::Many,
    }
}

fn server(product: Product) -> &'static Server {
    Server::shared(product).expect("it was looked for")
}

fn options(product: Product, scheme: &str, database: &str) -> ConnectOptions {
    ConnectOptions::new(server(product).url(scheme, database))
}

fn refused(product: Product, scheme: &str) -> Vec<Refusal> {
    if Server::check_shared(product).is_err() {
        return Vec::new();
    }
    let url = server(product).url(scheme, "mysql");
    const SECRET: &str = "hunter2-Tr0ub4dor";
    let (_, rest) = url.split_once("://").expect("a URL");
    let (login, place) = rest.rsplit_once('@').expect("a user in the URL");
    let user = login.split(':').next().expect("a user");
    let server = place.split('/').next().expect("a host");
    let at = |place: &str| ConnectOptions::new(format!("{scheme}://{user}:{SECRET}@{place}"));
    vec![
        Refusal::new("a wrong password", at(place), ErrorKind::Authentication).with_secret(SECRET),
        Refusal::new(
            "a database that is not there",
            ConnectOptions::new(format!("{scheme}://{login}@{server}/no_such_database")),
            ErrorKind::DatabaseMissing,
        ),
        Refusal::new("nobody listening", at("127.0.0.1:1/d"), ErrorKind::Connect)
            .with_secret(SECRET),
        Refusal::new("no database", at(server), ErrorKind::Connect).with_secret(SECRET),
        Refusal::new(
            "an unknown parameter",
            at(&format!("{place}?colour={SECRET}")),
            ErrorKind::Connect,
        )
        .with_secret(SECRET),
    ]
}
