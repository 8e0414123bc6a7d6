//! The adapters for PostgreSQL pass the suite linked into this program. Each plugin exports the same symbol, so a program
//! links one of them and loads the others.

#[path = "conformance/postgresql.rs"]
mod postgresql;
#[path = "conformance/trials.rs"]
#[allow(dead_code, reason = "shared with the conformance test")]
mod trials;

use std::process::ExitCode;

use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_postgres::{AsyncPostgresAdapter, PostgresAdapter};
use dapter_servers::Product;
use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let adapters = [
        block_on(Adapter::linked_async::<PostgresAdapter>()).expect("the adapter"),
        block_on(Adapter::linked_async::<AsyncPostgresAdapter>()).expect("the adapter"),
    ];
    let trials = adapters.into_iter().flat_map(|adapter| {
        trials::on_server(Product::Postgresql, "linked", postgresql::subject(adapter))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}
