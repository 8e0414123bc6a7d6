//! What git knows of the scripts, asked of the program `git`.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dapter::check::{Branch, ForeignScript};

use super::output::Failure;
use super::paths::absolute;

/// What a branch did to the scripts of a directory since it and the commit that is checked out parted.
pub(super) fn branch(reference: &str, directory: &Path) -> Result<Branch, Failure> {
    let directory = absolute(directory);
    let git = Git {
        directory: &directory,
    };
    let theirs = git.ask(&[
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &format!("{reference}^{{commit}}"),
    ]);
    let theirs = theirs.map_err(|failure| match failure {
        Trouble::Refused(_) => {
            Failure::usage(format!("--against: git knows no commit `{reference}`"))
                .hint("fetch it first, and give it as git does: origin/main, a tag, a commit")
        }
        Trouble::Missing(failure) => failure,
    })?;
    let theirs = theirs.trim();
    let base = git.told(&["merge-base", "HEAD", theirs])?;
    let base = base.trim();
    let top = git.told(&["rev-parse", "--show-toplevel"])?;
    let top = PathBuf::from(top.trim_end_matches(['\n', '\r']));
    // Git resolves links; the scripts' own paths are written as the directory was given.
    let resolved = fs::canonicalize(&directory).unwrap_or_else(|_| directory.clone());
    let place = |name: &str| {
        let path = top.join(name);
        match path.strip_prefix(&resolved) {
            Ok(below) => directory.join(below),
            Err(_) => path,
        }
    };
    // What is new and in no commit yet counts as ours.
    let mut ours: HashSet<String> =
        names(&git.told(&["diff", "--name-only", "-z", "--no-renames", base, "--", "."])?);
    ours.extend(names(&git.told(&[
        "ls-files",
        "-z",
        "--others",
        "--exclude-standard",
        "--full-name",
        "--",
        ".",
    ])?));
    let mut branch = Branch {
        name: reference.to_owned(),
        ..Branch::default()
    };
    let changed = git.told(&[
        "diff",
        "--name-status",
        "-z",
        "--no-renames",
        base,
        theirs,
        "--",
        ".",
    ])?;
    let mut words = changed.split('\0');
    while let (Some(status), Some(name)) = (words.next(), words.next()) {
        let is_script = Path::new(name)
            .parent()
            .is_some_and(|folder| folder.ends_with("versions"));
        if ours.contains(name) || !is_script {
            continue;
        }
        match status {
            "D" => branch.removed.push(place(name)),
            _ => branch.written.push(ForeignScript {
                path: place(name),
                text: git.told(&["show", &format!("{theirs}:{name}")])?,
            }),
        }
    }
    branch.ours = ours.iter().map(|name| place(name)).collect();
    branch.ours.sort();
    Ok(branch)
}

fn names(text: &str) -> HashSet<String> {
    text.split('\0')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

struct Git<'d> {
    directory: &'d Path,
}

enum Trouble {
    /// Git answered with an error: its text.
    Refused(String),
    /// Git did not run.
    Missing(Failure),
}

impl Git<'_> {
    fn ask(&self, words: &[&str]) -> Result<String, Trouble> {
        let output = Command::new("git")
            .arg("-C")
            .arg(self.directory)
            .args(words)
            .output();
        let output = output.map_err(|error| {
            Trouble::Missing(
                Failure::refused(format!("--against: git cannot be run: {error}"))
                    .hint("install git, or leave --against out"),
            )
        })?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(Trouble::Refused(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            )),
        }
    }

    fn told(&self, words: &[&str]) -> Result<String, Failure> {
        self.ask(words).map_err(|trouble| match trouble {
            Trouble::Refused(why) => {
                Failure::refused(format!("--against: git {}: {why}", words[0]))
            }
            Trouble::Missing(failure) => failure,
        })
    }
}
