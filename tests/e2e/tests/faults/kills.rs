//! `kill -9` at any moment, and the same command again.

use super::contents::Contents;
use super::project::Project;
use dapter_e2e::{Dice, Moment, each, moments, say};
use std::time::{Duration, Instant};

/// What a command leads to, and how long it takes while others do the same.
struct Undisturbed {
    contents: Contents,
    duration: Duration,
    project: Project,
}

/// Runs a command in several projects at once, none of them disturbed.
fn undisturbed(project: impl Fn() -> Project + Sync, arguments: &[&str]) -> Undisturbed {
    let runs = each(&[(); 6], |()| {
        let project = project();
        let started = Instant::now();
        project.run(arguments).expect(0);
        (started.elapsed(), project)
    });
    let duration = runs
        .iter()
        .map(|(duration, _)| *duration)
        .min()
        .expect("some");
    let mut projects = runs.into_iter().map(|(_, project)| project);
    let project = projects.next().expect("some");
    let contents = Contents::of(&project);
    Contents::of(&projects.next().expect("some")).expect(&contents);
    Undisturbed {
        contents,
        duration,
        project,
    }
}

/// Kills the command at each moment and runs it again, which must end as if nothing had happened.
fn killed(
    test: &str,
    project: impl Fn() -> Project + Sync,
    arguments: &[&str],
    lines: usize,
    random: usize,
    expected: &Contents,
    within: Duration,
) {
    let mut dice = Dice::new(test);
    let started = Instant::now();
    let moments = moments(lines, random, within, &mut dice);
    let hit = each(&moments, |moment: Moment| {
        let project = project();
        let mut running = project.start(arguments);
        moment.wait(&mut running);
        running.kill();
        let first = running.end();
        project.run(arguments).expect(0);
        Contents::of(&project).expect(expected);
        first.code().is_none()
    });
    let kills = hit.iter().filter(|hit| **hit).count();
    let seconds = started.elapsed().as_secs_f64();
    say(&format!(
        "{test}: {kills} of {} processes killed before their end, in {seconds:.1} s",
        hit.len()
    ));
}

#[test]
fn an_upgrade_killed_at_any_moment_is_finished_by_the_same_command() {
    let undisturbed = undisturbed(Project::bookshop, &["upgrade"]);
    let Undisturbed {
        contents, duration, ..
    } = &undisturbed;
    killed(
        "upgrade",
        Project::bookshop,
        &["upgrade"],
        33,
        67,
        contents,
        *duration,
    );
}

#[test]
fn a_downgrade_killed_at_any_moment_is_finished_by_the_same_command() {
    let upgraded = undisturbed(Project::bookshop, &["upgrade"]).project;
    let project = || Project::bookshop().starting_from(&upgraded);
    let undisturbed = undisturbed(project, &["downgrade", "base"]);
    assert_eq!(
        undisturbed.contents.schema, [""; 0],
        "nothing but dapter's own is left"
    );
    let Undisturbed {
        contents, duration, ..
    } = &undisturbed;
    killed(
        "downgrade",
        project,
        &["downgrade", "base"],
        10,
        20,
        contents,
        *duration,
    );
}

#[test]
fn one_transaction_for_all_is_killed_as_a_whole() {
    let arguments = ["upgrade", "--transaction", "all"];
    let undisturbed = undisturbed(Project::bookshop, &arguments);
    let Undisturbed {
        contents, duration, ..
    } = &undisturbed;
    killed(
        "upgrade, all",
        Project::bookshop,
        &arguments,
        0,
        10,
        contents,
        *duration,
    );
}

#[test]
fn without_transactions_the_statements_that_are_done_are_not_done_again() {
    let arguments = ["upgrade", "--transaction", "none"];
    let undisturbed = undisturbed(Project::bookshop, &arguments);
    let Undisturbed {
        contents, duration, ..
    } = &undisturbed;
    killed(
        "upgrade, none",
        Project::bookshop,
        &arguments,
        0,
        10,
        contents,
        *duration,
    );
}
