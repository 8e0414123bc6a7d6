//! The command line of dapter.

mod cli;

use std::process::ExitCode;

/// Of many thousand scripts each is a dozen small values, made by one thread and given back by another: the system's
/// allocator takes a tenth of such a command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run(std::env::args_os()).into()
}
