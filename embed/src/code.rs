//! What is compiled into the program.

use std::fmt;
use std::path::PathBuf;

/// Scripts that were checked. Its `Display` is an expression of Rust with the value of type `dapter::script::EmbeddedScripts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedding {
    name: String,
    extension: String,
    files: Vec<(String, PathBuf)>,
}

impl Embedding {
    pub(crate) fn new(name: &str, extension: &str, files: Vec<(String, PathBuf)>) -> Self {
        Self {
            name: name.to_owned(),
            extension: extension.to_owned(),
            files,
        }
    }
}

impl fmt::Display for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            extension,
            files,
        } = self;
        writeln!(
            f,
            "::dapter::script::EmbeddedScripts::new({name:?}, {extension:?}, &["
        )?;
        for (name, path) in files {
            writeln!(f, "    ({name:?}, include_bytes!({path:?})),")?;
        }
        f.write_str("])\n")
    }
}
