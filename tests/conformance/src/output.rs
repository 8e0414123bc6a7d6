//! The standard output, which is no place for an adapter: what a host prints there is read by programs.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::outcome::Ended;

pub(crate) const PROMISES: &[&[Promise]] = &[promises!(Gate::All =>
    nothing_is_written_to_the_standard_output,
)];

/// How much of it is shown.
const SHOWN: usize = 300;

/// Neither by the cases that ran before, nor by the usual calls.
fn nothing_is_written_to_the_standard_output(bench: &Bench) -> Verdict {
    bench.printed()?;
    let database = bench.prepared()?;
    let mut client = database.connect()?;
    client.execute(bench.put())?;
    // How it fails, other cases say.
    let _ = client.execute(bench.fail());
    bench.split(&bench.script().text)?;
    client.read_history()?;
    drop(client);
    let printed = bench.printed()?;
    match printed.is_empty() {
        true => Ok(()),
        false => Err(Ended::differs(
            "what the adapter wrote to the standard output",
            printed.chars().take(SHOWN).collect(),
            "nothing".to_owned(),
        )),
    }
}
