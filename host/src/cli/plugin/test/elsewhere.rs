//! The adapter in another process than the one that is tested, to be killed when it pleases.

use std::sync::Arc;

use dapter::api::abi::{Adapter, block_on};
use dapter::plugin::{Choice, Isolated};
use dapter_conformance::{Elsewhere, StartElsewhere};

use super::super::super::isolation::child_program;
use super::super::super::output::Failure;
use super::super::super::session::Session;

/// What starts a process with the adapter at each call.
pub(super) fn start(choice: &Choice<'_>, session: &Session<'_>) -> Result<StartElsewhere, Failure> {
    let (program, limits) = (child_program()?, session.limits());
    let (file, expected) = (choice.file.path.clone(), choice.file.expected.clone());
    let info = choice.adapter.clone();
    Ok(Box::new(move || {
        let started = Isolated::start(file.clone(), expected.clone(), program.clone(), limits);
        let process = started.map_err(|error| error.to_string())?;
        let adapter = block_on(Adapter::of(Arc::new(process.clone()), info.clone()));
        Ok(Elsewhere {
            adapter: adapter.map_err(|error| error.to_string())?,
            kill: Box::new(move || process.kill()),
        })
    }))
}
