//! 1,000 one-table migrations against the same statements sent through rusqlite.

use std::fs;
use std::path::Path;

use crate::process::{Program, median};
use crate::table::Table;
use crate::{Programs, Result, baseline, project};

const SCRIPTS: usize = 1000;

/// What may cost the most: the whole process against the baseline's.
const GOAL: f64 = 1.15;

pub(crate) fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    let folder = tempfile::tempdir()?;
    project::write(folder.path(), SCRIPTS)?;
    // Transactions of their own wait for the disk a thousand times, so fewer pairs must do.
    for (mode, pairs) in [("each", 5), ("all", 21)] {
        eprintln!("{SCRIPTS} migrations, --transaction {mode}: {pairs} pairs …");
        compare(programs, folder.path(), mode, pairs, table)?;
    }
    Ok(())
}

fn compare(
    programs: &Programs,
    folder: &Path,
    mode: &str,
    pairs: usize,
    table: &mut Table,
) -> Result<()> {
    let ours = Program {
        file: &programs.dapter,
        arguments: &["upgrade", "--url", "sqlite:ours.db", "--transaction", mode],
        folder,
    };
    let theirs = Program {
        file: &programs.this,
        arguments: &["baseline", mode, "theirs.db", &SCRIPTS.to_string()],
        folder,
    };
    let mut times = Vec::new();
    let mut processor = Vec::new();
    for _ in 0..pairs {
        start_afresh(folder)?;
        let (ours, theirs) = (ours.run()?, theirs.run()?);
        times.push(ours.time.div_duration_f64(theirs.time));
        processor.push(ours.processor.div_duration_f64(theirs.processor));
    }
    if baseline::left_behind(&folder.join("ours.db"))?
        != baseline::left_behind(&folder.join("theirs.db"))?
    {
        return Err("the baseline does not do what dapter does any more: mend tests/bench".into());
    }
    let what = format!("1,000 migrations, --transaction {mode}, against rusqlite");
    table.at_most(&what, median(times), GOAL, "x");
    table.note(
        "  of the processors' time",
        format!("{:.2} x", median(processor)),
    );
    start_afresh(folder)?;
    match (ours.count_fsyncs()?, theirs.count_fsyncs()?) {
        (Some(ours), Some(theirs)) => table.no_more("  calls of fsync and fdatasync", ours, theirs),
        _ => table.note("  calls of fsync and fdatasync", "not counted: no strace"),
    }
    Ok(())
}

/// Removes what the runs before have made.
fn start_afresh(folder: &Path) -> Result<()> {
    for file in ["ours.db", "theirs.db"] {
        let path = folder.join(file);
        if path.exists() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
