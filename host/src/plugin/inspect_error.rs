//! Why a file cannot be a plugin.

/// What to do about what only the plugin's author can mend.
pub(super) const REPORT: &str = "report this to the plugin's author";

/// Why a file cannot be a plugin, as far as that shows without loading it.
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
}

impl From<object::read::Error> for InspectError {
    fn from(error: object::read::Error) -> Self {
        InspectError::Damaged(error.to_string())
    }
}

impl InspectError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing => "check the path",
            Self::Unreadable(_) => "check the permissions of the file",
            Self::NotAFile | Self::NotALibrary | Self::NotAPlugin => {
                "name the plugin's own file: the library that its author ships, or that `cargo build` made"
            }
            Self::Universal => "take the library for this machine out of it, with `lipo -thin`",
            Self::Empty
            | Self::Truncated { .. }
            | Self::Damaged(_)
            | Self::DescriptorTooLarge { .. } => {
                "copy or download the file again: it did not arrive whole"
            }
            Self::Descriptor(_) => REPORT,
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
        }
    }
}
