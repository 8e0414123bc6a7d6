//! The suite as a test target with `harness = false`.

use crate::case::Turn;
use crate::subject::Subject;
use crate::suite::cases;
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

/// The cases as trials named `conformance::<adapter>::<area>::<behaviour>`, to be run alone or among others. Left out are
/// those that look at the whole process, which `dapter plugin test` runs.
pub fn suite(subject: Subject) -> Vec<Trial> {
    let cases = cases(subject).into_iter();
    let together = cases.filter(|case| case.turn() == Turn::Together);
    together
        .map(|case| Trial::test(case.name(), move || Ok(case.demand()?)))
        .collect()
}

/// Runs the suite as the `main` of a test target with `harness = false`; understands the arguments of `cargo test` and
/// nextest.
pub fn run(subject: Subject) -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), suite(subject)).exit_code()
}
