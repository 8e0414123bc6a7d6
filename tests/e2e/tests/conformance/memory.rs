//! What the suite must be told of the asynchronous memory adapter of the hostile plugin.

use dapter_conformance::{Effect, Failing, Look, Script, Subject, Writers};
use dapter_plugin_api::abi::Adapter;
use dapter_plugin_api::{ConnectOptions, ErrorKind, Value};
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) fn subject(adapter: Adapter) -> Subject {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let scheme = adapter.info().schemes[0].clone();
    Subject {
        adapter,
        fresh: Box::new(move || {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            Ok(ConnectOptions::new(format!(
                "{scheme}:conformance-{number}"
            )))
        }),
        absent: None,
        refused: Vec::new(),
        prepare: vec!["put given 1".to_owned()],
        put: Effect::new("put item 1", 1, "del item"),
        fail: Failing::new("jump", ErrorKind::Statement)
            .with_code("SYNTAX")
            .at(0),
        script: Script::new(
            "# groceries\nput apples 3\n\ndel apples\n",
            &["put apples 3", "del apples"],
        ),
        unsplittable: None,
        look: Some(Look {
            query: "all".to_owned(),
            before: vec![row("given", "1")],
            after: vec![row("given", "1"), row("item", "1")],
        }),
        ddl: Some(Effect::new("put structure 1", 1, "del structure")),
        slow: None,
        kill: Vec::new(),
        writers: Writers::One,
    }
}

fn row(key: &str, value: &str) -> Vec<Value> {
    vec![Value::Text(key.to_owned()), Value::Text(value.to_owned())]
}
