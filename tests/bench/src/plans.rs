//! `dapter plan` of a graph with many merges, to which nothing is applied: everything is read, linked, split and printed.

use crate::process::{Program, median};
use crate::table::Table;
use crate::{Programs, Result, project};

const PLAN: &[&str] = &["plan", "--url", "sqlite:app.db"];

pub(crate) fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    eprintln!("plans …");
    let small = milliseconds(programs, 1000, 41, table)?;
    let great = milliseconds(programs, 10_000, 25, table)?;
    table.at_most("a plan of 10,000 revisions", great, 100.0, "ms");
    table.at_most("  against one of 1,000", great / small, 12.0, "x");
    Ok(())
}

fn milliseconds(
    programs: &Programs,
    revisions: usize,
    runs: usize,
    table: &mut Table,
) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    project::write_braided(folder.path(), revisions)?;
    let plan = Program {
        file: &programs.dapter,
        arguments: PLAN,
        folder: folder.path(),
    };
    let mut times = Vec::new();
    for _ in 0..runs {
        times.push(plan.run()?.time.as_secs_f64() * 1e3);
    }
    let least = times.iter().copied().fold(f64::INFINITY, f64::min);
    let merges = revisions / 5;
    let what = format!("a plan of {revisions} revisions, {merges} of them merges, at least");
    table.note(what, format!("{least:.1} ms"));
    Ok(median(times))
}
