//! The built program, in a folder.

use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::build_program;

/// The file of the built program.
#[must_use]
pub fn program_file() -> PathBuf {
    build_program().join(format!("dapter{EXE_SUFFIX}"))
}

/// The built program in a folder, with nothing of this machine's user: neither plugins nor passwords nor a configuration
/// above the folder.
#[must_use]
pub fn program_in(folder: &Path) -> Command {
    let mut command = Command::new(program_file());
    command.current_dir(folder).env("HOME", folder);
    for variable in [
        "DAPTER_PLUGIN_PATH",
        "XDG_DATA_HOME",
        "PGPASSWORD",
        "MYSQL_PWD",
    ] {
        command.env_remove(variable);
    }
    command
}
