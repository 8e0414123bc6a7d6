//! The graph: branches, merges, labels, and what moves in it.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

/// A trunk with a branch of its own label, which another revision depends on.
fn branched() -> Sandbox {
    Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;"),
        (
            "a1->c1@crm",
            "CREATE TABLE c (id INTEGER);",
            "DROP TABLE c;",
        ),
        ("c1->c2", "CREATE TABLE c2 (id INTEGER);", "DROP TABLE c2;"),
        ("b1->d1", "CREATE TABLE d (id INTEGER);", "DROP TABLE d;"),
    ])
}

#[test]
fn branches_are_drawn_merged_and_drawn_again() {
    let sandbox = branched();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade crm@head --quiet
        dapter heads
        dapter branches
        dapter history --graph
        dapter merge --dry-run --rev-id m1
        dapter merge c2 --rev-id m1
        dapter merge --rev-id m1 --branch-label main
        dapter history --graph
        dapter upgrade --quiet
        dapter history --graph --offline
        dapter merge
    "), @r"
    $ dapter upgrade crm@head --quiet

    $ dapter heads
    c2  Make c2
    d1  Make d1
    2 heads: `dapter merge` joins them

    $ dapter branches
    a1          Make a1 (branch point of b1, c1)
    branch crm  from c1 to c2

    $ dapter history --graph
    *    c2  applied  YYYY-MM-DDThh:mmZ  Make c2 (head, current)
    *    c1  applied  YYYY-MM-DDThh:mmZ  Make c1 (branch crm)
    | o  d1  pending                     Make d1 (head)
    | o  b1  pending                     Make b1
    |/
    *    a1  applied  YYYY-MM-DDThh:mmZ  Make a1

    $ dapter merge --dry-run --rev-id m1
    -- Merge c2 and d1
    -- dapter:revision   m1
    -- dapter:revises    c2, d1
    -- dapter:created    YYYY-MM-DDThh:mm:ssZ

    -- dapter:upgrade

    -- dapter:downgrade

    $ dapter merge c2 --rev-id m1
    error: nothing to merge: there is only c2
      help: `dapter heads` lists what can be joined
    [exit 2]

    $ dapter merge --rev-id m1 --branch-label main
    migrations/versions/YYYYMMDDThhmm_m1_merge_c2_and_d1.sql

    $ dapter history --graph
    o    m1  pending                     Merge c2 and d1 (branch main, merge, head)
    |\
    * |  c2  applied  YYYY-MM-DDThh:mmZ  Make c2 (current)
    * |  c1  applied  YYYY-MM-DDThh:mmZ  Make c1 (branch crm)
    | o  d1  pending                     Make d1
    | o  b1  pending                     Make b1
    |/
    *    a1  applied  YYYY-MM-DDThh:mmZ  Make a1

    $ dapter upgrade --quiet

    $ dapter history --graph --offline
    *    m1  Merge c2 and d1 (branch main, merge, head)
    |\
    * |  c2  Make c2
    * |  c1  Make c1 (branch crm)
    | *  d1  Make d1
    | *  b1  Make b1
    |/
    *    a1  Make a1

    $ dapter merge
    error: nothing to merge: there is only m1
      help: `dapter heads` lists what can be joined
    [exit 2]
    ");
}

#[test]
fn a_part_of_the_history_and_other_pictures_of_it() {
    let sandbox = branched();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade c1 --quiet
        dapter history --range b1:heads
        dapter history -i --range :current
        dapter history --offline -r -2:crm@head
        dapter history --range b1:c2
        dapter history --format mermaid
        dapter history --format dot --range :c2
        dapter history --format json --range c2:c2
    "), @r##"
    $ dapter upgrade c1 --quiet

    $ dapter history --range b1:heads
    pending  d1  Make d1 (head)
    pending  b1  Make b1

    $ dapter history -i --range :current
    applied  c1  YYYY-MM-DDThh:mmZ  Make c1 (branch crm, current)
    applied  a1  YYYY-MM-DDThh:mmZ  Make a1

    $ dapter history --offline -r -2:crm@head
    c2  Make c2 (head)
    c1  Make c1 (branch crm)
    a1  Make a1

    $ dapter history --range b1:c2
    error: revision `b1` is not an ancestor of `c2`
      help: write the older revision first; both must be on one branch
    [exit 1]

    $ dapter history --format mermaid
    flowchart BT
        r0["c2<br>Make c2"]
        r1["c1<br>Make c1<br>branch crm"]:::applied
        r2["d1<br>Make d1"]
        r3["b1<br>Make b1"]
        r4["a1<br>Make a1"]:::applied
        r1 --> r0
        r4 --> r1
        r3 --> r2
        r4 --> r3
        classDef applied fill:#dfd,stroke:#393

    $ dapter history --format dot --range :c2
    digraph revisions {
        rankdir=BT
        node [shape=box]
        "c2" [label="c2\nMake c2"]
        "c1" [label="c1\nMake c1\nbranch crm", style=filled, fillcolor="#ddffdd"]
        "a1" [label="a1\nMake a1", style=filled, fillcolor="#ddffdd"]
        "c1" -> "c2"
        "a1" -> "c1"
    }

    $ dapter history --format json --range c2:c2
    {
      "database": "sqlite:app.db",
      "repeatable": null,
      "revisions": [
        {
          "applied_at": null,
          "branch_labels": [],
          "created": null,
          "depends_on": [],
          "is_current": false,
          "is_head": true,
          "message": "Make c2",
          "path": "[project]/migrations/versions/c2.sql",
          "revises": [
            "c1"
          ],
          "revision": "c2",
          "state": "pending"
        }
      ],
      "target": "default"
    }
    "##);
}

#[test]
fn a_new_revision_revises_a_head_unless_it_is_to_start_a_branch() {
    let sandbox = branched();
    assert_snapshot!(sandbox.transcript("
        dapter create Lost --head b1 --dry-run
        dapter create Branch --head b1 --splice --rev-id e1 --branch-label shop --depends-on crm
        dapter create Join --head d1 --head crm@head --rev-id f1
        dapter create Other --head base --rev-id g1
        dapter heads
    "), @"
    $ dapter create Lost --head b1 --dry-run
    error: cannot create the migration
      note: revision b1 is no head: another revises it already
      help: let it revise a head, or start a new branch there with `--splice`
    [exit 1]

    $ dapter create Branch --head b1 --splice --rev-id e1 --branch-label shop --depends-on crm
    migrations/versions/YYYYMMDDThhmm_e1_branch.sql

    $ dapter create Join --head d1 --head crm@head --rev-id f1
    migrations/versions/YYYYMMDDThhmm_f1_join.sql

    $ dapter create Other --head base --rev-id g1
    migrations/versions/YYYYMMDDThhmm_g1_other.sql

    $ dapter heads
    e1  Branch
    f1  Join
    g1  Other
    3 heads: `dapter merge` joins them
    ");
}

#[test]
fn a_revision_moves_behind_the_other_head() {
    let sandbox = branched();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade d1 --quiet
        dapter rebase c1 --dry-run
        dapter rebase c1
        dapter history --graph
        dapter rebase d1 --onto a1
        dapter rebase c1 --onto c2
        dapter rebase c1
        dapter upgrade --quiet
        dapter rebase c1 --onto a1
        dapter rebase c1 --onto a1 --offline
    "), @"
    $ dapter upgrade d1 --quiet

    $ dapter rebase c1 --dry-run
    c1 would revise d1 now: migrations/versions/c1.sql

    $ dapter rebase c1
    c1 revises d1 now: migrations/versions/c1.sql

    $ dapter history --graph
    o  c2  pending                     Make c2 (head)
    o  c1  pending                     Make c1 (branch crm)
    *  d1  applied  YYYY-MM-DDThh:mmZ  Make d1 (current)
    *  b1  applied  YYYY-MM-DDThh:mmZ  Make b1
    *  a1  applied  YYYY-MM-DDThh:mmZ  Make a1

    $ dapter rebase d1 --onto a1
    error: applied to sqlite:app.db already: d1
      help: join the branches instead: `dapter merge`; or undo it first: `dapter downgrade`; or move a revision that is not applied anywhere
    [exit 1]

    $ dapter rebase c1 --onto c2
    error: revision c1 cannot be moved: c2 is above it
    [exit 1]

    $ dapter rebase c1
    error: no other head is there to move c1 behind
      help: name where it goes: --onto REVISION
    [exit 2]

    $ dapter upgrade --quiet

    $ dapter rebase c1 --onto a1
    error: applied to sqlite:app.db already: c1, c2
      help: join the branches instead: `dapter merge`; or undo it first: `dapter downgrade`; or move a revision that is not applied anywhere
    [exit 1]

    $ dapter rebase c1 --onto a1 --offline
    c1 revises a1 now: migrations/versions/c1.sql
    ");
}

#[test]
fn what_came_too_late_is_refused_unless_told_otherwise() {
    let sandbox = branched();
    assert_snapshot!(sandbox.transcript("dapter upgrade d1 --quiet"), @"$ dapter upgrade d1 --quiet");
    sandbox.script("a1->aa", "CREATE TABLE aa (id INTEGER);", "DROP TABLE aa;");
    sandbox.edit("migrations/versions/b1.sql", "revises  a1", "revises  aa");
    assert_snapshot!(sandbox.transcript("
        dapter stamp current --quiet
        dapter upgrade d1
        dapter upgrade d1 --out-of-order
        dapter current
        dapter downgrade b1 --quiet
        dapter current
    "), @r#"
    $ dapter stamp current --quiet

    $ dapter upgrade d1
    error: applied revisions need others that are not applied:
             b1 needs aa
      help: move it behind the head: `dapter rebase aa`; or apply it all the same: `dapter upgrade --out-of-order`; or, if the database already has what it does, record that: `dapter stamp` with the ids that `dapter current` prints
    [exit 1]

    $ dapter upgrade d1 --out-of-order
    applied aa Make aa ([time])
    1 revision applied to sqlite:app.db in [time], now at d1

    $ dapter current
    d1  YYYY-MM-DDThh:mmZ  Make d1 (head)

    $ dapter downgrade b1 --quiet
    error: a statement would destroy data, and nobody agreed:
             migrations/versions/d1.sql:9: DROP TABLE d deletes its rows for good (SL401)
      help: run it again with --yes if the data may go; a script says so for all runs with `-- dapter:allow CODE "why"` above the statement
    [exit 1]

    $ dapter current
    d1  YYYY-MM-DDThh:mmZ  Make d1 (head)
    "#);
}

#[test]
fn stamps_of_several_branches_and_from_scratch() {
    let sandbox = branched();
    assert_snapshot!(sandbox.transcript("
        dapter stamp b1 c2
        dapter current
        dapter stamp crm@base
        dapter stamp c1 --purge --dry-run
        dapter stamp c1 --purge
        dapter current
        dapter stamp heads --json
    "), @r#"
    $ dapter stamp b1 c2
    a1 recorded as applied
    b1 recorded as applied
    c1 recorded as applied
    c2 recorded as applied

    $ dapter current
    b1  YYYY-MM-DDThh:mmZ  Make b1
    c2  YYYY-MM-DDThh:mmZ  Make c2 (head)

    $ dapter stamp crm@base
    c2 forgotten
    c1 forgotten

    $ dapter stamp c1 --purge --dry-run
    b1 would be forgotten
    a1 would be recorded as applied
    c1 would be recorded as applied

    $ dapter stamp c1 --purge
    b1 forgotten
    a1 recorded as applied
    c1 recorded as applied

    $ dapter current
    c1  YYYY-MM-DDThh:mmZ  Make c1

    $ dapter stamp heads --json
    {
      "database": "sqlite:app.db",
      "dry_run": false,
      "forgotten": [],
      "recorded": [
        "b1",
        "d1",
        "c2"
      ],
      "target": "default"
    }
    "#);
}

#[test]
fn an_edited_script_is_checked() {
    let sandbox = branched();
    sandbox.write_program(
        "editor",
        "#!/bin/sh\nsed -i 's/dapter:revises *b1/dapter:revises nowhere/' \"$1\"\n",
    );
    assert_snapshot!(sandbox.transcript("
        EDITOR=./editor dapter edit d1
        EDITOR=false dapter edit crm@head
        EDITOR=true dapter edit c2
        EDITOR=true dapter edit heads
    "), @"
    $ EDITOR=./editor dapter edit d1
    error: revision `d1` revises `nowhere`, which does not exist
     --> migrations/versions/d1.sql:3:1
      |
    3 | -- dapter:revises nowhere
      | ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: restore the missing script, or name an existing revision
    [exit 1]

    $ EDITOR=false dapter edit crm@head
    error: revision `d1` revises `nowhere`, which does not exist
     --> migrations/versions/d1.sql:3:1
      |
    3 | -- dapter:revises nowhere
      | ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: restore the missing script, or name an existing revision
    [exit 1]

    $ EDITOR=true dapter edit c2
    error: revision `d1` revises `nowhere`, which does not exist
     --> migrations/versions/d1.sql:3:1
      |
    3 | -- dapter:revises nowhere
      | ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: restore the missing script, or name an existing revision
    [exit 1]

    $ EDITOR=true dapter edit heads
    error: revision `d1` revises `nowhere`, which does not exist
     --> migrations/versions/d1.sql:3:1
      |
    3 | -- dapter:revises nowhere
      | ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: restore the missing script, or name an existing revision
    [exit 1]
    ");
}
