//! Scripts in a folder of their own.

use std::fs;
use std::path::{Path, PathBuf};

use dapter::revision::RevisionId;
use tempfile::TempDir;

/// A migrations directory that is removed in the end.
#[derive(Debug)]
pub(crate) struct Project(TempDir);

impl Project {
    /// One without scripts.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("versions")).expect("a new folder");
        Self(folder)
    }

    /// One with a chain of so many revisions `r1`, `r2`, …: see [`chained`](Self::chained).
    pub(crate) fn chain(revisions: usize) -> Self {
        let project = Self::new();
        (1..=revisions).for_each(|number| project.chained(number, ""));
        project
    }

    /// Writes revision `r<number>` on the one before it: its two statements put `r<number>.1` and `r<number>.2`, and
    /// its downgrade deletes them in reverse.
    pub(crate) fn chained(&self, number: usize, directives: &str) {
        let (revision, below) = (format!("r{number}"), format!("r{}", number - 1));
        let revises = if number == 1 { "" } else { &below };
        let directives = format!("revises {revises}\n{directives}");
        let directives = if number == 1 {
            directives.replace("revises \n", "")
        } else {
            directives
        };
        self.script(
            &revision,
            directives.trim(),
            &[
                &format!("put {revision}.1 one"),
                &format!("put {revision}.2 two"),
            ],
            &[&format!("del {revision}.2"), &format!("del {revision}.1")],
        );
    }

    /// Writes, or writes again, the script of a revision. Its statements begin on line 7, or as many lines further down
    /// as there are directives beyond the first.
    pub(crate) fn script(
        &self,
        revision: &str,
        directives: &str,
        upgrade: &[&str],
        downgrade: &[&str],
    ) {
        let mut text = format!(
            "# Make {revision}\n# dapter:revision {revision}\n# dapter:created 2025-05-16T10:30:00Z\n"
        );
        for directive in directives.lines().filter(|line| !line.is_empty()) {
            text.push_str(&format!("# dapter:{directive}\n"));
        }
        text.push_str(&format!("\n# dapter:upgrade\n{}\n", upgrade.join("\n")));
        if !directives.contains("irreversible") {
            text.push_str(&format!("\n# dapter:downgrade\n{}\n", downgrade.join("\n")));
        }
        fs::write(self.path_of(revision), text).expect("a new file");
    }

    /// Writes, or writes again, a script that runs whenever its text changes.
    pub(crate) fn repeatable(&self, name: &str, directives: &str, statements: &[&str]) {
        let folder = self.0.path().join("repeatable");
        fs::create_dir_all(&folder).expect("a folder");
        let mut text = format!("# Make {name}\n# dapter:repeatable {name}\n");
        for directive in directives.lines() {
            text.push_str(&format!("# dapter:{directive}\n"));
        }
        text.push_str(&format!("\n# dapter:upgrade\n{}\n", statements.join("\n")));
        fs::write(folder.join(format!("{name}.mem")), text).expect("a new file");
    }

    /// Removes the script of a revision.
    pub(crate) fn remove(&self, revision: &str) {
        fs::remove_file(self.path_of(revision)).expect("it is there");
    }

    /// The script of a revision.
    pub(crate) fn path_of(&self, revision: &str) -> PathBuf {
        self.0
            .path()
            .join("versions")
            .join(format!("20250516T1030_{revision}.mem"))
    }

    /// The directory.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// A revision's id.
pub(crate) fn id(text: &str) -> RevisionId {
    RevisionId::parse(text).expect("an id")
}

/// Several revisions' ids, blanks between them.
pub(crate) fn ids(text: &str) -> Vec<RevisionId> {
    text.split_ascii_whitespace().map(id).collect()
}
