//! Tools with scripts of their own, and flaws of adapters that drive them.

use super::flawed::{Flaw, Flawless};
use super::flaws::flaws;
use dapter_plugin_api::{AdapterError, ConnectOptions, NewRevision, Result, ToolScript};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

/// The scripts of each database's tool.
static TOOLS: LazyLock<Mutex<HashMap<String, Vec<ToolScript>>>> = LazyLock::new(Mutex::default);

fn with<T>(options: &ConnectOptions, work: impl FnOnce(&mut Vec<ToolScript>) -> T) -> T {
    let mut tools = TOOLS.lock().unwrap_or_else(PoisonError::into_inner);
    work(tools.entry(options.url.clone()).or_default())
}

pub(super) fn listed(options: &ConnectOptions) -> Vec<ToolScript> {
    with(options, |scripts| scripts.clone())
}

pub(super) fn created(options: &ConnectOptions, revision: &NewRevision) -> ToolScript {
    with(options, |scripts| {
        let id = format!("r{}", scripts.len() + 1);
        let message = &revision.message;
        let script = ToolScript {
            name: format!("{id}.mem"),
            text: format!("# {message}\n# dapter:revision {id}\n\n# dapter:upgrade\nput {id} 1\n"),
            file: None,
        };
        scripts.push(script.clone());
        script
    })
}

/// The scripts of a flawless adapter, each changed.
fn changed(options: &ConnectOptions, change: impl Fn(&mut ToolScript)) -> Result<Vec<ToolScript>> {
    let mut scripts = Flawless::list_scripts(options)?;
    scripts.iter_mut().for_each(change);
    Ok(scripts)
}

flaws! {
    ListsAnotherScriptEachTime {
        fn list_scripts(options: &ConnectOptions) -> Result<Vec<ToolScript>> {
            static TIMES: AtomicU64 = AtomicU64::new(0);
            let name = format!("{}.mem", TIMES.fetch_add(1, Ordering::Relaxed));
            let mut scripts = Flawless::list_scripts(options)?;
            scripts.push(ToolScript { name, ..ToolScript::default() });
            Ok(scripts)
        }
    }
    NamesLeaveTheFolder {
        fn list_scripts(options: &ConnectOptions) -> Result<Vec<ToolScript>> { changed(options, |script| script.name.insert_str(0, "../")) }
    }
    NamesHaveAnotherExtension {
        fn list_scripts(options: &ConnectOptions) -> Result<Vec<ToolScript>> { changed(options, |script| script.name.push_str(".sql")) }
    }
    ScriptsHaveNoId {
        fn list_scripts(options: &ConnectOptions) -> Result<Vec<ToolScript>> { changed(options, |script| script.text = script.text.replace("revision", "branch")) }
    }
    ScriptsDoNothing {
        fn list_scripts(options: &ConnectOptions) -> Result<Vec<ToolScript>> { changed(options, |script| script.text = script.text.replace("dapter:upgrade", "")) }
    }
    MakesWhatItDoesNotList {
        fn list_scripts(_: &ConnectOptions) -> Result<Vec<ToolScript>> { Ok(Vec::new()) }
    }
    RefusesWhatItHasMade {
        fn create_script(options: &ConnectOptions, revision: &NewRevision) -> Result<Option<ToolScript>> {
            Flawless::create_script(options, revision)?;
            Err(AdapterError::unsupported("new bases"))
        }
    }
    DeclaresScriptsOnly {
        fn list_scripts(_: &ConnectOptions) -> Result<Vec<ToolScript>> { Err(AdapterError::unsupported("scripts of a tool")) }
    }
}
