//! Why a file cannot be a plugin.

use super::glibc::Glibc;
use super::step::Step;
use std::io;
use std::path::PathBuf;

/// What to do about what only the plugin's author can mend.
pub(super) const REPORT: &str = "report this to the plugin's author";

/// Why a file cannot be a plugin, or must not be one, as far as that shows without loading it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// There is nothing at the path.
    #[error("the file does not exist")]
    Missing,
    /// The file could not be opened or read.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// It is a folder, a pipe or a device.
    #[error("it is not a regular file")]
    NotAFile,
    /// It has no content.
    #[error("the file is empty")]
    Empty,
    /// It is larger than any plugin is.
    #[error("it has {size} bytes, far more than a plugin has")]
    TooLarge {
        /// The size of the file.
        size: u64,
    },
    /// It is a text, a program, an archive: anything else.
    #[error("it is not a dynamic library")]
    NotALibrary,
    /// It holds libraries for several systems in one file.
    #[error("it is a universal binary, which holds libraries for several machines")]
    Universal,
    /// It ends before its headers say.
    #[error("the file is truncated: it needs {needs} bytes and has {has}")]
    Truncated {
        /// The bytes that its headers speak of.
        needs: u64,
        /// The size of the file.
        has: u64,
    },
    /// Its headers contradict themselves.
    #[error("the file is damaged ({0})")]
    Damaged(String),
    /// It is a library, but no plugin.
    #[error("it is a library, but not a dapter plugin")]
    NotAPlugin,
    /// The descriptor is larger than any needs to be.
    #[error("its descriptor has {size} bytes, far more than one can have")]
    DescriptorTooLarge {
        /// The size of the descriptor's section in bytes.
        size: u64,
    },
    /// The descriptor cannot be understood.
    #[error("its descriptor cannot be used: {0}")]
    Descriptor(String),
    /// The descriptor has a format of the future.
    #[error("its descriptor has format {found}, and this dapter reads format {expected}")]
    DescriptorFormat {
        /// The format found.
        found: u32,
        /// The format this version reads.
        expected: u32,
    },
    /// It was built for another operating system or machine.
    #[error("it was built for another system: it is {found}, and this system loads {expected}")]
    OtherSystem {
        /// What the file is.
        found: String,
        /// What it must be.
        expected: String,
    },
    /// It was built for another C library or tool chain.
    #[error("it was built for {found}, and this dapter for {expected}")]
    OtherTarget {
        /// What the file was built for.
        found: String,
        /// What this program was built for.
        expected: String,
    },
    /// It was built for another major version of the boundary.
    #[error("it needs plugin interface {found}, and this dapter has {expected}")]
    AbiVersion {
        /// The version in the descriptor.
        found: String,
        /// Whether that is a later one than this program's.
        newer: bool,
        /// The version of this program.
        expected: String,
    },
    /// It does not export what a host looks for.
    #[error("it exports no plugin header, although it has a descriptor")]
    NoHeader,
    /// A library that it is linked to is not on this system.
    #[error("it needs the shared library {library}, which this system does not have")]
    MissingLibrary {
        /// The name of the library.
        library: String,
    },
    /// It was built on a system with a newer glibc.
    #[error("it needs glibc {needs}, and this system has {has}")]
    OlderGlibc {
        /// The oldest version that it runs on.
        needs: Glibc,
        /// The version of this system.
        has: Glibc,
    },
    /// A library of this system is older than the one that it was built with.
    #[error("it needs {needs}, and this system's {library} is older")]
    OlderLibrary {
        /// The version that is missing, as its library names it: `GLIBC_2.38`.
        needs: String,
        /// The file that does not have it.
        library: String,
    },
    /// It is a symbolic link in a folder.
    #[error("it is a symbolic link, and in a folder only files are plugins")]
    Link,
    /// It, or its folder, belongs to somebody who could put anything in its place.
    #[error("{} belongs to user {owner}, who is neither you nor root", path.display())]
    OtherOwner {
        /// The file or its folder.
        path: PathBuf,
        /// The number of its owner.
        owner: u32,
    },
    /// Others can write it, or its folder, and so decide what runs.
    #[error("{} can write {}", if *by_all { "everybody" } else { "its group" }, path.display())]
    Writable {
        /// The file or its folder.
        path: PathBuf,
        /// Whether everybody can, or those of its group alone.
        by_all: bool,
    },
}

impl From<io::Error> for InspectError {
    fn from(error: io::Error) -> Self {
        InspectError::Unreadable(error.to_string())
    }
}

impl From<object::read::Error> for InspectError {
    fn from(error: object::read::Error) -> Self {
        InspectError::Damaged(error.to_string())
    }
}

impl InspectError {
    /// The step that refuses it.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Link | Self::OtherOwner { .. } | Self::Writable { .. } => Step::Permissions,
            _ => Step::Static,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::MissingLibrary { library } => {
                format!("install the package of this system that has {library}")
            }
            Self::OlderGlibc { needs, .. } => older_glibc(&needs.to_string()),
            Self::OlderLibrary { needs, library } => match needs.strip_prefix("GLIBC_") {
                Some(version) => older_glibc(version),
                None => format!("update {library}"),
            },
            Self::OtherOwner { path, .. } => format!(
                "if you trust it, make it yours: `sudo chown \"$(id -un)\" {}`, or copy it into a folder of yours",
                path.display()
            ),
            Self::Writable { path, .. } => {
                format!("take that away: `chmod go-w {}`", path.display())
            }
            other => other.plain_hint().to_owned(),
        }
    }

    fn plain_hint(&self) -> &'static str {
        match self {
            Self::Missing => "check the path",
            Self::Unreadable(_) => "check the permissions of the file",
            Self::Universal => "take the library for this machine out of it, with `lipo -thin`",
            Self::Empty
            | Self::Truncated { .. }
            | Self::Damaged(_)
            | Self::DescriptorTooLarge { .. } => {
                "copy or download the file again: it did not arrive whole"
            }
            Self::DescriptorFormat { .. } | Self::AbiVersion { newer: true, .. } => {
                "update dapter, or install an older version of the plugin"
            }
            Self::AbiVersion { newer: false, .. } => "install a newer version of the plugin",
            Self::OtherSystem { .. } | Self::OtherTarget { .. } => {
                "install the plugin's build for this system"
            }
            Self::NoHeader => {
                "the plugin's author must export its adapters with `export_adapter!` from a `cdylib`"
            }
            Self::Link => "copy the file itself there, or name it with --plugin FILE",
            Self::NotAFile | Self::NotALibrary | Self::NotAPlugin | Self::TooLarge { .. } => {
                "name the plugin's own file: the library that its author ships, or that `cargo build` made"
            }
            Self::Descriptor(_)
            | Self::MissingLibrary { .. }
            | Self::OlderGlibc { .. }
            | Self::OlderLibrary { .. }
            | Self::OtherOwner { .. }
            | Self::Writable { .. } => REPORT,
        }
    }
}

fn older_glibc(version: &str) -> String {
    format!(
        "update this system to one with glibc {version} or later, or ask the plugin's author for a build on an older one"
    )
}
