//! A dapter script that stands for a revision of Alembic.

use dapter_plugin_api::ToolScript;
use serde::Deserialize;
use std::fmt::Write;
use std::path::PathBuf;

/// A revision, as Alembic reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Revision {
    pub(crate) revision: String,
    pub(crate) parents: Vec<String>,
    pub(crate) depends_on: Vec<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) message: String,
    pub(crate) created: Option<String>,
    pub(crate) path: Option<PathBuf>,
}

impl Revision {
    /// Its script.
    pub(crate) fn script(&self) -> ToolScript {
        ToolScript {
            name: format!("{}.alembic", self.revision),
            text: self.text(),
            file: self.path.clone(),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("# {}\n", self.message);
        let mut line = |name: &str, value: &str| {
            if !value.is_empty() {
                // A string takes whatever is written.
                let _ = writeln!(text, "# dapter:{name:<10} {value}");
            }
        };
        line("revision", &self.revision);
        line("revises", &self.parents.join(", "));
        line("branch", &self.labels.join(", "));
        line("depends-on", &self.depends_on.join(", "));
        line("created", self.created.as_deref().unwrap_or_default());
        let id = &self.revision;
        let _ = write!(
            text,
            "\n# dapter:upgrade\nupgrade {id}\n\n# dapter:downgrade\ndowngrade {id}\n"
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_names_its_revision() {
        let revision = Revision {
            revision: "c3".to_owned(),
            parents: vec!["a1".to_owned(), "b2".to_owned()],
            message: "merge".to_owned(),
            created: Some("2025-05-16T10:30:00Z".to_owned()),
            ..Revision::default()
        };
        let expected = "# merge\n# dapter:revision   c3\n# dapter:revises    a1, b2\n\
                        # dapter:created    2025-05-16T10:30:00Z\n\n# dapter:upgrade\nupgrade c3\n\n\
                        # dapter:downgrade\ndowngrade c3\n";
        assert_eq!(revision.text(), expected);
    }
}
