//! What the suite must be told of SQLite.

use crate::unique;
use dapter_conformance::{Effect, Failing, Look, Refusal, Script, Subject, Writers};
use dapter_plugin_api::abi::Adapter;
use dapter_plugin_api::{ConnectOptions, ErrorKind, Value};
use tempfile::TempDir;

const TRIGGER: &str = "CREATE TRIGGER t AFTER INSERT ON items BEGIN\n  \
     UPDATE items SET name = 'a;b' WHERE id = new.id AND new.id > 100;\nEND";

/// Ends by itself after about a minute, so that a canceller that does nothing fails the test and does not stop it.
const SLOW: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000000) \
     SELECT count(*) FROM n";

pub(crate) fn subject(adapter: Adapter, folder: &TempDir) -> Subject {
    let missing = folder.path().join("no such folder").join("x.db");
    let name = unique(folder, "db");
    let other_name = unique(folder, "db");
    let script = format!(
        "-- groceries;\nINSERT INTO items VALUES (3, 'semi;colon');\n\n  {TRIGGER};\nDELETE FROM items WHERE id = 3;\n"
    );
    Subject {
        adapter,
        fresh: Box::new(move || {
            Ok(ConnectOptions::new(format!(
                "sqlite:{}?busy_timeout=20",
                name()
            )))
        }),
        absent: Some(Box::new(move || {
            Ok(ConnectOptions::new(format!(
                "sqlite:{}.folder/x.db",
                other_name()
            )))
        })),
        refused: vec![
            Refusal::new(
                "a folder that is not there",
                ConnectOptions::new(format!("sqlite:{}", missing.display())),
                ErrorKind::DatabaseMissing,
            ),
            Refusal::new(
                "an unknown parameter",
                ConnectOptions::new("sqlite::memory:?colour=hunter2"),
                ErrorKind::Connect,
            )
            .with_secret("hunter2"),
        ],
        prepare: vec!["CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL)".to_owned()],
        put: Effect::new(
            "INSERT INTO items VALUES (1, 'one')",
            1,
            "DELETE FROM items WHERE id = 1",
        ),
        fail: Failing::new("SELECT nothing FROM items", ErrorKind::Statement)
            .with_code("SQLITE_ERROR")
            .at(7),
        script: Script::new(
            &script,
            &[
                "INSERT INTO items VALUES (3, 'semi;colon')",
                TRIGGER,
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
            "CREATE TABLE more (id INTEGER)",
            0,
            "DROP TABLE more",
        )),
        slow: Some(SLOW.to_owned()),
        kill: Vec::new(),
        writers: Writers::One,
    }
}
