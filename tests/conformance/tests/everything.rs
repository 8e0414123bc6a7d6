//! An adapter that declares every capability passes the suite: no case asks for what cannot be.

mod support;

use std::process::ExitCode;
use support::flawed::{Flawed, Flawless};

fn main() -> ExitCode {
    dapter_conformance::run(support::subject::<Flawed<Flawless>>("everything"))
}
