//! Tests on servers that the tests start themselves: the suite for adapters, and what is Firebird's own.

mod faults;
mod manners;
mod server;

use dapter_conformance::{Effect, Failing, Look, Refusal, Script, Subject, Trial, Writers};
use dapter_firebird::FirebirdAdapter;
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_plugin_api::{ConnectOptions, ErrorKind, Value};
use libtest_mimic::Arguments;
use server::Server;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let required = std::env::var_os("DAPTER_TEST_REQUIRE").is_some_and(|value| value == "1");
    let trials = match Server::start() {
        Ok(server) => trials(&Arc::new(server)),
        Err(missing) if required => vec![Trial::test("firebird", move || Err(missing.into()))],
        Err(_) => vec![Trial::test("firebird", || Ok(())).with_ignored_flag(true)],
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

const SCRIPT: &str = "-- groceries;
INSERT INTO items VALUES (3, 'semi;colon'); /* ; */

  CREATE TRIGGER renamed FOR items BEFORE UPDATE AS
DECLARE longer INT;
BEGIN
  IF (new.id > 100) THEN BEGIN new.name = q'{a;'b'}'; END
END;
SET TERM ^ ;
EXECUTE BLOCK AS BEGIN UPDATE items SET name = 'x' WHERE id = 3; END ^
SET TERM ; ^
DROP TRIGGER renamed;
DELETE FROM items WHERE id = 3;
";

fn subject(server: &Arc<Server>) -> Subject {
    let secret = "hunter2-Tr0ub4dor";
    let refused =
        |name: &str, url: String, kind| Refusal::new(name, ConnectOptions::new(url), kind);
    let (fresh, absent) = (Arc::clone(server), Arc::clone(server));
    let row = |id, name: &str| vec![Value::Integer(id), Value::Text(name.to_owned())];
    Subject {
        adapter: block_on(Adapter::linked_sync::<FirebirdAdapter>()).expect("the adapter is made"),
        fresh: Box::new(move || Ok(ConnectOptions::new(fresh.fresh()))),
        absent: Some(Box::new(move || Ok(ConnectOptions::new(absent.absent())))),
        refused: vec![
            refused(
                "wrong password",
                server.url_of(&format!("SYSDBA:{secret}"), "nothing"),
                ErrorKind::Authentication,
            )
            .with_secret(secret),
            refused(
                "no such database",
                server.absent(),
                ErrorKind::DatabaseMissing,
            ),
            refused(
                "nobody there",
                format!("firebird://SYSDBA:{secret}@127.0.0.1:1/x"),
                ErrorKind::Connect,
            )
            .with_secret(secret),
            refused(
                "no database",
                format!("firebird://SYSDBA:{secret}@127.0.0.1"),
                ErrorKind::Connect,
            )
            .with_secret(secret),
        ],
        prepare: vec![
            "CREATE TABLE items (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL)"
                .to_owned(),
            "INSERT INTO items VALUES (0, 'given')".to_owned(),
        ],
        put: Effect::new(
            "UPDATE items SET name = 'one' WHERE id = 0",
            1,
            "UPDATE items SET name = 'given' WHERE id = 0 AND name = 'one'",
        ),
        fail: Failing::new("SELECT nothing FROM items", ErrorKind::Statement)
            .with_code("335544578")
            .at(7),
        script: Script::new(
            SCRIPT,
            &[
                "INSERT INTO items VALUES (3, 'semi;colon')",
                "CREATE TRIGGER renamed FOR items BEFORE UPDATE AS\nDECLARE longer INT;\nBEGIN\n  \
                 IF (new.id > 100) THEN BEGIN new.name = q'{a;'b'}'; END\nEND",
                "EXECUTE BLOCK AS BEGIN UPDATE items SET name = 'x' WHERE id = 3; END",
                "DROP TRIGGER renamed",
                "DELETE FROM items WHERE id = 3",
            ],
        ),
        unsplittable: Some("INSERT INTO items VALUES (1, 'no end);\n".to_owned()),
        look: Some(Look {
            query: "SELECT id, name FROM items ORDER BY id".to_owned(),
            before: vec![row(0, "given")],
            after: vec![row(0, "one")],
        }),
        ddl: Some(Effect::new(
            "CREATE TABLE more (id INTEGER)",
            0,
            "DROP TABLE more",
        )),
        // Counts for about a minute.
        slow: Some(
            "EXECUTE BLOCK AS DECLARE n BIGINT = 0; BEGIN WHILE (n < 300000000) DO n = n + 1; END"
                .to_owned(),
        ),
        kill: Vec::new(),
        writers: Writers::Many,
    }
}
