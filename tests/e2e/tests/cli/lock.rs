//! A database that somebody else is at work on.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

/// The rest of a script that gives the lock to a host that nobody here can look at.
const THEIRS: &str = "\
-- dapter:transaction none

-- dapter:upgrade
UPDATE dapter_lock SET token = 'theirs', host = 'deploy-7', machine = 'another', pid = 4711, locked_by = 'carol',
    locked_since = '2025-05-16T10:30:00Z';
CREATE TABLE a (id INTEGER);
";

/// A project whose lock is theirs.
fn locked() -> Sandbox {
    let sandbox = Sandbox::with_scripts(&[("a1", "", "")]);
    sandbox.edit("migrations/versions/a1.sql", "-- dapter:upgrade\n", THEIRS);
    let stopped = sandbox.dapter("dapter upgrade");
    assert_eq!(stopped.status.code(), Some(4));
    sandbox
}

#[test]
fn a_lock_that_was_lost_is_noticed_at_the_next_statement() {
    let sandbox = Sandbox::with_scripts(&[("a1", "", "")]);
    sandbox.edit("migrations/versions/a1.sql", "-- dapter:upgrade\n", THEIRS);
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    error: the upgrade of revision a1 failed at statement 2 of 2
     --> migrations/versions/a1.sql:9:1
      |
    9 | CREATE TABLE a (id INTEGER);
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^ the lock is held by process 4711 on deploy-7 since YYYY-MM-DDThh:mm:ssZ
      |
      = note: and the history could not be told: the lock is held by process 4711 on deploy-7 since YYYY-MM-DDThh:mm:ssZ
      = note: 1 of 2 statements of this step is done and stays
      = help: mend the cause, and run `dapter upgrade` again: it goes on at that statement
    [exit 4]
    "#);
}

#[test]
fn who_holds_the_lock_and_taking_it_away() {
    let sandbox = locked();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --lock-wait 0s
        dapter stamp base --lock-wait 0s
        dapter unlock
        dapter --json unlock
        dapter unlock --yes --dry-run
        dapter unlock --yes
        dapter unlock
    "), @r#"
    $ dapter upgrade --lock-wait 0s
    error: the database is locked by process 4711 on deploy-7 (carol) since YYYY-MM-DDThh:mm:ssZ; gave up after [time]
      help: wait for it to finish, or give it more time with --lock-wait; if that process is gone for certain, `dapter unlock` gives its lock back
    [exit 6]

    $ dapter stamp base --lock-wait 0s
    error: the database is locked by process 4711 on deploy-7 (carol) since YYYY-MM-DDThh:mm:ssZ; gave up after [time]
      help: wait for it to finish, or give it more time with --lock-wait; if that process is gone for certain, `dapter unlock` gives its lock back
    [exit 6]

    $ dapter unlock
    the lock is held by carol, process 4711 on deploy-7 (since YYYY-MM-DDThh:mm:ssZ)
    if that process is gone for certain: dapter unlock --yes

    $ dapter --json unlock
    {
      "holder": {
        "host": "deploy-7",
        "pid": 4711,
        "since": "YYYY-MM-DDThh:mm:ssZ",
        "user": "carol"
      },
      "unlocked": false
    }

    $ dapter unlock --yes --dry-run
    the lock is held by carol, process 4711 on deploy-7 (since YYYY-MM-DDThh:mm:ssZ)
    if that process is gone for certain: dapter unlock --yes

    $ dapter unlock --yes
    took the lock away from carol, process 4711 on deploy-7 (since YYYY-MM-DDThh:mm:ssZ)

    $ dapter unlock
    nobody holds the lock
    "#);
}

#[test]
fn looking_needs_no_lock() {
    let sandbox = locked();
    assert_snapshot!(sandbox.transcript("
        dapter current
        dapter history
        dapter upgrade --dry-run
    "), @r#"
    $ dapter current
    a1  YYYY-MM-DDThh:mmZ  Make a1 (head, upgrading: 1 of 2 statements done)

    $ dapter history
    half done  a1  YYYY-MM-DDThh:mmZ  Make a1 (head)

    $ dapter upgrade --dry-run
    + a1 Make a1 (no transaction, statement by statement)
        -- 1 of 2 statements are done already
        CREATE TABLE a (id INTEGER)

    1 revision would be applied to sqlite:app.db
    "#);
}
