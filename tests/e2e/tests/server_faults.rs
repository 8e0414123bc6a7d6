//! Faults on real servers: the program, the connection or the server dies, the disk is full, others are in the way, and
//! the same command run again must end as if nothing had happened. The faults that need no server are in `faults.rs`.

mod server_faults {
    pub(crate) mod access;
    pub(crate) mod backend;
    pub(crate) mod clocks;
    pub(crate) mod crashes;
    pub(crate) mod cuts;
    pub(crate) mod disks;
    pub(crate) mod edits;
    pub(crate) mod end;
    pub(crate) mod history;
    pub(crate) mod kills;
    pub(crate) mod locks;
    pub(crate) mod races;
    pub(crate) mod secrets;
    pub(crate) mod servers;
    pub(crate) mod site;
    pub(crate) mod stage;
    pub(crate) mod tally;
    pub(crate) mod waits;
}

use std::process::ExitCode;

use dapter_e2e::say;
use dapter_servers::{Missing, Product, Server};
use libtest_mimic::{Arguments, Trial};
use server_faults::backend::{BACKENDS, Backend};
use server_faults::{
    access, clocks, crashes, cuts, disks, edits, kills, locks, races, secrets, tally, waits,
};

/// A test, by its name and what it needs.
struct Test(
    &'static str,
    fn(Product) -> Result<(), Missing>,
    fn(&'static Backend),
);

/// Those that spend their time waiting come first: the others run meanwhile.
const TESTS: &[Test] = &[
    Test("silent_host_elsewhere", shared, locks::of_a_silent_host),
    Test(
        "server_killed",
        Server::check,
        crashes::while_an_upgrade_runs,
    ),
    Test(
        "disk_full",
        Server::check_small_disk,
        disks::full_in_the_middle,
    ),
    Test("kill_at_every_statement", shared, kills::at_every_statement),
    Test(
        "kill_at_every_statement_of_a_repeatable_script",
        shared,
        kills::at_every_statement_of_a_repeatable_script,
    ),
    Test(
        "kill_at_every_statement_with_hooks",
        shared,
        kills::at_every_statement_with_hooks,
    ),
    Test("kill_at_random_moments", shared, kills::at_random_moments),
    Test(
        "connection_cut_at_every_message",
        shared,
        cuts::at_every_message,
    ),
    Test(
        "connection_ended_by_the_server",
        shared,
        cuts::by_the_server,
    ),
    Test("twenty_hosts_from_empty", shared, races::from_empty),
    Test(
        "twenty_hosts_to_one_revision",
        shared,
        races::to_one_pending_revision,
    ),
    Test("lock_of_a_killed_host", shared, locks::of_a_killed_host),
    Test(
        "lock_row_of_a_killed_host",
        shared,
        locks::row_of_a_killed_host,
    ),
    Test(
        "clock_behind_the_history",
        shared,
        clocks::behind_the_history,
    ),
    Test("clock_stepping_back", clocks::check, clocks::between_runs),
    Test("script_edited_after_a_crash", shared, edits::after_a_crash),
    Test(
        "statement_in_flight_edited",
        shared,
        edits::of_the_statement_in_flight,
    ),
    Test(
        "server_works_for_the_dead",
        shared,
        edits::while_the_server_works,
    ),
    Test(
        "server_works_for_the_dead_under_a_lock_row",
        shared,
        edits::while_the_server_works_under_a_row,
    ),
    Test("read_only_user", shared, access::read_only_user),
    Test("wrong_password", shared, access::wrong_password),
    Test("missing_database", shared, access::missing_database),
    Test(
        "server_not_up_yet",
        Server::check,
        access::server_not_up_yet,
    ),
    Test("lock_timeout", shared, waits::lock_timeout),
    Test("statement_timeout", shared, waits::statement_timeout),
    Test("password_in_a_url", shared, secrets::in_a_url),
    Test(
        "password_elsewhere",
        shared,
        secrets::in_the_environment_or_a_file,
    ),
    Test(
        "password_and_a_killed_server",
        Server::check,
        secrets::when_the_server_is_killed,
    ),
    Test(
        "password_of_those_who_wait",
        shared,
        secrets::while_it_waits,
    ),
];

/// Those for `PostgreSQL` alone.
const POSTGRESQL: &[Test] = &[
    Test(
        "lock_row_behind_a_pooler",
        locks::check_pooler,
        locks::row_behind_a_pooler,
    ),
    Test(
        "waiter_beside_a_concurrent_index",
        shared,
        waits::concurrent_index,
    ),
];

fn shared(product: Product) -> Result<(), Missing> {
    Server::check_shared(product)
}

/// Tests wait for processes and servers more than they compute.
const AT_ONCE: usize = 4;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let mut trials: Vec<Trial> = Vec::new();
    for Test(name, check, test) in TESTS {
        for backend in &BACKENDS {
            trials.push(backend.trial(name, check(backend.product), *test));
        }
    }
    for Test(name, check, test) in POSTGRESQL {
        for backend in BACKENDS.iter().filter(|backend| backend.is_postgresql()) {
            trials.push(backend.trial(name, check(backend.product), *test));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if let Some(tables) = tally::tables() {
        say(&format!("\n{tables}"));
    }
    conclusion.exit_code()
}
