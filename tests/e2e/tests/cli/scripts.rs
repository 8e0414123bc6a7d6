//! Errors in scripts: all of them at once, each with its file and line.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

#[test]
fn every_error_of_every_script_is_reported() {
    let sandbox = Sandbox::project();
    for (file, text) in [
        (
            "a.sql",
            "-- A\n-- dapter:revision a1\n-- dapter:revison b1\n-- dapter:upgrade\n",
        ),
        (
            "b.sql",
            "-- B\n-- dapter:revises\nSELECT 1;\n-- dapter:upgrade\n-- dapter:statement\n-- dapter:downgrade\n",
        ),
        (
            "c.sql",
            "-- C\n-- dapter:revision c 1\n-- dapter:transaction maybe\n-- dapter:upgrade\n-- dapter:upgrade\n-- dapter:end\n-- dapter:downgrade\n",
        ),
        ("d.sql", "SELECT 'no directive at all';\n"),
    ] {
        sandbox.write(&format!("migrations/versions/{file}"), text);
    }
    sandbox.write("migrations/versions/e.sql", b"-- \xff\n");
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    error: unknown directive `dapter:revison`
     --> migrations/versions/a.sql:3:1
      |
    3 | -- dapter:revison b1
      | ^^^^^^^^^^^^^^^^^^^^
      |
      = help: did you mean `dapter:revision`?

    error: there is no section `dapter:downgrade`
     --> migrations/versions/a.sql:4:1
      |
    4 | -- dapter:upgrade
      | ^^^^^^^^^^^^^^^^^
      |
      = help: add one, or a line `dapter:irreversible "why"` to the header if there is no way back

    error: the header has no `dapter:revision`
     --> migrations/versions/b.sql:1:1
      |
    1 | -- B
      | ^^^^
      |
      = help: add a line `-- dapter:revision ae1027a6acf0`

    error: `dapter:revises` is without a value
     --> migrations/versions/b.sql:2:1
      |
    2 | -- dapter:revises
      | ^^^^^^^^^^^^^^^^^
      |
      = help: write `dapter:revises 1a2b3c4d5e6f`

    error: only comments may stand before the first section
     --> migrations/versions/b.sql:3:1
      |
    3 | SELECT 1;
      | ^^^^^^^^^
      |
      = help: put `-- dapter:upgrade` above the statements that upgrade

    error: `dapter:statement` without `dapter:end`
     --> migrations/versions/b.sql:5:1
      |
    5 | -- dapter:statement
      | ^^^^^^^^^^^^^^^^^^^
      |
      = help: put `-- dapter:end` below the last line of the statement

    error: `c 1` holds the character ' ', which is not allowed
     --> migrations/versions/c.sql:2:1
      |
    2 | -- dapter:revision c 1
      | ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: use letters, digits and underscores; blanks and @ - + : , have a meaning of their own

    error: `dapter:transaction` cannot be `maybe`
     --> migrations/versions/c.sql:3:1
      |
    3 | -- dapter:transaction maybe
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: its only value is `none`; leave the line out for the usual way

    error: `dapter:upgrade` is repeated; the first is on line 4
     --> migrations/versions/c.sql:5:1
      |
    5 | -- dapter:upgrade
      | ^^^^^^^^^^^^^^^^^

    error: `dapter:end` without `dapter:statement`
     --> migrations/versions/c.sql:6:1
      |
    6 | -- dapter:end
      | ^^^^^^^^^^^^^
      |
      = help: put `-- dapter:statement` above the statement that ends here

    error: this is no script: it has no directive
     --> migrations/versions/d.sql:1:1
      |
    1 | SELECT 'no directive at all';
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: `dapter create` writes a script; what it needs is a header and sections

    error: not UTF-8 at byte 3
     --> migrations/versions/e.sql:1:1
      |
    1 | -- �
      | ^^^^
      |
      = help: save the file in the encoding UTF-8

    error: 12 errors; nothing was done
    [exit 1]
    "#);
}

#[test]
fn every_error_of_the_graph_is_reported() {
    let sandbox = Sandbox::with_scripts(&[
        ("a1", "", ""),
        ("a2->b1", "", ""),
        ("d1->c1", "", ""),
        ("c1->d1", "", ""),
        ("e1->e1", "", ""),
        ("a1, a1->f1", "", ""),
    ]);
    sandbox.write(
        "migrations/versions/again.sql",
        "-- Again\n-- dapter:revision a1\n-- dapter:depends-on zz\n-- dapter:upgrade\n-- dapter:downgrade\n",
    );
    assert_snapshot!(sandbox.transcript("dapter heads"), @r#"
    $ dapter heads
    error: revision id `a1` is used 2 times (see also migrations/versions/again.sql:2)
     --> migrations/versions/a1.sql:2:1
      |
    2 | -- dapter:revision a1
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: give all but one of them a new id, and correct what revises them

    error: revision `a1` depends on `zz`, which is neither a revision nor a branch label
     --> migrations/versions/again.sql:3:1
      |
    3 | -- dapter:depends-on zz
      | ^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name an existing revision or branch label

    error: revision `b1` revises `a2`, which does not exist
     --> migrations/versions/b1.sql:3:1
      |
    3 | -- dapter:revises  a2
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: did you mean `a1`?

    error: revisions form a cycle: `c1` needs `d1` needs `c1` (see also migrations/versions/d1.sql:3)
     --> migrations/versions/c1.sql:3:1
      |
    3 | -- dapter:revises  d1
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: remove one of these references, so that a first revision remains

    error: revision `e1` revises itself
     --> migrations/versions/e1.sql:3:1
      |
    3 | -- dapter:revises  e1
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name the revision that comes before it

    error: revision `f1` revises `a1` more than once
     --> migrations/versions/f1.sql:3:1
      |
    3 | -- dapter:revises  a1, a1
      | ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name it once

    error: 6 errors; nothing was done
    [exit 1]
    "#);
    assert_snapshot!(sandbox.transcript("cd migrations/versions: dapter heads --quiet"), @r#"
    $ cd migrations/versions: dapter heads --quiet
    error: revision id `a1` is used 2 times (see also again.sql:2)
     --> a1.sql:2:1
      |
    2 | -- dapter:revision a1
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: give all but one of them a new id, and correct what revises them

    error: revision `a1` depends on `zz`, which is neither a revision nor a branch label
     --> again.sql:3:1
      |
    3 | -- dapter:depends-on zz
      | ^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name an existing revision or branch label

    error: revision `b1` revises `a2`, which does not exist
     --> b1.sql:3:1
      |
    3 | -- dapter:revises  a2
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: did you mean `a1`?

    error: revisions form a cycle: `c1` needs `d1` needs `c1` (see also d1.sql:3)
     --> c1.sql:3:1
      |
    3 | -- dapter:revises  d1
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: remove one of these references, so that a first revision remains

    error: revision `e1` revises itself
     --> e1.sql:3:1
      |
    3 | -- dapter:revises  e1
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name the revision that comes before it

    error: revision `f1` revises `a1` more than once
     --> f1.sql:3:1
      |
    3 | -- dapter:revises  a1, a1
      | ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name it once

    error: 6 errors; nothing was done
    [exit 1]
    "#);
}

#[test]
fn one_error_needs_no_count() {
    let sandbox = Sandbox::with_scripts(&[("a1->b1", "", "")]);
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    error: revision `b1` revises `a1`, which does not exist
     --> migrations/versions/b1.sql:3:1
      |
    3 | -- dapter:revises  a1
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: did you mean `b1`?
    [exit 1]
    "#);
}
