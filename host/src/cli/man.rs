//! `dapter man`.

use std::fs;
use std::path::Path;

use clap::CommandFactory;
use serde_json::json;

use super::arguments::Arguments;
use super::output::{Failure, Output};

/// Writes a page for the program and one for each command.
pub(super) fn run(folder: &Path, output: &Output) -> Result<(), Failure> {
    let written = fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder));
    written.map_err(|error| {
        Failure::refused(format!(
            "cannot write manual pages into {}: {error}",
            folder.display()
        ))
    })?;
    let text = format!("the manual pages are in {}\n", folder.display());
    output.result(&json!({"folder": folder}), &text)
}
