//! The subjects of this crate's own tests: adapters over the memory adapter.
#![allow(dead_code, reason = "each test target uses its part")]

pub(crate) mod files;
pub(crate) mod flawed;
pub(crate) mod flaws;
pub(crate) mod tool;

use dapter_conformance::{Effect, Failing, Look, Refusal, Script, Subject, Writers};
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_plugin_api::{ConnectOptions, ErrorKind, SyncMigrationAdapter, Value};
use std::sync::atomic::{AtomicU32, Ordering};

static DATABASES: AtomicU32 = AtomicU32::new(0);

const SCRIPT: &str = "# fruit\nput apple 3\n  put pear 4 and é\n\ndel apple\nput apple 日本\n";

/// An adapter with the language of the memory adapter, and `wait` where it declares `cancel`.
pub(crate) fn subject<A: SyncMigrationAdapter>(scheme: &'static str) -> Subject {
    let fresh = move || {
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        Ok(ConnectOptions::new(format!(
            "{scheme}:conformance-{number}"
        )))
    };
    let row =
        |key: &str, value: &str| vec![Value::Text(key.to_owned()), Value::Text(value.to_owned())];
    let nameless = ConnectOptions::new(format!("{scheme}:"));
    Subject {
        adapter: block_on(Adapter::linked_sync::<A>()).expect("the adapter is made"),
        fresh: Box::new(fresh),
        absent: None,
        refused: vec![Refusal::new("no name", nameless, ErrorKind::Connect)],
        prepare: vec!["put given 1".to_owned()],
        put: Effect::new("put item 1", 1, "del item"),
        fail: Failing::new("fail now", ErrorKind::Statement).with_code("TOLD"),
        script: Script::new(
            SCRIPT,
            &[
                "put apple 3",
                "put pear 4 and é",
                "del apple",
                "put apple 日本",
            ],
        ),
        unsplittable: None,
        look: Some(Look {
            query: "all".to_owned(),
            before: vec![row("given", "1")],
            after: vec![row("given", "1"), row("item", "1")],
        }),
        ddl: Some(Effect::new("put made 1", 1, "del made")),
        slow: Some("wait".to_owned()),
        kill: Vec::new(),
        writers: Writers::One,
    }
}
