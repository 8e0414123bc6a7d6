//! The toy adapter passes the suite: a plugin as a third party writes it, here linked in.

#[allow(
    dead_code,
    unreachable_pub,
    unsafe_code,
    clippy::needless_pass_by_value,
    reason = "it is a crate of its own with its own lints, and exports itself"
)]
#[path = "../../../host/templates/plugin/sync.rs"]
mod toy;

use dapter_conformance::{Effect, Failing, Refusal, Script, Subject, Writers};
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_plugin_api::{ConnectOptions, ErrorKind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

fn main() -> ExitCode {
    let folder = env::temp_dir().join(format!("dapter-toy-{}", process::id()));
    fs::create_dir_all(&folder).expect("the temporary folder takes a folder");
    let files = AtomicU32::new(0);
    let base_directory = folder.clone();
    let at = move |url: String| ConnectOptions {
        base_directory: base_directory.clone(),
        ..ConnectOptions::new(url)
    };
    let text = "# groceries\nset apples 3\n  set pears  4 and é\n\nunset apples\nset apples 日本\n";
    let result = dapter_conformance::run(Subject {
        adapter: block_on(Adapter::linked_sync::<toy::ToyAdapter>()).expect("the adapter is made"),
        absent: None,
        refused: vec![Refusal::new(
            "no file",
            at("toy:".to_owned()),
            ErrorKind::Connect,
        )],
        fresh: Box::new(move || {
            Ok(at(format!(
                "toy:notes-{}.txt",
                files.fetch_add(1, Ordering::Relaxed)
            )))
        }),
        prepare: vec!["set given 1".to_owned()],
        put: Effect::new("set item 1", 1, "unset item"),
        fail: Failing::new("jump", ErrorKind::Statement)
            .with_code("SYNTAX")
            .at(0),
        script: Script::new(
            text,
            &[
                "set apples 3",
                "set pears  4 and é",
                "unset apples",
                "set apples 日本",
            ],
        ),
        unsplittable: None,
        look: None,
        ddl: None,
        slow: None,
        kill: Vec::new(),
        writers: Writers::One,
    });
    fs::remove_dir_all(&folder).expect("the temporary folder gives the folder back");
    result
}
