//! Locks of the dead, of the living, and of those of whom nothing is known.

use super::contents::history;
use super::project::{Project, living_holder};
use super::signals::LONG;
use dapter::api::LockRow;
use dapter_e2e::Stream;

const SMALL: &[(&str, &str)] = &[
    ("one", "CREATE TABLE a (x);"),
    ("two", "CREATE TABLE b (x);"),
];

#[test]
fn the_lock_of_a_killed_process_is_taken_over_at_once() {
    let project = Project::with(&[SMALL[0], ("two", LONG)]);
    let mut running = project.start(&["upgrade"]);
    running.wait_for(Stream::Output, "applied one");
    running.kill();
    drop(running.end());
    project.script("two", Some("one"), SMALL[1].1);
    let again = project.run(&["upgrade", "--lock-wait", "0s"]).expect(0);
    assert!(again.errors.contains("took over the lock of"), "{again:?}");
    assert!(again.errors.contains("which is gone"), "{again:?}");
    assert_eq!(history(&mut project.session()).len(), 2);
}

#[test]
fn the_lock_of_another_host_is_respected_until_it_is_taken_away() {
    let project = Project::with(SMALL);
    let foreign = LockRow {
        host: "elsewhere.example".to_owned(),
        pid: 4711,
        ..living_holder("foreign")
    };
    project.take_lock(foreign);
    for timeout in ["0s", "0", "100ms"] {
        let ended = project.run(&["upgrade", "--lock-wait", timeout]).expect(6);
        assert!(
            ended
                .errors
                .contains("process 4711 on elsewhere.example (the test)"),
            "{ended:?}"
        );
        assert!(ended.output.is_empty(), "{ended:?}");
    }
    assert_eq!(history(&mut project.session()), [""; 0]);
    project.run(&["unlock"]).expect(0);
    project.run(&["upgrade", "--lock-wait", "0s"]).expect(6);
    project.run(&["unlock", "--yes"]).expect(0);
    project.run(&["upgrade", "--lock-wait", "0s"]).expect(0);
}

#[test]
fn who_has_nothing_to_do_waits_for_nobody() {
    let project = Project::with(SMALL);
    project.run(&["upgrade"]).expect(0);
    project.take_lock(living_holder("held"));
    let ended = project.run(&["upgrade", "--lock-wait", "0s"]).expect(0);
    assert!(ended.output.contains("nothing to do"), "{ended:?}");
}
