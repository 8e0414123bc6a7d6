//! Faults on real servers: the program, the connection or the server dies, the disk is full, others are in the way, and
//! the same command run again must end as if nothing had happened. The faults that need no server are in `faults.rs`.

mod server_faults {
    pub(crate) mod backend;
    pub(crate) mod cuts;
    pub(crate) mod end;
    pub(crate) mod history;
    pub(crate) mod kills;
    pub(crate) mod servers;
    pub(crate) mod site;
    pub(crate) mod stage;
    pub(crate) mod tally;
}

use std::process::ExitCode;

use dapter_e2e::say;
use dapter_servers::{Missing, Product, Server};
use libtest_mimic::{Arguments, Trial};
use server_faults::backend::{BACKENDS, Backend};
use server_faults::{cuts, kills, tally};

type Check = fn(Product) -> Result<(), Missing>;

/// The name of each test, what it needs, and the test.
const TESTS: &[(&str, Check, fn(&'static Backend))] = &[
    ("kill_at_every_statement", Server::check_shared, kills::at_every_statement),
    ("kill_at_random_moments", Server::check_shared, kills::at_random_moments),
    ("connection_cut_at_every_message", Server::check_shared, cuts::at_every_message),
    ("connection_ended_by_the_server", Server::check_shared, cuts::by_the_server),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = Vec::new();
    for (name, check, test) in TESTS {
        for backend in &BACKENDS {
            trials.push(backend.trial(name, check(backend.product), *test));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if let Some(tables) = tally::tables() {
        say(&format!("\n{tables}"));
    }
    conclusion.exit_code()
}
