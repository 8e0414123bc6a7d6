//! What the suite must be told of PostgreSQL. Both of its adapters speak to the same server in the same words.

use dapter_conformance::{Effect, Failing, Look, Refusal, Script, Subject, Writers};
use dapter_plugin_api::abi::Adapter;
use dapter_plugin_api::{ConnectOptions, ErrorKind, Value};
use dapter_servers::{Product, Server};

const FUNCTION: &str = "CREATE FUNCTION double(i integer) RETURNS integer LANGUAGE sql\n\
     BEGIN ATOMIC\n  SELECT 'a;b'; SELECT $1 * 2;\nEND";

const BLOCK: &str =
    "DO $body$ BEGIN\n  UPDATE items SET name = E'it\\'s; \"new\"' WHERE id = 3;\nEND $body$";

const COPY: &str = "COPY items (id, name) FROM STDIN;\n4\tsemi;colon -- $x$\n5\t\\\\N\n\\.";

const WRONG: &str = "hunter2-Tr0ub4dor";

pub(crate) fn subject(adapter: Adapter) -> Subject {
    let scheme = adapter.info().schemes[0].clone();
    let (of_fresh, of_absent) = (scheme.clone(), scheme.clone());
    let script = format!(
        "-- groceries;\nINSERT INTO items VALUES (3, 'semi;colon');\n\n{FUNCTION};\n{BLOCK};\n{COPY}\n\
         /* nested /* ; */ comment */ DELETE FROM items WHERE id = 3;\n\
         DELETE FROM items WHERE id > 3;\nDROP FUNCTION double;\n"
    );
    Subject {
        adapter,
        fresh: Box::new(move || {
            let database = server().fresh_database();
            Ok(ConnectOptions::new(url(&of_fresh, &database)))
        }),
        absent: Some(Box::new(move || {
            let taken = server().fresh_database();
            let absent = url(&of_absent, &format!("{taken}_absent"));
            Ok(ConnectOptions::new(absent))
        })),
        refused: refused(&scheme),
        prepare: vec!["CREATE TABLE items (id integer PRIMARY KEY, name text NOT NULL)".to_owned()],
        put: Effect::new(
            "INSERT INTO items VALUES (1, 'one')",
            1,
            "DELETE FROM items WHERE id = 1",
        ),
        fail: Failing::new("SELECT 'é', nothing FROM items", ErrorKind::Statement)
            .with_code("42703")
            .at(13),
        script: Script::new(
            &script,
            &[
                "INSERT INTO items VALUES (3, 'semi;colon')",
                FUNCTION,
                BLOCK,
                COPY,
                "DELETE FROM items WHERE id = 3",
                "DELETE FROM items WHERE id > 3",
                "DROP FUNCTION double",
            ],
        ),
        unsplittable: Some("SELECT $body$ no end".to_owned()),
        look: Some(Look {
            query: "SELECT id, name FROM items ORDER BY id".to_owned(),
            before: Vec::new(),
            after: vec![vec![Value::Integer(1), Value::Text("one".to_owned())]],
        }),
        ddl: Some(Effect::new(
            "CREATE TABLE more (id integer)",
            0,
            "DROP TABLE more",
        )),
        slow: Some("SELECT pg_sleep(60)".to_owned()),
        kill: Vec::new(),
        writers: Writers::Many,
    }
}

fn server() -> &'static Server {
    Server::shared(Product::Postgresql).expect("it was looked for")
}

fn url(scheme: &str, database: &str) -> String {
    server().url(scheme, database)
}

fn refused(scheme: &str) -> Vec<Refusal> {
    if Server::check_shared(Product::Postgresql).is_err() {
        return Vec::new();
    }
    let good = url(scheme, "postgres");
    let (before, place) = good.rsplit_once('@').expect("a URL with a user");
    let (who, _) = before.rsplit_once(':').expect("a URL with a password");
    let wrong = format!("{who}:{WRONG}@{place}");
    let options = |url: String| ConnectOptions::new(url);
    vec![
        Refusal::new(
            "a wrong password",
            options(wrong),
            ErrorKind::Authentication,
        )
        .with_secret(WRONG),
        Refusal::new(
            "a database that is not there",
            options(url(scheme, "no_such_database")),
            ErrorKind::DatabaseMissing,
        ),
        Refusal::new(
            "nobody listening",
            options(format!("{scheme}://u:{WRONG}@127.0.0.1:1/x")),
            ErrorKind::Connect,
        )
        .with_secret(WRONG),
        Refusal::new(
            "an unknown parameter",
            options(format!("{good}?colour={WRONG}")),
            ErrorKind::Connect,
        )
        .with_secret(WRONG),
        Refusal::new(
            "a bad sslmode",
            options(format!("{good}?sslmode={WRONG}")),
            ErrorKind::Connect,
        )
        .with_secret(WRONG),
    ]
}
