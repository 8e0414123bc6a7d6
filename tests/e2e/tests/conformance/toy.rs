//! What the suite must be told of the toy adapter.

use crate::unique;
use dapter_conformance::{Effect, Failing, Refusal, Script, Subject, Writers};
use dapter_plugin_api::abi::Adapter;
use dapter_plugin_api::{ConnectOptions, ErrorKind};
use tempfile::TempDir;

pub(crate) fn subject(adapter: Adapter, folder: &TempDir) -> Subject {
    let name = unique(folder, "txt");
    Subject {
        adapter,
        fresh: Box::new(move || Ok(ConnectOptions::new(format!("toy:{}", name())))),
        absent: None,
        refused: vec![Refusal::new(
            "no file",
            ConnectOptions::new("toy:"),
            ErrorKind::Connect,
        )],
        prepare: vec!["set given 1".to_owned()],
        put: Effect::new("set item 1", 1, "unset item"),
        fail: Failing::new("jump", ErrorKind::Statement)
            .with_code("SYNTAX")
            .at(0),
        script: Script::new(
            "# groceries\nset apples 3\n  set pears  4 and é\n\nunset apples\n",
            &["set apples 3", "set pears  4 and é", "unset apples"],
        ),
        unsplittable: None,
        look: None,
        ddl: None,
        slow: None,
        kill: Vec::new(),
        writers: Writers::One,
    }
}
