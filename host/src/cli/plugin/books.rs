//! The files that say whom the user trusts, and which plugins the project is pinned to.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use dapter::MigrationError;
use dapter::plugin::trust::{TRUST_FILE_NAME, TrustFile};
use dapter::plugin::{
    Demands, DocumentError, LOCK_FILE_NAME, Lock, LockFile, PluginError, Strictness,
};

use super::super::output::Failure;
use super::super::paths::shown;
use super::super::session::{Session, user_config, user_data};

/// The environment variable that says `1` if no plugin may be used that the lock file does not have.
const VARIABLE_LOCKED: &str = "DAPTER_LOCKED";

/// What the project and the user want of plugins.
pub(in super::super) fn demands(session: &Session<'_>) -> Result<Demands, Failure> {
    let lock = read_lock(session)?;
    let strictness = strictness(session);
    if strictness == Strictness::Locked && lock.is_none() {
        let path = lock_path(session);
        return Err(Failure::refused(format!(
            "there is no {}, and only what is in it may be used (--locked)",
            shown(&path)
        ))
        .hint("write it with `dapter plugin lock`, and commit it"));
    }
    Ok(Demands {
        trust: read_trust()?,
        requirements: session.plugin_requirements(),
        lock,
        strictness,
    })
}

/// The same for a command that changes what is pinned: it is not held by it.
pub(super) fn demands_open(session: &Session<'_>) -> Result<Demands, Failure> {
    if strictness(session) == Strictness::Locked {
        return Err(
            Failure::usage("what is pinned does not change with --locked")
                .hint("leave out --locked, or DAPTER_LOCKED"),
        );
    }
    demands(session)
}

fn strictness(session: &Session<'_>) -> Strictness {
    let by_variable = std::env::var_os(VARIABLE_LOCKED).is_some_and(|value| value == "1");
    match session.global.locked || by_variable {
        true => Strictness::Locked,
        false => Strictness::Open,
    }
}

/// The folder that plugins are installed in.
pub(super) fn store() -> Result<PathBuf, Failure> {
    match user_data() {
        Some(data) => Ok(data.join("dapter").join("plugins")),
        None => Err(
            Failure::refused("the user has no data folder to install plugins in")
                .hint("set HOME, or on Windows LOCALAPPDATA, to an absolute path"),
        ),
    }
}

fn trust_path() -> Option<PathBuf> {
    Some(user_config()?.join("dapter").join(TRUST_FILE_NAME))
}

pub(super) fn read_trust() -> Result<TrustFile, Failure> {
    let Some(path) = trust_path() else {
        return Ok(TrustFile::default());
    };
    match read(&path)? {
        Some(text) => Ok(TrustFile::parse(&text, &path).map_err(document)?),
        None => Ok(TrustFile::default()),
    }
}

/// Changes whom the user trusts. Nobody else changes it meanwhile.
pub(super) fn change_trust<T>(
    change: impl FnOnce(&mut TrustFile) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let path = trust_path().ok_or_else(|| {
        Failure::refused("the user has no configuration folder to keep keys in")
            .hint("set HOME, or on Windows APPDATA, to an absolute path")
    })?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let guard_path = path.with_extension("toml.guard");
    let guard = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&guard_path)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|error| unwritable(&guard_path, &error))?;
    let mut trust = read_trust()?;
    let before = trust.clone();
    let changed = change(&mut trust)?;
    if trust != before {
        write(&path, &trust.text(&path).map_err(document)?)?;
    }
    drop(guard);
    Ok(changed)
}

pub(super) fn lock_path(session: &Session<'_>) -> PathBuf {
    session.project_folder().join(LOCK_FILE_NAME)
}

pub(super) fn read_lock(session: &Session<'_>) -> Result<Option<Lock>, Failure> {
    let path = lock_path(session);
    match read(&path)? {
        Some(text) => Ok(Some(Lock {
            file: LockFile::parse(&text, &path).map_err(document)?,
            path,
        })),
        None => Ok(None),
    }
}

pub(super) fn write_lock(lock: &Lock) -> Result<(), Failure> {
    let text = lock.file.text(&lock.path).map_err(document)?;
    write(&lock.path, &text)
}

pub(super) fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(
            Failure::refused(format!("{} cannot be read: {error}", shown(path)))
                .hint("check its permissions; it must be UTF-8"),
        ),
    }
}

/// Writes all of a file, or leaves what was there.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        readable(file.as_file())?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    });
    written.map(drop).map_err(|error| unwritable(path, &error))
}

/// Temporary files are their owner's alone; these files others may read, and nobody else write.
#[cfg(unix)]
fn readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &File) -> io::Result<()> {
    Ok(())
}

pub(super) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::refused(format!("{} cannot be written: {error}", shown(path)))
        .hint("check the permissions, and the space on the disk")
}

fn document(error: DocumentError) -> Failure {
    MigrationError::from(PluginError::Document(error)).into()
}

/// The time now, as the files write it.
pub(super) fn now() -> String {
    jiff::Timestamp::now()
        .round(jiff::Unit::Second)
        .unwrap_or_default()
        .to_string()
}
