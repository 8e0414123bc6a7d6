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
    "), @r#"
    $ dapter check --offline
    no finding

    $ dapter check
    migrations/versions/a1.sql:2: a1 is not applied [pending]
    1 finding
    [exit 3]

    $ dapter upgrade --quiet

    $ dapter check
    no finding

    $ dapter check --json
    {
      "against": null,
      "database": "sqlite:app.db",
      "findings": [],
      "target": "default"
    }
    "#);
}

#[test]
fn all_that_can_be_wrong_is_told_at_once() {
    let sandbox = Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", ""),
        ("b1->c1", "CREATE TABLE c (id INTEGER);", "DROP TABLE c;"),
        ("c1->c2", "CREATE TABLE c2 (id INTEGER);", "DROP TABLE c2;"),
    ]);
    assert_snapshot!(sandbox.transcript("dapter upgrade --quiet"), @"$ dapter upgrade --quiet");
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
    "), @r#"
    $ dapter check
    migrations/versions/d1.sql:2: there are 2 heads: c1, d1 [several-heads]
      help: `dapter merge` joins them, `dapter rebase` moves one that is not applied behind the other
    migrations/versions/b1.sql:2: revision b1 does not say how it is undone [missing-downgrade]
      help: fill in its downgrade section, or say why not: `-- dapter:irreversible "why"`
    the database has revision c2, which no script defines [unknown]
      help: restore its script (a newer checkout may have it), or stamp the database if it is gone for good
    migrations/versions/a1.sql:2: revision a1 was edited since it was applied at YYYY-MM-DDThh:mm:ss.mmmZ [edited]
    migrations/versions/b1.sql:2: revision b1 was edited since it was applied at YYYY-MM-DDThh:mm:ss.mmmZ [edited]
      help: undo the edit and write a new revision instead; or, if the database already is as the edited script says, record that with `dapter stamp current`
    migrations/versions/aa.sql:2: aa is not applied, and b1, which is, needs it [out-of-order]
      help: move it behind the head: `dapter rebase aa`; or apply it all the same: `dapter upgrade --out-of-order`; or, if the database already has what it does, record that: `dapter stamp` with the ids that `dapter current` prints
    migrations/versions/d1.sql:2: d1 is not applied [pending]
    migrations/versions/d1.sql:6: DROP TABLE b deletes its rows for good (SL401): a downgrade can make the table again and not its rows; running code that uses it fails from the commit on [lint]
      help: let no code use it any more, and keep a copy of the file; or copy the rows in the same script
    8 findings
    [exit 3]

    $ dapter check --offline --format github
    ::error file=migrations/versions/d1.sql,line=2,title=several-heads::there are 2 heads: c1, d1%0A`dapter merge` joins them, `dapter rebase` moves one that is not applied behind the other
    ::error file=migrations/versions/b1.sql,line=2,title=missing-downgrade::revision b1 does not say how it is undone%0Afill in its downgrade section, or say why not: `-- dapter:irreversible "why"`
    [exit 3]

    $ dapter check --ignore edited --ignore several-heads --ignore lint --quiet
    migrations/versions/b1.sql:2: revision b1 does not say how it is undone [missing-downgrade]
      help: fill in its downgrade section, or say why not: `-- dapter:irreversible "why"`
    the database has revision c2, which no script defines [unknown]
      help: restore its script (a newer checkout may have it), or stamp the database if it is gone for good
    migrations/versions/aa.sql:2: aa is not applied, and b1, which is, needs it [out-of-order]
      help: move it behind the head: `dapter rebase aa`; or apply it all the same: `dapter upgrade --out-of-order`; or, if the database already has what it does, record that: `dapter stamp` with the ids that `dapter current` prints
    migrations/versions/d1.sql:2: d1 is not applied [pending]
    [exit 3]

    $ dapter check --ignore nothing
    error: invalid value 'nothing' for '--ignore <CODE>': no finding has this code; there are script, several-heads, missing-downgrade, pending, edited, unknown, out-of-order, half-done, lint, drift

    For more information, try '--help'.
    [exit 2]
    "#);
}

#[test]
fn scripts_that_cannot_be_read_are_findings() {
    let sandbox = Sandbox::with_scripts(&[("a1", "SELECT 1;", ""), ("a1->b1", "SELECT 1;", "")]);
    sandbox.write(
        "migrations/versions/b2.sql",
        "-- Again\n-- dapter:revision b1\n-- dapter:upgrade\n-- dapter:downgrade\n",
    );
    sandbox.write("migrations/versions/x.sql", "SELECT 1;\n");
    assert_snapshot!(sandbox.transcript("dapter check"), @"
    $ dapter check
    migrations/versions/x.sql:1: this is no script: it has no directive [script]
      help: `dapter create` writes a script; what it needs is a header and sections
    migrations/versions/b1.sql:2: revision id `b1` is used 2 times (see also [project]/migrations/versions/b2.sql:2) [script]
      help: give all but one of them a new id, and correct what revises them
    2 findings
    [exit 3]
    ");
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
    "), @"
    $ dapter check --offline
    no finding

    $ dapter check --offline --against main
    migrations/versions/c1.sql:2: once main is merged there are 2 heads: b1 (in main), c1 (here) [several-heads]
      help: merge main, then move what is not applied yet behind its head: `dapter rebase`; or join them: `dapter merge`
    migrations/versions/c1.sql:6: DROP TABLE a deletes its rows for good (SL401): a downgrade can make the table again and not its rows; running code that uses it fails from the commit on [lint]
      help: let no code use it any more, and keep a copy of the file; or copy the rows in the same script
    2 findings
    [exit 3]

    $ dapter check --offline --against main --format github
    ::error file=migrations/versions/c1.sql,line=2,title=several-heads::once main is merged there are 2 heads: b1 (in main), c1 (here)%0Amerge main, then move what is not applied yet behind its head: `dapter rebase`; or join them: `dapter merge`
    ::error file=migrations/versions/c1.sql,line=6,title=lint::DROP TABLE a deletes its rows for good (SL401): a downgrade can make the table again and not its rows; running code that uses it fails from the commit on%0Alet no code use it any more, and keep a copy of the file; or copy the rows in the same script
    [exit 3]

    $ dapter check --offline --against elsewhere
    error: --against: git knows no commit `elsewhere`
      help: fetch it first, and give it as git does: origin/main, a tag, a commit
    [exit 2]

    $ dapter check --offline --against --exec=x
    error: unexpected argument '--exec' found

    Usage: dapter check --offline

    For more information, try '--help'.
    [exit 2]
    ");
    git(&sandbox, "add migrations");
    git(&sandbox, "commit -qm three");
    git(&sandbox, "merge -q --no-edit main");
    assert_snapshot!(sandbox.transcript("
        dapter rebase c1 --offline
        dapter check --offline --against main --ignore lint
    "), @"
    $ dapter rebase c1 --offline
    c1 revises b1 now: migrations/versions/c1.sql

    $ dapter check --offline --against main --ignore lint
    no finding
    ");
}
