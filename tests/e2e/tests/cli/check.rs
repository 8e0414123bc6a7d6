//! `dapter check`: what is wrong before anything runs.

use std::process::Command;

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

fn git(sandbox: &Sandbox, line: &str) {
    let mut git = Command::new("git");
    git.arg("-C").arg(sandbox.path("."));
    git.args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
    git.args(["-c", "init.defaultBranch=main"]);
    let output = git.args(line.split(' ')).output().expect("git runs");
    assert!(output.status.success(), "git {line}: {output:?}");
}

#[test]
fn everything_is_right() {
    let sandbox = Sandbox::with_scripts(&[("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;")]);
    assert_snapshot!(sandbox.transcript("
        dapter check --offline
        dapter check
        dapter upgrade --quiet
        dapter check
        dapter check --json
    "), @"");
}

#[test]
fn all_that_can_be_wrong_is_told_at_once() {
    let sandbox = Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", ""),
        ("b1->c1", "CREATE TABLE c (id INTEGER);", "DROP TABLE c;"),
        ("c1->c2", "CREATE TABLE c2 (id INTEGER);", "DROP TABLE c2;"),
    ]);
    assert_snapshot!(sandbox.transcript("dapter upgrade --quiet"), @"");
    sandbox.edit("migrations/versions/a1.sql", "(id INTEGER)", "(id TEXT)");
    sandbox.script("a1->aa", "CREATE TABLE aa (id INTEGER);", "DROP TABLE aa;");
    sandbox.edit("migrations/versions/b1.sql", "revises  a1", "revises  aa");
    sandbox.remove("migrations/versions/c2.sql");
    sandbox.script("b1->d1", "DROP TABLE b;", "CREATE TABLE b (id INTEGER);");
    assert_snapshot!(sandbox.transcript("
        dapter check
        dapter check --offline --format github
        dapter check --ignore edited --ignore several-heads --ignore lint --quiet
        dapter check --ignore nothing
    "), @"");
}

#[test]
fn scripts_that_cannot_be_read_are_findings() {
    let sandbox = Sandbox::with_scripts(&[("a1", "SELECT 1;", ""), ("a1->b1", "SELECT 1;", "")]);
    sandbox.write(
        "migrations/versions/b2.sql",
        "-- Again\n-- dapter:revision b1\n-- dapter:upgrade\n-- dapter:downgrade\n",
    );
    sandbox.write("migrations/versions/x.sql", "SELECT 1;\n");
    assert_snapshot!(sandbox.transcript("dapter check"), @"");
}

#[test]
fn two_heads_are_found_before_the_branches_are_merged() {
    let sandbox = Sandbox::with_scripts(&[("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;")]);
    git(&sandbox, "init -q");
    git(&sandbox, "add migrations");
    git(&sandbox, "commit -qm one");
    sandbox.script("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;");
    git(&sandbox, "add migrations");
    git(&sandbox, "commit -qm two");
    git(&sandbox, "switch -qc topic HEAD~1");
    sandbox.script("a1->c1", "DROP TABLE a;", "CREATE TABLE a (id INTEGER);");
    assert_snapshot!(sandbox.transcript("
        dapter check --offline
        dapter check --offline --against main
        dapter check --offline --against main --format github
        dapter check --offline --against elsewhere
        dapter check --offline --against --exec=x
    "), @"");
    git(&sandbox, "add migrations");
    git(&sandbox, "commit -qm three");
    git(&sandbox, "merge -q --no-edit main");
    assert_snapshot!(sandbox.transcript("
        dapter rebase c1 --offline
        dapter check --offline --against main --ignore lint
    "), @"");
}
