//! The suite as a test target with `harness = false`.

use crate::case::Turn;
use crate::subject::Subject;
use crate::suite::cases;
#[cfg(feature = "file")]
use crate::{Case, Databases, FileError, SubjectFile};
#[cfg(feature = "file")]
use dapter_plugin_api::abi::Adapter;
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;
#[cfg(feature = "file")]
use std::sync::Arc;

/// The cases as trials named `conformance::<adapter>::<area>::<behaviour>`, to be run alone or among others. Left out are
/// those that look at the whole process, which `dapter plugin test` runs.
pub fn suite(subject: Subject) -> Vec<Trial> {
    let cases = cases(subject).into_iter();
    let together = cases.filter(|case| case.turn() == Turn::Together);
    together
        .map(|case| Trial::test(case.name(), move || Ok(case.demand()?)))
        .collect()
}

/// As [`suite`], with what a file says of the adapter, on databases that are made at a URL: each is removed behind its case.
///
/// # Errors
/// What the file says and cannot be filled in.
#[cfg(feature = "file")]
pub fn suite_of(
    file: SubjectFile,
    adapter: Adapter,
    url: Option<&str>,
) -> Result<Vec<Trial>, FileError> {
    let databases = Databases::new(adapter, &file, url)?;
    let cases = cases(file.into_subject(&databases)?).into_iter();
    let together = cases.filter(|case| case.turn() == Turn::Together);
    let trial = |case: Case| {
        let databases = Arc::clone(&databases);
        Trial::test(case.name(), move || {
            let demanded = case.demand();
            databases.remove_mine();
            Ok(demanded?)
        })
    };
    Ok(together.map(trial).collect())
}

/// Runs the suite as the `main` of a test target with `harness = false`; understands the arguments of `cargo test` and
/// nextest.
pub fn run(subject: Subject) -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), suite(subject)).exit_code()
}
