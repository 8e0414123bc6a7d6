//! The TOML files of plugins: receipts, indexes, lock files, trust.

use std::path::{Path, PathBuf};

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::expected::Sha256;

/// Why a file could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}: {message}", path.display())]
pub struct DocumentError {
    /// The file, or where it came from.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Reads a document of the given format. What a newer version has added to it is passed over.
///
/// # Errors
/// [`DocumentError`] with the line, for a text that is no such document, and for a format of the future.
pub(super) fn read<T: DeserializeOwned>(
    text: &str,
    path: &Path,
    format: u32,
) -> Result<T, DocumentError> {
    let found: Format = parse(text, path)?;
    if found.format != format {
        return Err(DocumentError {
            path: path.to_owned(),
            line: 1,
            message: format!(
                "it has format {}, and this dapter reads format {format}",
                found.format
            ),
            hint: "update dapter".to_owned(),
        });
    }
    parse(text, path)
}

fn parse<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, DocumentError> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or_default();
        DocumentError {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            message: super::id::shown(error.message()),
            hint: "mend the line, or take the file from where it came once more".to_owned(),
        }
    })
}

/// The text of a document, below a comment that says what it is.
///
/// # Errors
/// [`DocumentError`] for a value that TOML cannot say; none of ours is one.
pub(super) fn write(
    about: &str,
    document: &impl Serialize,
    path: &Path,
) -> Result<String, DocumentError> {
    let text = toml::to_string(document).map_err(|error| DocumentError {
        path: path.to_owned(),
        line: 1,
        message: error.to_string(),
        hint: super::inspect_error::REPORT.to_owned(),
    })?;
    Ok(format!("# {about}\n{text}"))
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Sample {
        name: String,
    }

    #[test]
    fn the_line_of_a_mistake_is_told() {
        let read = |text| read::<Sample>(text, Path::new("x.toml"), 1);
        assert_eq!(
            read("format = 1\nname = \"a\"\nnew = 2\n")
                .expect("reads")
                .name,
            "a"
        );
        for (text, expected) in [
            ("format = 1\nname = 3\n", "x.toml:2: "),
            ("format = 1\n\nname = \"a\n", "x.toml:3: "),
            ("format = 2\nname = 1\n", "x.toml:1: it has format 2"),
            ("name = \"a\"\n", "x.toml:1: missing field `format`"),
        ] {
            let error = read(text).expect_err(expected).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
