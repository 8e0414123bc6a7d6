//! The adapters for MySQL and MariaDB pass the suite linked into this program. Each plugin exports the same symbol, so a
//! program links one of them and loads the others.

#[path = "conformance/mysql.rs"]
mod mysql;
#[path = "conformance/trials.rs"]
#[allow(dead_code, reason = "shared with the conformance test")]
mod trials;

use std::process::ExitCode;

use dapter_mysql::{MysqlAdapter, MysqlAsyncAdapter};
use dapter_plugin_api::abi::{Adapter, block_on};
use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let blocking = || block_on(Adapter::linked_async::<MysqlAdapter>()).expect("the adapter");
    let asynchronous =
        || block_on(Adapter::linked_async::<MysqlAsyncAdapter>()).expect("the adapter");
    let mut trials = mysql::trials("linked", blocking);
    trials.extend(mysql::trials("linked", asynchronous));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
