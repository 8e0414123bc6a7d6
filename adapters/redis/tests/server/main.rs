//! The adapter at a real server, which the tests start themselves: the suite for adapters, and what is Redis's own.

mod faults;
mod manners;
mod server;

use dapter_conformance::{Databases, Subject, SubjectFile, Trial};
use dapter_plugin_api::ConnectOptions;
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_redis::RedisAdapter;
use libtest_mimic::Arguments;
use server::Server;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let required = std::env::var_os("DAPTER_TEST_REQUIRE").is_some_and(|value| value == "1");
    let trials = match Server::start(&[]) {
        Ok(server) => trials(&Arc::new(server)),
        Err(missing) if required => vec![Trial::test("redis-server", move || Err(missing.into()))],
        Err(_) => vec![Trial::test("redis-server", || Ok(())).with_ignored_flag(true)],
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials(server: &Arc<Server>) -> Vec<Trial> {
    let mut trials = dapter_conformance::suite(subject(server));
    for (name, test) in manners::TESTS.iter().chain(faults::TESTS) {
        let server = Arc::clone(server);
        trials.push(Trial::test(*name, move || {
            test(&server);
            Ok(())
        }));
    }
    trials
}

/// What `dapter plugin test` is told, but for which databases there are.
fn subject(server: &Arc<Server>) -> Subject {
    let adapter = block_on(Adapter::linked_sync::<RedisAdapter>()).expect("the adapter is made");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(SubjectFile::NAME);
    let file = SubjectFile::read(&file).expect("it is right");
    let databases = Databases::new(adapter, &file, Some(&server.url(0)));
    let subject = databases.and_then(|databases| file.into_subject(&databases));
    let fresh = Arc::clone(server);
    Subject {
        fresh: Box::new(move || Ok(ConnectOptions::new(fresh.fresh()))),
        absent: None,
        ..subject.expect("all of it is known")
    }
}
