//! What an adapter says of a copy that it has made of a database.

use serde::{Deserialize, Serialize};

/// What stands in [`Backup::restore`] for the file.
pub const BACKUP_FILE: &str = "{file}";

/// A text as one word for a shell.
#[must_use]
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// A copy of a database in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Backup {
    /// How names of such files end, without the dot.
    pub extension: String,
    /// The line for a shell that makes the database what the file holds, with [`BACKUP_FILE`] in place of the file. No
    /// password is in it.
    pub restore: String,
}
