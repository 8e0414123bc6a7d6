//! `dapter edit`.

use std::env;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::arguments::Edit;
use super::named;
use super::output::{Failure, Output};
use super::paths::shown;
use super::session::Session;

pub(super) fn run(command: &Edit, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let (scripts, revisions) = named::revisions(&command.revision, session)?;
    let [revision] = &revisions[..] else {
        let message = format!("`{}` is not one revision", command.revision);
        return Err(Failure::usage(message).hint("name one by its id, or the beginning of it"));
    };
    let script = scripts
        .get(revision.as_str())
        .expect("resolved in the graph of the scripts");
    let path = script.path.clone();
    if !session.global.dry_run {
        open(&path)?;
        // What is wrong with the scripts now is told by their reader.
        session.scripts()?;
    }
    let text = format!("{}\n", shown(&path));
    output.result(&json!({"revision": revision, "path": path}), &text)
}

/// Opens a file in the user's editor and waits until that is closed. The editor is a command line, as for other tools.
fn open(path: &Path) -> Result<(), Failure> {
    let variables = ["VISUAL", "EDITOR"].into_iter();
    let editor = variables
        .filter_map(|name| env::var(name).ok())
        .find(|editor| !editor.trim().is_empty())
        .unwrap_or_else(|| if cfg!(windows) { "notepad" } else { "vi" }.to_owned());
    let status = line(&editor, path).status();
    let why = match status {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => format!("the editor `{editor}` ended with {status}"),
        Err(error) => format!("the editor `{editor}` cannot be run: {error}"),
    };
    Err(Failure::usage(why).hint("name another one in the variable EDITOR"))
}

#[cfg(unix)]
fn line(editor: &str, path: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("{editor} \"$@\""))
        .arg(editor)
        .arg(path);
    command
}

#[cfg(not(unix))]
fn line(editor: &str, path: &Path) -> Command {
    let mut words = editor.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(editor));
    command.args(words).arg(path);
    command
}
