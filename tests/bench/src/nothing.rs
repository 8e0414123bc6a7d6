//! `dapter upgrade` where there is nothing to do.

use std::path::Path;

use tempfile::TempDir;

use crate::process::{Program, median};
use crate::table::Table;
use crate::{Programs, Result, project};

const UPGRADE: &[&str] = &["upgrade", "--url", "sqlite:app.db"];

pub(crate) fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    eprintln!("nothing to do …");
    few_scripts(programs, table)?;
    let small = many_scripts(programs, 1000, 41, table)?;
    let great = many_scripts(programs, 10_000, 15, table)?;
    let growth = great / small;
    table.at_most("  10,000 scripts against 1,000, a script", growth, 1.2, "x");
    Ok(())
}

fn few_scripts(programs: &Programs, table: &mut Table) -> Result<()> {
    let folder = upgraded(programs, 10)?;
    let ours = upgrade(programs, folder.path());
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
    let folder = upgraded(programs, scripts)?;
    let upgrade = upgrade(programs, folder.path());
    let mut times = Vec::new();
    let mut processor = Vec::new();
    for _ in 0..runs {
        let taken = upgrade.run()?;
        times.push(taken.time.as_secs_f64() * 1e6 / scripts as f64);
        processor.push(taken.processor.as_secs_f64() * 1e6 / scripts as f64);
    }
    let per_script = median(times);
    table.at_most(
        format!("nothing to do at {scripts} scripts, a script"),
        per_script,
        8.0,
        "us",
    );
    table.note(
        "  of the processor's time alone",
        format!("{:.2} us", median(processor)),
    );
    if scripts == 10_000 {
        match upgrade.peak_memory(&programs.this) {
            Ok(peak) => table.at_most("  peak memory", peak, 40.0, "MB"),
            Err(error) => table.note("  peak memory", format!("not measured: {error}")),
        }
    }
    Ok(per_script)
}

fn upgrade<'a>(programs: &'a Programs, folder: &'a Path) -> Program<'a> {
    Program {
        file: &programs.dapter,
        arguments: UPGRADE,
        folder,
    }
}

/// A project that is applied already.
fn upgraded(programs: &Programs, scripts: usize) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    project::write(folder.path(), scripts)?;
    let program = Program {
        file: &programs.dapter,
        arguments: &[
            "upgrade",
            "--url",
            "sqlite:app.db",
            "--transaction",
            "all",
            "--quiet",
        ],
        folder: folder.path(),
    };
    program.run()?;
    Ok(folder)
}
