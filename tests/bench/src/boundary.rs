//! One call of a loaded plugin, the documents of question and answer included.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use dapter::api::ConnectOptions;
use dapter::api::abi::{Session, block_on};
use dapter::plugin::{Catalog, Places};

use crate::process::median;
use crate::table::Table;
use crate::{Programs, Result};

const ROUNDS: usize = 101;
const CALLS: u32 = 10_000;

pub(crate) fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    eprintln!("calls of a plugin …");
    let mut session = connect(&programs.dapter)?;
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
    table.at_most(
        "a call of a plugin that has nothing to do",
        median(rounds),
        1.0,
        "us",
    );
    Ok(())
}

/// A session of the SQLite plugin that lies beside the program, loaded from its file.
fn connect(program: &Path) -> Result<Session> {
    let catalog = Catalog::scan(&Places::standard(program, None));
    let adapter = catalog.open("sqlite")?;
    let options = ConnectOptions::new("sqlite::memory:");
    Ok(block_on(adapter.connect(&options))?)
}
