//! Where models are, as somebody writes it.

use std::path::{Path, PathBuf};

use super::error::InvalidValue;
use super::url::DatabaseUrl;

/// Where the models are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelSource {
    /// A file of statements, or a folder of such files.
    Statements(PathBuf),
    /// A document: `.toml` or `.json`.
    Document(PathBuf),
    /// An attribute of a Python module that holds `SQLAlchemy` metadata or is a declarative base.
    Python {
        /// The module: `app.models`.
        module: String,
        /// The attribute: `Base`.
        attribute: String,
    },
    /// A command that prints statements or a document.
    Command(String),
    /// Another database.
    Database(DatabaseUrl),
}

impl ModelSource {
    /// Reads what somebody wrote: a path, `python:app.models:Base`, `command:./print-schema`, or a URL.
    ///
    /// # Errors
    /// If it is none of these.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        if let Some(python) = text.strip_prefix("python:") {
            let (module, attribute) = python
                .split_once(':')
                .filter(|(module, attribute)| !module.is_empty() && !attribute.is_empty())
                .ok_or_else(|| {
                    InvalidValue::new(
                        format!("`{text}` names no attribute of a module"),
                        "write python:MODULE:ATTRIBUTE, as in python:app.models:Base",
                    )
                })?;
            return Ok(Self::Python {
                module: module.to_owned(),
                attribute: attribute.to_owned(),
            });
        }
        if let Some(command) = text.strip_prefix("command:") {
            return Ok(Self::Command(command.trim().to_owned()));
        }
        let has_scheme = text.split_once(':').is_some_and(|(scheme, _)| {
            // One letter is a drive.
            scheme.len() > 1
                && scheme
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        });
        if has_scheme {
            return Ok(Self::Database(DatabaseUrl::parse(text)?));
        }
        let path = PathBuf::from(text);
        let extension = path.extension().and_then(|extension| extension.to_str());
        Ok(match extension {
            Some("toml" | "json") => Self::Document(path),
            _ => Self::Statements(path),
        })
    }
}

impl ModelSource {
    /// The same, a relative path being relative to this folder.
    #[must_use]
    pub fn within(self, folder: &Path) -> Self {
        match self {
            Self::Statements(path) => Self::Statements(folder.join(path)),
            Self::Document(path) => Self::Document(folder.join(path)),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_told_by_how_they_are_written() {
        let path = |text: &str| PathBuf::from(text);
        let table = [
            ("schema.sql", ModelSource::Statements(path("schema.sql"))),
            ("models/", ModelSource::Statements(path("models/"))),
            ("schema.toml", ModelSource::Document(path("schema.toml"))),
            ("a.json", ModelSource::Document(path("a.json"))),
            (
                "python:app.models:Base",
                ModelSource::Python {
                    module: "app.models".to_owned(),
                    attribute: "Base".to_owned(),
                },
            ),
            (
                "command: ./print",
                ModelSource::Command("./print".to_owned()),
            ),
        ];
        for (text, source) in table {
            assert_eq!(ModelSource::parse(text).expect(text), source);
        }
        assert!(matches!(
            ModelSource::parse("sqlite:other.db"),
            Ok(ModelSource::Database(_))
        ));
        assert!(ModelSource::parse("python:app.models").is_err());
    }
}
