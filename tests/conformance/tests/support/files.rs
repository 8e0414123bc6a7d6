//! Flaws of adapters that write scripts for other programs, and copies of databases.

use super::flawed::{Connection, Flaw, Flawless, copied};
use super::flaws::flaws;
use dapter_plugin_api::{AdapterError, Backup, ConnectOptions, OfflineItem, OfflineScript, Result};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A script without some of its items.
fn offline_without(
    script: &OfflineScript,
    is_left_out: impl Fn(&OfflineItem) -> bool,
) -> Result<String> {
    let mut script = script.clone();
    script.items.retain(|item| !is_left_out(item));
    Flawless::offline_script(&script)
}

flaws! {
    WritesNoComments {
        fn offline_script(script: &OfflineScript) -> Result<String> {
            offline_without(script, |item| matches!(item, OfflineItem::Comment(_)))
        }
    }
    WritesNoRequirements {
        fn offline_script(script: &OfflineScript) -> Result<String> {
            offline_without(script, |item| matches!(item, OfflineItem::Require(_)))
        }
    }
    WritesNoHistory {
        fn offline_script(script: &OfflineScript) -> Result<String> {
            offline_without(script, |item| matches!(item, OfflineItem::Change(_)))
        }
    }
    WritesAnotherScriptEachTime {
        fn offline_script(script: &OfflineScript) -> Result<String> {
            static TIMES: AtomicU64 = AtomicU64::new(0);
            let text = offline_without(script, |_| false)?;
            Ok(format!("{text}{}\n", TIMES.fetch_add(1, Ordering::Relaxed)))
        }
    }
    DeclaresOfflineOnly {
        fn offline_script(_: &OfflineScript) -> Result<String> { Err(AdapterError::unsupported("scripts")) }
    }
    LeavesAFileOpen {
        fn connected(_: &mut Connection) {
            let file = std::env::current_exe().and_then(std::fs::File::open);
            std::mem::forget(file);
        }
    }
    CopiesNothing {
        fn backup(_: &ConnectOptions, path: &Path) -> Result<Backup> { copied(path, "") }
    }
    CopiesElsewhere {
        fn backup(_: &ConnectOptions, path: &Path) -> Result<Backup> { copied(&path.with_extension("mem"), "everything") }
    }
    LeavesAJournalBehind {
        fn backup(_: &ConnectOptions, path: &Path) -> Result<Backup> {
            copied(&path.with_extension("journal"), "half")?;
            copied(path, "everything")
        }
    }
    GivesCopiesNoEnding {
        fn backup(_: &ConnectOptions, path: &Path) -> Result<Backup> {
            Ok(Backup { extension: String::new(), ..copied(path, "everything")? })
        }
    }
    RestoresFromNowhere {
        fn backup(_: &ConnectOptions, path: &Path) -> Result<Backup> {
            Ok(Backup { restore: "restore it".to_owned(), ..copied(path, "everything")? })
        }
    }
}
