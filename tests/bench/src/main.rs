//! The benchmark of dapter: what it costs beside the database itself.
//!
//! `cargo run --release -p dapter-bench` builds the program and its plugins, measures, and prints one table. Every
//! figure has its goal beside it, and every ratio is of two processes that ran one after the other in the same run: on
//! a machine that does other things too, seconds mean little and such ratios much. Nothing depends on the figures; a
//! missed goal is no failure.
//!
//! | what | against |
//! |---|---|
//! | 1,000 one-table migrations | the same statements, rows and transactions sent through rusqlite: [`baseline`] |
//! | nothing to do at 10 scripts | `sqlite3 FILE 'select 1'`; without that program, one that does the same through rusqlite |
//! | nothing to do at 1,000 and 10,000 scripts | nothing: time a script, and peak memory |
//! | a plan of 10,000 revisions with 2,000 merges | one of 1,000 |
//! | a load of a plugin with all checks | a load of the library by the system |
//! | a call of a plugin | nothing: time a call |
//! | 1,000 one-table migrations on a server | the same from one file through its own client: [`servers`] |
//! | nothing to do on a server | `SELECT 1` through its own client |
//! | 200 databases, 16 at once | one after the other |
//! | scripts from models | the database's own dump and client, and Alembic: [`models`] |
//!
//! Calls of `fsync` are counted with `strace` where it is installed.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that prints its findings"
)]

mod baseline;
mod boundary;
mod loading;
mod migrations;
mod models;
mod nothing;
mod plans;
mod process;
mod project;
mod servers;
mod table;

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use table::Table;

/// What can go wrong is printed and ends the program.
type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The programs that are measured.
struct Programs {
    /// The program `dapter`, with its plugins beside it.
    dapter: PathBuf,
    /// This program, whose subcommands are what is measured against.
    this: PathBuf,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => measure(&[sqlite, servers::measure, models::measure]),
        ["sqlite"] => measure(&[sqlite]),
        ["models"] => measure(&[models::measure]),
        ["servers"] => measure(&[servers::measure]),
        ["baseline", mode, file, count] => baseline::migrate(mode, Path::new(file), count),
        ["plugins"] => measure(&[plugins]),
        ["load", file, sha256, memory] => loading::load(file, sha256, memory),
        ["nothing"] => Ok(()),
        ["select-1", file] => baseline::select_1(Path::new(file)),
        ["peak-memory", program, ref arguments @ ..] => process::print_peak(program, arguments),
        _ => Err("usage: dapter-bench [sqlite | plugins | servers | models]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dapter-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures something and adds it to the table.
type Measure = fn(&Programs, &mut Table) -> Result<()>;

fn measure(parts: &[Measure]) -> Result<()> {
    let programs = build()?;
    let mut table = Table::new();
    for measure in parts {
        measure(&programs, &mut table)?;
    }
    print!("{table}");
    Ok(())
}

fn sqlite(programs: &Programs, table: &mut Table) -> Result<()> {
    migrations::measure(programs, table)?;
    nothing::measure(programs, table)?;
    plans::measure(programs, table)?;
    plugins(programs, table)
}

fn plugins(programs: &Programs, table: &mut Table) -> Result<()> {
    loading::measure_discovery(programs, table)?;
    loading::measure(programs, table)?;
    boundary::measure(programs, table)
}

/// Builds the program and its plugins into the folder that this program lies in.
fn build() -> Result<Programs> {
    let this = env::current_exe()?;
    let folder = this.parent().ok_or("a program lies in a folder")?;
    let target = folder.parent().ok_or("cargo's folders lie in one")?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args([
        "build",
        "--release",
        "--quiet",
        "-p",
        "dapter",
        "-p",
        "dapter-sqlite-plugin",
        "-p",
        "dapter-postgres-plugin",
        "-p",
        "dapter-mysql-plugin",
    ]);
    build
        .arg("--manifest-path")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml"));
    build.arg("--target-dir").arg(target);
    eprintln!("building dapter and its plugins …");
    if !build.status()?.success() {
        return Err("the build failed".into());
    }
    let name = format!("dapter{}", env::consts::EXE_SUFFIX);
    Ok(Programs {
        dapter: folder.join(name),
        this,
    })
}
