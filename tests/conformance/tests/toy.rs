//! The toy adapter passes the suite: a plugin as a third party writes it, here linked in, with the file that comes with it.

#[allow(
    dead_code,
    unreachable_pub,
    unsafe_code,
    clippy::needless_pass_by_value,
    reason = "it is a crate of its own with its own lints, and exports itself"
)]
#[path = "../../../host/templates/plugin/sync.rs"]
mod toy;

use dapter_conformance::{SubjectFile, suite_of};
use dapter_plugin_api::abi::{Adapter, block_on};
use libtest_mimic::Arguments;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let adapter = block_on(Adapter::linked_sync::<toy::ToyAdapter>()).expect("the adapter is made");
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../host/templates/plugin");
    let file = SubjectFile::read(&template.join(SubjectFile::NAME)).expect("it is right");
    let trials = suite_of(file, adapter, None).expect("all of it is known");
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
