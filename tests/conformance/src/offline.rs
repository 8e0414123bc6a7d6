//! The capability `offline`.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use crate::client::Refused;
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{
    AppliedRevision, Capability, ErrorKind, LogEntry, OfflineChange, OfflineItem, OfflineScript,
    Requirement,
};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Offline) =>
        the_same_script_is_the_same_text_with_everything_in_it,
    ),
    promises!(Gate::Undeclared(Capability::Offline) => undeclared_it_is_unsupported),
];

fn written(bench: &Bench, script: &OfflineScript) -> Result<String, Refused> {
    let written = block_on(bench.subject.adapter.offline_script(script));
    written.map_err(|error| Refused {
        call: "offline_script",
        error,
    })
}

/// Whether the database's own client understands it, the tests of the adapter tell.
fn the_same_script_is_the_same_text_with_everything_in_it(bench: &Bench) -> Verdict {
    let change = OfflineChange {
        revision: "offline1".to_owned(),
        row: Some(AppliedRevision {
            revision: "offline1".to_owned(),
            ..AppliedRevision::default()
        }),
        log: Some(LogEntry {
            operation: "operation1".to_owned(),
            ..LogEntry::default()
        }),
    };
    let script = OfflineScript {
        options: bench.empty()?.options,
        items: vec![
            OfflineItem::Comment("comment1\ncomment2".to_owned()),
            OfflineItem::EnsureHistory,
            OfflineItem::Require(Requirement {
                absent: vec!["absent1".to_owned()],
                others: Some(vec!["other1".to_owned()]),
                otherwise: "otherwise1".to_owned(),
                ..Requirement::default()
            }),
            OfflineItem::Begin,
            OfflineItem::Execute(bench.put().to_owned()),
            OfflineItem::Change(change),
            OfflineItem::Commit,
        ],
    };
    let text = written(bench, &script)?;
    let mut words = vec!["comment1", "comment2", "absent1", "other1", "otherwise1"];
    words.extend(["offline1", "operation1", bench.put()]);
    for word in words {
        holds(text.contains(word), &format!("`{word}` is not in it"))?;
    }
    same("the text", &written(bench, &script)?, &text)
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let script = OfflineScript::default();
    refused(written(bench, &script), ErrorKind::Unsupported).map(drop)
}
