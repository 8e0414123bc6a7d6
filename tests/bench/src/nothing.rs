//! `dapter upgrade` where there is nothing to do.
//!
//! What SQLite takes to read the schema of a database with 10,000 tables is none of dapter's: it would be more than all
//! the rest. So the many scripts are stamped, not run, and the database holds the history alone; what it takes with the
//! tables is noted beside it.

use std::path::Path;

use tempfile::TempDir;

use crate::process::{Program, median};
use crate::table::Table;
use crate::{Programs, Result, project};

const UPGRADE: &[&str] = &["upgrade", "--url", "sqlite:app.db"];
const UPGRADE_AT_ONCE: &[&str] = &["upgrade", "--url", "sqlite:app.db", "--transaction", "all"];
const STAMP: &[&str] = &["stamp", "head", "--url", "sqlite:app.db"];

pub(crate) fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    eprintln!("nothing to do …");
    few_scripts(programs, table)?;
    let small = many_scripts(programs, 1000, 41, table)?;
    let great = many_scripts(programs, 10_000, 15, table)?;
    table.at_most(
        "  10,000 scripts against 1,000, a script",
        great / small,
        1.2,
        "x",
    );
    Ok(())
}

fn few_scripts(programs: &Programs, table: &mut Table) -> Result<()> {
    let folder = applied(programs, 10, UPGRADE_AT_ONCE)?;
    let ours = dapter(programs, folder.path(), UPGRADE);
    let shell = Program {
        file: Path::new("sqlite3"),
        arguments: &["app.db", "select 1"],
        folder: folder.path(),
    };
    let without_shell = Program {
        file: &programs.this,
        arguments: &["select-1", "app.db"],
        folder: folder.path(),
    };
    let (theirs, name) = match shell.run() {
        Ok(_) => (shell, "`sqlite3 FILE 'select 1'`"),
        Err(_) => (without_shell, "`select 1` through rusqlite"),
    };
    let mut ratios = Vec::new();
    for _ in 0..201 {
        ratios.push(ours.run()?.time.div_duration_f64(theirs.run()?.time));
    }
    let what = format!("nothing to do at 10 scripts, against {name}");
    table.at_most(what, median(ratios), 2.0, "x");
    Ok(())
}

/// Measures and returns microseconds a script.
fn many_scripts(
    programs: &Programs,
    scripts: usize,
    runs: usize,
    table: &mut Table,
) -> Result<f64> {
    let folder = applied(programs, scripts, STAMP)?;
    let upgrade = dapter(programs, folder.path(), UPGRADE);
    let (time, processor) = per_script(&upgrade, scripts, runs)?;
    let what = format!("nothing to do at {scripts} scripts, a script");
    table.at_most(what, time, 8.0, "us");
    table.note("  of the processors' time", format!("{processor:.2} us"));
    let with_tables = applied(programs, scripts, UPGRADE_AT_ONCE)?;
    let upgrade_with_tables = dapter(programs, with_tables.path(), UPGRADE);
    let (time_with_tables, _) = per_script(&upgrade_with_tables, scripts, runs)?;
    let what = format!("  with {scripts} tables in the database");
    table.note(what, format!("{time_with_tables:.2} us"));
    if scripts == 10_000 {
        match upgrade.peak_memory(&programs.this) {
            Ok(peak) => table.at_most("  peak memory", peak, 40.0, "MB"),
            Err(error) => table.note("  peak memory", format!("not measured: {error}")),
        }
    }
    Ok(time)
}

/// The time of a run and the processors' time, in microseconds a script.
fn per_script(program: &Program<'_>, scripts: usize, runs: usize) -> Result<(f64, f64)> {
    let mut times = Vec::new();
    let mut processor = Vec::new();
    for _ in 0..runs {
        let taken = program.run()?;
        times.push(taken.time.as_secs_f64() * 1e6 / scripts as f64);
        processor.push(taken.processor.as_secs_f64() * 1e6 / scripts as f64);
    }
    Ok((median(times), median(processor)))
}

fn dapter<'a>(programs: &'a Programs, folder: &'a Path, arguments: &'a [&'a str]) -> Program<'a> {
    Program {
        file: &programs.dapter,
        arguments,
        folder,
    }
}

/// A project all of whose scripts count as applied.
fn applied(programs: &Programs, scripts: usize, arguments: &[&str]) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    project::write(folder.path(), scripts)?;
    dapter(programs, folder.path(), arguments).run()?;
    Ok(folder)
}
