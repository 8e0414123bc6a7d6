//! Where scripts come from: a folder, or the program itself.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::directory::ScriptDirectory;
use super::error::ScriptError;

/// A directory of scripts that was put into the program when it was compiled: what
/// [`embed_migrations!`](crate::embed_migrations) makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmbeddedScripts {
    directory: &'static str,
    extension: &'static str,
    files: &'static [(&'static str, &'static [u8])],
}

impl EmbeddedScripts {
    /// The name of the directory, the extension of its scripts, and the scripts: folder and name (`versions/a.sql`) and
    /// content, sorted by name. The code that crate `dapter-embed` writes calls it.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        directory: &'static str,
        extension: &'static str,
        files: &'static [(&'static str, &'static [u8])],
    ) -> Self {
        Self {
            directory,
            extension,
            files,
        }
    }

    /// What messages call the directory: where it lay, as the program said it.
    #[must_use]
    pub fn directory(&self) -> &'static Path {
        Path::new(self.directory)
    }

    /// The extension of the scripts, without the dot.
    #[must_use]
    pub fn extension(&self) -> &'static str {
        self.extension
    }

    /// The names of the scripts of a folder, sorted.
    pub(super) fn names(&self, folder: &Path) -> impl Iterator<Item = &'static str> {
        let folder = folder.file_name().and_then(OsStr::to_str);
        let files = self
            .files
            .iter()
            .filter_map(|(name, _)| name.split_once('/'));
        files.filter_map(move |(of, name)| (Some(of) == folder).then_some(name))
    }

    /// The content of a script.
    pub(super) fn content(&self, path: &Path) -> Option<&'static [u8]> {
        let folder = path.parent()?.file_name()?.to_str()?;
        let key = (folder, path.file_name()?.to_str()?);
        let found = self
            .files
            .binary_search_by_key(&key, |(name, _)| name.split_once('/').unwrap_or_default());
        Some(self.files[found.ok()?].1)
    }
}

/// Where the scripts are. Whatever names a folder is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptSource {
    /// In a folder, read when they are needed.
    Folder(PathBuf),
    /// In the program. What writes scripts fails with [`ScriptError::Embedded`].
    Embedded(EmbeddedScripts),
}

impl ScriptSource {
    /// The directory, for an adapter's scripts.
    ///
    /// # Errors
    ///
    /// As [`ScriptDirectory::open`]; [`ScriptError::OtherExtension`] if other scripts than the adapter's are embedded.
    pub fn open(&self, extension: &str) -> Result<ScriptDirectory, ScriptError> {
        match self {
            Self::Folder(path) => ScriptDirectory::open(path, extension),
            Self::Embedded(scripts) => ScriptDirectory::embedded(*scripts, extension),
        }
    }

    /// The folder that scripts can be written to.
    ///
    /// # Errors
    ///
    /// [`ScriptError::Embedded`].
    pub fn folder(&self) -> Result<&Path, ScriptError> {
        match self {
            Self::Folder(path) => Ok(path),
            Self::Embedded(scripts) => Err(ScriptError::Embedded {
                path: scripts.directory().to_owned(),
            }),
        }
    }
}

impl From<PathBuf> for ScriptSource {
    fn from(path: PathBuf) -> Self {
        Self::Folder(path)
    }
}

impl<T: AsRef<OsStr> + ?Sized> From<&T> for ScriptSource {
    fn from(path: &T) -> Self {
        Self::Folder(path.into())
    }
}

impl From<String> for ScriptSource {
    fn from(path: String) -> Self {
        Self::Folder(path.into())
    }
}

impl From<EmbeddedScripts> for ScriptSource {
    fn from(scripts: EmbeddedScripts) -> Self {
        Self::Embedded(scripts)
    }
}

/// The directory of scripts that the build script has put into the program, as [`EmbeddedScripts`].
///
/// The build script names the same directory, relative to the package:
///
/// ```ignore
/// // Cargo.toml: [build-dependencies] dapter-embed = "0.1"
/// // build.rs
/// fn main() {
///     dapter_embed::embed_migrations("migrations");
/// }
///
/// // src/main.rs
/// static MIGRATIONS: EmbeddedScripts = dapter::embed_migrations!("migrations");
/// let migrator = Migrator::new(adapter, MigrationSettings::new(url, MIGRATIONS));
/// ```
///
/// It is a build script because only that can tell cargo of files that do not exist yet: a script that is added is in the
/// next build without anything else having to be touched. Scripts are checked then, each and the graph they make, and what
/// is wrong is an error of the build with file and line.
#[macro_export]
macro_rules! embed_migrations {
    ($directory:literal) => {
        include!(concat!(
            env!(
                "OUT_DIR",
                "embed_migrations! needs a build script that calls dapter_embed::embed_migrations"
            ),
            "/dapter_embed/",
            $directory,
            ".rs"
        ))
    };
}
