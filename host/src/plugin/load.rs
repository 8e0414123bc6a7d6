//! Loads a plugin's library, for the life of the process.
//!
//! This is the only unsafe code of the host. A library is never unloaded: its threads, its thread-local values and the
//! objects that came from it may outlive any moment that could be chosen.
#![allow(unsafe_code)]

use super::dlerror;
use super::expected::Expected;
use super::load_error::{LoadError, LoadProblem};
use super::ready::Ready;
use dapter_plugin_api::Descriptor;
use dapter_plugin_api::abi::{HEADER_SYMBOL, ImportError, Plugin};
use std::collections::HashMap;
use std::error::Error;
use std::ffi::c_void;
use std::fs;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};

#[cfg(unix)]
use libloading::os::unix as system;
#[cfg(windows)]
use libloading::os::windows as system;

/// The plugins that are loaded, by their files with links resolved.
static LOADED: Mutex<Option<HashMap<PathBuf, Loaded>>> = Mutex::new(None);

/// A plugin that is loaded.
struct Loaded {
    plugin: Plugin,
    /// What was checked and loaded. It stays open: the system's loader may know the library by it, and as long as the file
    /// is open no other one has its identity.
    ready: ManuallyDrop<Ready>,
}

/// Loads a plugin, or returns the one that was loaded from this file before.
///
/// The file is inspected first, so that none of a file that cannot be a plugin runs. A file that was replaced after it was
/// loaded is not loaded again: the process keeps what it has.
///
/// # Errors
/// Why the plugin cannot be used. A library that was loaded before that showed stays loaded, unused.
pub fn load(path: &Path) -> Result<Plugin, LoadError> {
    load_expected(path, &Expected::default())
}

/// As [`load`], of a file that must be what is expected; so must the one that was loaded from it before.
///
/// On Linux the bytes that were checked are the bytes that run: a copy in memory that nobody can change. Where the system
/// has or allows no such copy, and where the plugin looks for libraries beside itself, the file is loaded by its path.
///
/// # Errors
/// As [`load`], and what is not as expected; then none of it was run.
pub fn load_expected(path: &Path, expected: &Expected) -> Result<Plugin, LoadError> {
    let fail = |problem| LoadError {
        path: path.to_owned(),
        problem,
    };
    if !path.is_absolute() {
        return Err(fail(LoadProblem::NotAbsolute));
    }
    let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    // Held while loading, so that two threads do not load the same file.
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let loaded = loaded.get_or_insert_default();
    if let Some(known) = loaded.get(&file) {
        known.ready.check(expected).map_err(fail)?;
        return Ok(known.plugin);
    }
    let ready = Ready::of(&file, expected).map_err(fail)?;
    // One file under two names is one library: what it keeps in the process must not exist twice.
    let known = loaded
        .values()
        .find(|known| known.ready.is_of_same_file(&ready));
    if let Some(known) = known {
        known.ready.check(expected).map_err(fail)?;
        return Ok(known.plugin);
    }
    let new = load_new(&file, ready).map_err(fail)?;
    let plugin = new.plugin;
    loaded.insert(file, new);
    Ok(plugin)
}

fn load_new(file: &Path, ready: Ready) -> Result<Loaded, LoadProblem> {
    let library = map(file, &ready.path)?;
    // From here on the system's loader knows the library by the open file, whatever is wrong with it.
    let ready = ManuallyDrop::new(ready);
    let header = header(&library)?;
    // SAFETY: `header` is the address of the header symbol of a library that `open` keeps loaded until the process ends.
    let plugin = unsafe { Plugin::from_header(header) }?;
    compare_keys(&ready.inspection.descriptor, plugin)?;
    Ok(Loaded { plugin, ready })
}

/// Has the system load the library by a path that leads to what was checked, and by the file's own path where it does not
/// let anybody run what lies in memory.
fn map(file: &Path, path: &Path) -> Result<ManuallyDrop<system::Library>, LoadProblem> {
    let refused = |error: &libloading::Error, path: &Path| {
        dlerror::problem(&words(error), &path.to_string_lossy())
    };
    match open(path) {
        Ok(library) => Ok(library),
        Err(error) if path != file && dlerror::is_forbidden(&words(&error)) => {
            open(file).map_err(|error| refused(&error, file))
        }
        Err(error) => Err(refused(&error, path)),
    }
}

/// Maps the library and runs its initialisers. The handle is never dropped, so the library is never unloaded.
#[cfg(unix)]
fn open(file: &Path) -> Result<ManuallyDrop<system::Library>, libloading::Error> {
    // All symbols at once, so that a missing one is an error here and no crash in a later call; none of them visible to
    // other libraries.
    let flags = system::RTLD_NOW | system::RTLD_LOCAL | RTLD_NODELETE;
    // SAFETY: running a library's initialisers is what loading a plugin means, and who names or installs one asks for it.
    // `Ready` has seen that the file is whole, so that the system does not run into its end.
    let library = unsafe { system::Library::open(Some(file), flags) };
    library.map(ManuallyDrop::new)
}

/// Keeps the library loaded also when something else closes it.
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
const RTLD_NODELETE: std::ffi::c_int = 0x1000;
#[cfg(target_vendor = "apple")]
const RTLD_NODELETE: std::ffi::c_int = 0x80;
/// Other systems have no such flag that is known here; the handle that is never dropped must do.
#[cfg(all(
    unix,
    not(any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        target_vendor = "apple"
    ))
))]
const RTLD_NODELETE: std::ffi::c_int = 0;

/// Maps the library and runs its initialisers. It is pinned and its handle never dropped, so it is never unloaded.
#[cfg(windows)]
fn open(file: &Path) -> Result<ManuallyDrop<system::Library>, libloading::Error> {
    // Libraries that the plugin needs are looked for beside it and in the system's folders, never in the working one.
    let flags = system::LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | system::LOAD_LIBRARY_SEARCH_DEFAULT_DIRS;
    // SAFETY: running a library's initialisers is what loading a plugin means, and who names or installs one asks for it.
    // `Ready` has seen that the file is whole.
    let library = unsafe { system::Library::load_with_flags(file, flags) };
    let library = ManuallyDrop::new(library?);
    library.pin()?;
    Ok(library)
}

fn header(library: &system::Library) -> Result<NonNull<c_void>, ImportError> {
    // SAFETY: the symbol is only used as an address here, which any symbol is.
    let symbol = unsafe { library.get::<*mut c_void>(HEADER_SYMBOL) };
    let symbol = symbol.map_err(|error| ImportError::Header(words(&error)))?;
    NonNull::new(*symbol)
        .ok_or_else(|| ImportError::Header(format!("the symbol {HEADER_SYMBOL} has no address")))
}

fn words(error: &libloading::Error) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

/// The loaded code must have the adapters that its file promised; a plugin too old to tell is believed.
fn compare_keys(descriptor: &Descriptor, plugin: Plugin) -> Result<(), LoadProblem> {
    let Some(keys) = plugin.adapter_keys() else {
        return Ok(());
    };
    let loaded = keys.map_err(LoadProblem::Keys)?;
    let described: Vec<String> = descriptor
        .adapters
        .iter()
        .map(|adapter| adapter.key.clone())
        .collect();
    if described == loaded {
        return Ok(());
    }
    Err(LoadProblem::KeysDiffer { described, loaded })
}
