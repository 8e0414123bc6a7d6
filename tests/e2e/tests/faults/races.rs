//! Several deployers at once: one does all, the others wait and find nothing to do.

use super::contents::Contents;
use super::project::{Project, living_holder};
use dapter_e2e::{Ended, Running, Stream};

/// Requires that one did all and the others nothing.
#[track_caller]
fn expect_one_worker(ended: Vec<Ended>) {
    let count = ended.len();
    let ended: Vec<Ended> = ended.into_iter().map(|ended| ended.expect(0)).collect();
    let with = |text: &str| {
        ended
            .iter()
            .filter(|ended| ended.output.contains(text))
            .count()
    };
    assert_eq!(with("33 revisions applied"), 1, "{ended:#?}");
    assert_eq!(with("nothing to do"), count - 1, "{ended:#?}");
}

fn start(project: &Project, count: usize) -> Vec<Running> {
    (0..count).map(|_| project.start(&["upgrade"])).collect()
}

#[test]
fn deployers_who_race_from_an_empty_database_upgrade_it_once() {
    let alone = Project::bookshop();
    alone.run(&["upgrade"]).expect(0);
    let expected = Contents::of(&alone);
    for count in [2, 8] {
        let project = Project::bookshop();
        let racing = start(&project, count);
        expect_one_worker(racing.into_iter().map(Running::end).collect());
        Contents::of(&project).expect(&expected);
    }
}

#[test]
fn deployers_who_wait_for_the_same_holder_upgrade_once_when_he_is_done() {
    for count in [2, 8] {
        let project = Project::bookshop();
        project.take_lock(living_holder("held"));
        let mut racing = start(&project, count);
        for running in &mut racing {
            running.wait_for(Stream::Errors, "for the test, process");
        }
        project.give_lock_back("held");
        expect_one_worker(racing.into_iter().map(Running::end).collect());
    }
}
