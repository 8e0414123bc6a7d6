//! Ctrl-C and the polite way to end a process.

use super::contents::{Contents, history, lines};
use super::project::Project;
use dapter_e2e::Stream;
use dapter_e2e::{Dice, each, moments, say};
use std::time::Instant;

/// A statement that does not end by itself before anybody's patience does.
pub(super) const LONG: &str =
    "CREATE TABLE slow AS WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)
SELECT count(*) AS n FROM (SELECT n FROM c LIMIT 1000000000000);";

const SIGNALS: [&str; 2] = ["INT", "TERM"];

#[test]
fn a_statement_that_takes_long_is_interrupted() {
    for signal in SIGNALS {
        for (mode, revision) in [("each", "one"), ("none", "one"), ("all", "none")] {
            let project = Project::with(&[
                ("one", "CREATE TABLE a (x);"),
                ("two", LONG),
                ("three", "CREATE TABLE b (x);"),
            ]);
            let mut running = project.start(&["upgrade", "--transaction", mode]);
            // With one transaction for all, a step has run and nothing is applied yet.
            let verb = if mode == "all" { "ran" } else { "applied" };
            running.wait_for(Stream::Output, verb);
            running.signal(signal);
            let ended = running.end();
            let left = history(&mut project.session());
            if revision == "none" {
                let ended = ended.expect(1);
                assert!(
                    ended.errors.contains("the database is as it was before"),
                    "{ended:?}"
                );
                assert_eq!(left, [""; 0]);
            } else {
                let ended = ended.expect(4);
                assert!(
                    ended
                        .errors
                        .contains("the upgrade of revision two was interrupted"),
                    "{ended:?}"
                );
                assert!(
                    ended
                        .errors
                        .contains("revision one before it is done and stays"),
                    "{ended:?}"
                );
                assert_eq!(left.len(), 1);
            }
            project.script("two", Some("one"), "CREATE TABLE slow (n);");
            project
                .run(&["upgrade", "--transaction", mode, "--lock-wait", "0s"])
                .expect(0);
            let contents = Contents::of(&project);
            assert_eq!((contents.history.len(), contents.schema.len()), (3, 3));
        }
    }
}

#[test]
fn a_deployer_who_waits_for_the_lock_is_interrupted() {
    for signal in SIGNALS {
        let project = Project::with(&[("one", "CREATE TABLE a (x);")]);
        project.take_lock(super::project::living_holder("held"));
        let mut running = project.start(&["upgrade"]);
        running.wait_for(Stream::Errors, "waiting up to");
        running.signal(signal);
        running.end().expect(1);
        assert_eq!(history(&mut project.session()), [""; 0]);
    }
}

#[test]
fn an_upgrade_interrupted_at_any_moment_says_truly_what_it_did() {
    let alone = Project::bookshop();
    let started = Instant::now();
    alone.run(&["upgrade"]).expect(0);
    let within = started.elapsed();
    let expected = Contents::of(&alone);
    let mut dice = Dice::new("interrupt");
    let moments: Vec<_> = moments(12, 24, within, &mut dice)
        .into_iter()
        .zip(SIGNALS.into_iter().cycle())
        .collect();
    let codes = each(&moments, |(moment, signal)| {
        let project = Project::bookshop();
        let mut running = project.start(&["upgrade"]);
        moment.wait(&mut running);
        running.signal(signal);
        let ended = running.end();
        let done = ended
            .output
            .lines()
            .filter(|line| line.starts_with("applied "))
            .count();
        let mut session = project.session();
        let count = if lines(
            &mut session,
            "SELECT 1 FROM sqlite_schema WHERE name = 'dapter_revision'",
        )
        .is_empty()
        {
            0
        } else {
            assert_eq!(
                lines(&mut session, "SELECT * FROM dapter_lock"),
                [""; 0],
                "the lock is held: {ended:?}"
            );
            history(&mut session)
                .iter()
                .filter(|row| row.contains(" | applied | "))
                .count()
        };
        drop(session);
        match ended.code() {
            Some(0) => assert_eq!(count, 33, "{ended:?}"),
            Some(4) => assert!(count == done && count > 0, "{count}: {ended:?}"),
            // Before there is anything to clean up, the signal ends the process as it ends any other.
            Some(1) | None => assert!(count == 0 && done == 0, "{count}: {ended:?}"),
            Some(_) => panic!("{ended:?}"),
        }
        project.run(&["upgrade", "--lock-wait", "0s"]).expect(0);
        Contents::of(&project).expect(&expected);
        ended.code()
    });
    let with = |code| codes.iter().filter(|found| **found == code).count();
    let (unarmed, unchanged, partly, done) =
        (with(None), with(Some(1)), with(Some(4)), with(Some(0)));
    say(&format!(
        "interrupt: {unarmed} before the run, {unchanged} with nothing done, {partly} with part done, {done} done"
    ));
}
