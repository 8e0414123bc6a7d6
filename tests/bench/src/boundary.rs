//! One call of a loaded plugin, in this process and in one of its own, the documents of question and answer included.

use std::hint::black_box;
use std::time::Instant;

use dapter::api::ConnectOptions;
use dapter::api::abi::{Adapter, block_on};
use dapter::plugin::{Catalog, Places};

use crate::process::median;
use crate::table::Table;
use crate::{Programs, Result};

const ROUNDS: usize = 101;
const CALLS: u32 = 1_000;

pub(crate) fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    eprintln!("calls of a plugin …");
    let catalog = Catalog::scan(&Places::standard(&programs.dapter, None));
    let choice = catalog.choose("sqlite")?;
    let here = call(&choice.open()?)?;
    table.at_most("a call of a plugin that has nothing to do", here, 1.0, "us");
    #[cfg(unix)]
    {
        use dapter::plugin::{ChildProgram, Limits};

        let program = ChildProgram {
            program: programs.dapter.clone(),
            arguments: vec!["plugin-process".into()],
        };
        let mut starts = Vec::new();
        for _ in 0..ROUNDS {
            let started = Instant::now();
            choice.open_isolated(program.clone(), Limits::default())?;
            starts.push(started.elapsed().as_secs_f64() * 1e3);
        }
        let adapter = choice.open_isolated(program, Limits::default())?;
        table.note(
            "a plugin's own process, started, loaded and ended",
            format!("{:.1} ms", median(starts)),
        );
        let alone = format!("{:.0} us", call(&adapter)?);
        table.note("the same call of a plugin in a process of its own", alone);
    }
    Ok(())
}

/// How long a call takes that has nothing to do, in microseconds.
fn call(adapter: &Adapter) -> Result<f64> {
    let options = ConnectOptions::new("sqlite::memory:");
    let mut session = block_on(adapter.connect(&options))?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        block_on(async {
            for _ in 0..CALLS {
                // No transaction is open, so the plugin looks at one bit and answers.
                black_box(session.rollback().await)?;
            }
            Ok::<_, dapter::api::AdapterError>(())
        })?;
        rounds.push(started.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS));
    }
    Ok(median(rounds))
}
