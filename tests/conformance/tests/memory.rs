//! The memory adapter, the executable specification, passes the suite.

mod support;

use dapter_plugin_api::memory::MemoryAdapter;
use std::process::ExitCode;

fn main() -> ExitCode {
    dapter_conformance::run(support::subject::<MemoryAdapter>("memory"))
}
