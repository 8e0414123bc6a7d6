//! Scratch databases: a file in a folder of its own, among the system's temporary files.
//!
//! Who works in one holds a lock on a file beside it. A folder whose lock is free was left behind.

use crate::connect::Settings;
use dapter_plugin_api::{AdapterError, ConnectOptions, ErrorKind, Notices, Result, Severity};
use std::fs::{self, File};
use std::io::{self, ErrorKind as Io};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The option that names the folder.
pub(crate) const OPTION: &str = "scratch";

/// How the names of the folders begin.
const PREFIX: &str = "dapter-scratch-";

/// The database in the folder.
const DATABASE: &str = "scratch.db";

/// The file whose lock says that the folder is in use.
const IN_USE: &str = "in-use";

/// Time enough between the making of a folder and the first session in it.
const GRACE: Duration = Duration::from_secs(60);

/// Makes a folder, and the options to work in it.
pub(crate) fn create(options: &ConnectOptions, notices: &Notices) -> Result<ConnectOptions> {
    Settings::parse(options)?;
    let place = std::env::temp_dir();
    sweep(&place, notices);
    let folder = fresh(&place).map_err(|error| failed("make", &place, &error))?;
    let Some(name) = folder.to_str() else {
        return Err(
            AdapterError::new(ErrorKind::Other, format!("{} is no text", place.display()))
                .with_hint("name another folder in the environment variable TMPDIR"),
        );
    };
    let mut scratch = options.clone();
    scratch.options.insert(OPTION.to_owned(), name.to_owned());
    Ok(scratch)
}

/// Removes the folder.
pub(crate) fn remove(options: &ConnectOptions) -> Result<()> {
    let folder = options.options.get(OPTION).map(Path::new);
    let folder = folder.filter(|folder| is_scratch(folder)).ok_or_else(|| {
        AdapterError::new(
            ErrorKind::Other,
            "the options name no scratch database, and no other is removed",
        )
    })?;
    fs::remove_dir_all(folder).map_err(|error| failed("remove", folder, &error))
}

/// The database in a folder, and the lock that says that it is in use.
pub(crate) fn enter(folder: &Path) -> Result<File> {
    let lock = File::options()
        .create(true)
        .append(true)
        .open(folder.join(IN_USE));
    let entered = lock.and_then(|lock| lock.lock_shared().map(|()| lock));
    entered.map_err(|error| failed("enter", folder, &error))
}

/// The database's file.
pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join(DATABASE)
}

fn is_scratch(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with(PREFIX))
}

fn fresh(place: &Path) -> io::Result<PathBuf> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let mut number = now.as_nanos();
    loop {
        let folder = place.join(format!("{PREFIX}{}-{number:x}", std::process::id()));
        match private_folder(&folder) {
            Err(error) if error.kind() == Io::AlreadyExists => number += 1,
            made => return made.map(|()| folder),
        }
    }
}

/// Makes a folder that others cannot look into: what scripts put into tables may be nobody's business.
fn private_folder(folder: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), allow(unused_mut, reason = "only Unix has a mode"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Removes what was left behind. What cannot be removed is told, and is in nobody's way.
fn sweep(place: &Path, notices: &Notices) {
    let Ok(entries) = fs::read_dir(place) else {
        // Making a folder there says why.
        return;
    };
    for entry in entries.flatten() {
        let folder = entry.path();
        if !is_scratch(&folder) || !is_old(&folder) || is_in_use(&folder) {
            continue;
        }
        if let Err(error) = fs::remove_dir_all(&folder) {
            let told = format!("cannot remove {}: {error}", folder.display());
            notices.push(Severity::Warning, told);
        }
    }
}

fn is_old(folder: &Path) -> bool {
    let changed = fs::metadata(folder).and_then(|found| found.modified());
    changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > GRACE))
}

fn is_in_use(folder: &Path) -> bool {
    match File::open(folder.join(IN_USE)) {
        Ok(lock) => !matches!(lock.try_lock(), Ok(())),
        Err(error) => error.kind() != Io::NotFound,
    }
}

fn failed(doing: &str, path: &Path, error: &io::Error) -> AdapterError {
    let mut made = AdapterError::from_source(ErrorKind::Permission, error);
    made.message = format!(
        "cannot {doing} a scratch database in {}: {error}",
        path.display()
    );
    made.with_hint("name another folder in the environment variable TMPDIR")
}
