//! The adapter at a real server, which the tests start themselves: the suite for adapters, and what is Redis's own.

mod faults;
mod manners;
mod server;

use dapter_conformance::{Effect, Failing, Look, Refusal, Script, Subject, Trial, Writers};
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_plugin_api::{ConnectOptions, ErrorKind, Value};
use dapter_redis::RedisAdapter;
use libtest_mimic::Arguments;
use server::Server;
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

fn subject(server: &Arc<Server>) -> Subject {
    let secret = "hunter2-Tr0ub4dor";
    let wrong = server.url_of(&format!("limited:{secret}"), 0);
    let refused =
        |name: &str, url: String, kind| Refusal::new(name, ConnectOptions::new(url), kind);
    let fresh = Arc::clone(server);
    Subject {
        adapter: block_on(Adapter::linked_sync::<RedisAdapter>()).expect("the adapter is made"),
        fresh: Box::new(move || Ok(ConnectOptions::new(fresh.fresh()))),
        absent: None,
        refused: vec![
            refused("wrong password", wrong, ErrorKind::Authentication).with_secret(secret),
            refused(
                "no such database",
                server.url(server::DATABASES),
                ErrorKind::DatabaseMissing,
            ),
            refused(
                "nobody there",
                format!("redis://:{secret}@127.0.0.1:1/0"),
                ErrorKind::Connect,
            )
            .with_secret(secret),
            refused(
                "not a number",
                format!("redis://:{secret}@127.0.0.1/zero"),
                ErrorKind::Connect,
            )
            .with_secret(secret),
        ],
        prepare: vec!["HSET items given 1".to_owned()],
        put: Effect::new("HSET items 日本 'two words'", 1, "HDEL items 日本"),
        fail: Failing::new("HSET items", ErrorKind::Statement).with_code("ERR"),
        script: Script::new(
            "# groceries\nSET apples 3\n  SET pears \"4 \\\"é\\\"\"\n\nSET note 'two\n# lines'\nDEL apples\n",
            &[
                "SET apples 3",
                "SET pears \"4 \\\"é\\\"\"",
                "SET note 'two\n# lines'",
                "DEL apples",
            ],
        ),
        unsplittable: Some("SET a 1\nSET b \"2\n".to_owned()),
        look: Some(Look {
            query: "HKEYS items".to_owned(),
            before: vec![vec![Value::Text("given".to_owned())]],
            after: ["given", "日本"]
                .map(|text| vec![Value::Text(text.to_owned())])
                .to_vec(),
        }),
        ddl: None,
        slow: None,
        kill: Vec::new(),
        writers: Writers::Many,
    }
}
