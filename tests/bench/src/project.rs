//! Makes projects of any number of scripts, each of which makes a table.

use std::fs;
use std::path::Path;

use crate::Result;

/// The statement of the script with this number, from 1.
pub(crate) fn statement(number: usize) -> String {
    format!(
        "CREATE TABLE t{number:05} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, created_at TEXT NOT NULL)"
    )
}

/// The message of the script with this number.
pub(crate) fn message(number: usize) -> String {
    format!("Add table t{number:05}")
}

/// The id of the revision with this number: twelve digits, in no order, as a person's project has them.
pub(crate) fn revision(number: usize) -> String {
    let scattered = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
    format!("{scattered:012x}")
}

/// Writes a project into an empty folder, each script behind the one before.
pub(crate) fn write(folder: &Path, scripts: usize) -> Result<()> {
    write_graph(folder, scripts, |number| match number {
        1 => vec![],
        _ => vec![number - 1],
    })
}

/// Writes a project into an empty folder, in groups of five: the first script has two children, the last merges the
/// branches that begin with them.
pub(crate) fn write_braided(folder: &Path, scripts: usize) -> Result<()> {
    write_graph(folder, scripts, |number| match number % 5 {
        1 if number == 1 => vec![],
        1 | 2 => vec![number - 1],
        3 => vec![number - 2],
        4 => vec![number - 1],
        _ => vec![number - 3, number - 1],
    })
}

fn write_graph(folder: &Path, scripts: usize, parents: impl Fn(usize) -> Vec<usize>) -> Result<()> {
    let versions = folder.join("migrations").join("versions");
    fs::create_dir_all(&versions)?;
    for number in 1..=scripts {
        let revision = revision(number);
        let (hour, minute) = (number / 60 % 24, number % 60);
        let (month, day) = (1 + number / 40_320 % 12, 1 + number / 1440 % 28);
        let name = format!(
            "2025{month:02}{day:02}T{hour:02}{minute:02}_{revision}_add_table_t{number:05}.sql"
        );
        fs::write(
            versions.join(name),
            script(number, &revision, &parents(number)),
        )?;
    }
    Ok(())
}

fn script(number: usize, revision: &str, parents: &[usize]) -> String {
    let parents: Vec<String> = parents.iter().copied().map(self::revision).collect();
    let revises = match parents[..] {
        [] => String::new(),
        _ => format!("-- dapter:revises    {}\n", parents.join(", ")),
    };
    format!(
        "-- {}\n-- dapter:revision   {revision}\n{revises}-- dapter:created    2025-05-16T10:30:00Z\n\n\
         -- dapter:upgrade\n{};\n\n-- dapter:downgrade\nDROP TABLE t{number:05};\n",
        message(number),
        statement(number),
    )
}
