//! Many databases with one command.

use dapter_e2e::Sandbox;
#[cfg(unix)]
use dapter_e2e::{Running, Stream};
use insta::assert_snapshot;

/// Three targets, and a history of two.
fn three() -> Sandbox {
    let sandbox = Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;"),
    ]);
    sandbox.write(
        "dapter.toml",
        "[targets.crm]\nurl = \"sqlite:crm.db\"\n[targets.shop-eu]\nurl = \"sqlite:eu.db\"\n\
         [targets.shop-us]\nurl = \"sqlite:us.db\"\n",
    );
    sandbox
}

/// The same with one in which the second revision fails.
fn one_broken(target: &str) -> Sandbox {
    let sandbox = three();
    let script = "-- Make b\n-- dapter:revision x1\n\n-- dapter:upgrade\nCREATE TABLE b (id INTEGER);\n\n\
                  -- dapter:downgrade\nDROP TABLE b;\n";
    sandbox.write("other/versions/x1.sql", script);
    sandbox.dapter(&format!(
        "dapter --directory other --target {target} upgrade"
    ));
    sandbox.dapter(&format!(
        "dapter --directory other --target {target} stamp base"
    ));
    sandbox
}

#[test]
fn all_of_them() {
    let sandbox = three();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --all --dry-run
        dapter upgrade --target shop-* --jobs 1
        dapter upgrade --all --jobs 1
        dapter current --all
        dapter downgrade -1 --target shop-us --target crm --jobs 1 --yes
        dapter status --all
        dapter downgrade base --all --quiet --yes
        dapter current --all
    "), @"
    $ dapter upgrade --all --dry-run
    crm      2 revisions would be applied
             + a1 Make a1
                 CREATE TABLE a (id INTEGER)

             + b1 Make b1
                 CREATE TABLE b (id INTEGER)
    shop-eu  2 revisions would be applied
             + a1 Make a1
                 CREATE TABLE a (id INTEGER)

             + b1 Make b1
                 CREATE TABLE b (id INTEGER)
    shop-us  2 revisions would be applied
             + a1 Make a1
                 CREATE TABLE a (id INTEGER)

             + b1 Make b1
                 CREATE TABLE b (id INTEGER)
    3 would be upgraded in [time]

    $ dapter upgrade --target shop-* --jobs 1
    shop-eu  2 revisions applied in [time], now at b1
    shop-us  2 revisions applied in [time], now at b1
    2 upgraded in [time]

    $ dapter upgrade --all --jobs 1
    crm      2 revisions applied in [time], now at b1
    shop-eu  nothing to do, at b1
    shop-us  nothing to do, at b1
    1 upgraded, 2 had nothing to do in [time]

    $ dapter current --all
    crm      b1  YYYY-MM-DDThh:mmZ  Make b1 (head)
    shop-eu  b1  YYYY-MM-DDThh:mmZ  Make b1 (head)
    shop-us  b1  YYYY-MM-DDThh:mmZ  Make b1 (head)

    $ dapter downgrade -1 --target shop-us --target crm --jobs 1 --yes
    crm      1 revision undone in [time], now at a1
    shop-us  1 revision undone in [time], now at a1
    2 downgraded in [time]

    $ dapter status --all
    crm      at a1 Make a1, 1 revision pending
    shop-eu  at b1 Make b1, nothing pending
    shop-us  at a1 Make a1, 1 revision pending

    $ dapter downgrade base --all --quiet --yes

    $ dapter current --all
    crm      base (nothing is applied)
    shop-eu  base (nothing is applied)
    shop-us  base (nothing is applied)
    ");
}

#[test]
fn one_is_broken() {
    let sandbox = one_broken("shop-eu");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --all --jobs 1
        dapter upgrade --all --jobs 1 --quiet
    "), @"
    $ dapter upgrade --all --jobs 1
    crm      2 revisions applied in [time], now at b1
    shop-us  2 revisions applied in [time], now at b1
    2 upgraded, 1 failed in [time]
    failed: shop-eu
    the same command again goes on with what is not done
    shop-eu  failed
    error: the upgrade of revision b1 failed at statement 1 of 1
     --> migrations/versions/b1.sql:6:14
      |
    6 | CREATE TABLE b (id INTEGER);
      |              ^ table b already exists (SQLITE_ERROR)
      |
      = note: this step was rolled back; revision a1 before it is done and stays
      = help: mend the cause and run `dapter upgrade` again
    [exit 4]

    $ dapter upgrade --all --jobs 1 --quiet
    shop-eu  failed
    error: the upgrade of revision b1 failed at statement 1 of 1
     --> migrations/versions/b1.sql:6:14
      |
    6 | CREATE TABLE b (id INTEGER);
      |              ^ table b already exists (SQLITE_ERROR)
      |
      = note: the database is as it was before
      = help: mend the cause and run `dapter upgrade` again
    [exit 1]
    ");
}

#[test]
fn the_others_wait_for_the_canary() {
    let sandbox = one_broken("shop-eu");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --all --jobs 1 --canary shop-eu
        dapter upgrade --all --jobs 1 --canary shop-us
        dapter upgrade --all --canary shop
        dapter upgrade --target crm --canary crm
    "), @"
    $ dapter upgrade --all --jobs 1 --canary shop-eu
    1 failed, 2 not started in [time]
    failed: shop-eu
    not started, because the canary failed: crm, shop-us
    the same command again goes on with what is not done
    shop-eu  failed
    error: the upgrade of revision b1 failed at statement 1 of 1
     --> migrations/versions/b1.sql:6:14
      |
    6 | CREATE TABLE b (id INTEGER);
      |              ^ table b already exists (SQLITE_ERROR)
      |
      = note: this step was rolled back; revision a1 before it is done and stays
      = help: mend the cause and run `dapter upgrade` again
    [exit 4]

    $ dapter upgrade --all --jobs 1 --canary shop-us
    shop-us  2 revisions applied in [time], now at b1
    crm      2 revisions applied in [time], now at b1
    2 upgraded, 1 failed in [time]
    failed: shop-eu
    the same command again goes on with what is not done
    shop-eu  failed
    error: the upgrade of revision b1 failed at statement 1 of 1
     --> migrations/versions/b1.sql:6:14
      |
    6 | CREATE TABLE b (id INTEGER);
      |              ^ table b already exists (SQLITE_ERROR)
      |
      = note: the database is as it was before
      = help: mend the cause and run `dapter upgrade` again
    [exit 4]

    $ dapter upgrade --all --canary shop
    error: --canary: `shop` is none of the targets
      help: name one of those that are to be migrated
    [exit 2]

    $ dapter upgrade --target crm --canary crm
    error: --canary is for many databases, and this is one
      help: name many with --all, or with --target 'shop-*'
    [exit 2]
    ");
}

#[test]
fn enough_have_failed() {
    let sandbox = one_broken("crm");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --all --jobs 1 --max-failures 1
        dapter upgrade --all --jobs 1 --max-failures 2
        dapter upgrade --all --max-failures 0
    "), @"
    $ dapter upgrade --all --jobs 1 --max-failures 1
    1 failed, 2 not started in [time]
    failed: crm
    not started, because 1 has failed: shop-eu, shop-us
    the same command again goes on with what is not done
    crm      failed
    error: the upgrade of revision b1 failed at statement 1 of 1
     --> migrations/versions/b1.sql:6:14
      |
    6 | CREATE TABLE b (id INTEGER);
      |              ^ table b already exists (SQLITE_ERROR)
      |
      = note: this step was rolled back; revision a1 before it is done and stays
      = help: mend the cause and run `dapter upgrade` again
    [exit 4]

    $ dapter upgrade --all --jobs 1 --max-failures 2
    shop-eu  2 revisions applied in [time], now at b1
    shop-us  2 revisions applied in [time], now at b1
    2 upgraded, 1 failed in [time]
    failed: crm
    the same command again goes on with what is not done
    crm      failed
    error: the upgrade of revision b1 failed at statement 1 of 1
     --> migrations/versions/b1.sql:6:14
      |
    6 | CREATE TABLE b (id INTEGER);
      |              ^ table b already exists (SQLITE_ERROR)
      |
      = note: the database is as it was before
      = help: mend the cause and run `dapter upgrade` again
    [exit 4]

    $ dapter upgrade --all --max-failures 0
    error: invalid value '0' for '--max-failures <N>': number would be zero for non-zero type

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn lines_of_json() {
    let sandbox = one_broken("shop-us");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --target shop-* --jobs 1 --json
        dapter upgrade a1 --all --dry-run --json
        dapter current --all --json
        dapter upgrade --target nobody-* --json
    "), @r#"
    $ dapter upgrade --target shop-* --jobs 1 --json
    {"database":"sqlite:eu.db","event":"started","target":"shop-eu"}
    {"backup":null,"database":"sqlite:eu.db","direction":"upgrade","dry_run":false,"event":"finished","heads":["b1"],"steps":[{"duration_ms":0,"message":"Make a1","path":"[project]/migrations/versions/a1.sql","revision":"a1","statements":1},{"duration_ms":0,"message":"Make b1","path":"[project]/migrations/versions/b1.sql","revision":"b1","statements":1}],"target":"shop-eu"}
    {"database":"sqlite:us.db","event":"started","target":"shop-us"}
    {"database":"sqlite:us.db","error":{"causes":["table b already exists (SQLITE_ERROR)"],"exit_code":4,"hint":"mend the cause and run `dapter upgrade` again","kind":"upgrade","message":"the upgrade of revision b1 failed","run":{"backup":null,"column":14,"direction":"upgrade","done":["a1"],"error":{"code":"SQLITE_ERROR","kind":"statement","message":"table b already exists","position":13,"retryable":false},"hook":null,"interrupted":false,"line":6,"path":"[project]/migrations/versions/b1.sql","pending":["b1"],"revision":"b1","state":"rolled_back","statement":{"column":1,"line":6,"made":null,"number":1,"text":"CREATE TABLE b (id INTEGER)","total":1},"statements_done":null,"statements_total":null}},"event":"failed","target":"shop-us"}
    {"changed":1,"duration_ms":0,"event":"summary","exit_code":4,"failed":["shop-us"],"not_started":[],"unchanged":0}
    [exit 4]

    $ dapter upgrade a1 --all --dry-run --json
    {"database":"sqlite:crm.db","direction":"upgrade","dry_run":true,"event":"finished","hooks":[],"steps":[{"direction":"upgrade","done":0,"message":"Make a1","path":"[project]/migrations/versions/a1.sql","revision":"a1","statements":[{"alone":false,"column":1,"line":5,"text":"CREATE TABLE a (id INTEGER)"}],"transaction":"own"}],"target":"crm"}
    {"database":"sqlite:eu.db","direction":"upgrade","dry_run":true,"event":"finished","hooks":[],"steps":[],"target":"shop-eu"}
    {"database":"sqlite:us.db","direction":"upgrade","dry_run":true,"event":"finished","hooks":[],"steps":[],"target":"shop-us"}
    {"changed":1,"duration_ms":0,"event":"summary","exit_code":0,"failed":[],"not_started":[],"unchanged":2}

    $ dapter current --all --json
    {"current":[],"database":"sqlite:crm.db","event":"finished","target":"crm"}
    {"current":[{"applied_at":"YYYY-MM-DDThh:mm:ss.mmmZ","applied_by":"","has_script":true,"is_head":true,"message":"Make b1","revision":"b1","state":"applied","statements_done":1,"statements_total":1}],"database":"sqlite:eu.db","event":"finished","target":"shop-eu"}
    {"current":[{"applied_at":"YYYY-MM-DDThh:mm:ss.mmmZ","applied_by":"","has_script":true,"is_head":false,"message":"Make a1","revision":"a1","state":"applied","statements_done":1,"statements_total":1}],"database":"sqlite:us.db","event":"finished","target":"shop-us"}
    {"changed":0,"duration_ms":0,"event":"summary","exit_code":0,"failed":[],"not_started":[],"unchanged":3}

    $ dapter upgrade --target nobody-* --json
    {
      "error": {
        "causes": [],
        "exit_code": 2,
        "hint": "the targets are: crm, shop-eu, shop-us (named by the command line)",
        "kind": "config",
        "message": "there is no target `nobody-*`"
      }
    }
    [exit 2]
    "#);
}

#[test]
fn tenants() {
    let sandbox = three();
    sandbox.write("tenants/keep", "");
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nurl = \"sqlite:app.db\"\n\
         [targets.listed]\nurl = \"sqlite:tenants/{tenant}.db\"\ntenants = [\"acme\", \"ada & co\"]\n\
         [targets.printed]\nurl = \"sqlite:tenants/p-{tenant}.db\"\ntenants = { command = \"echo zoe; echo yan\" }\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --all --jobs 1
        dapter current --target printed
        dapter current --target printed/yan
        dapter current --target printed/yann
        dapter current --target listed/adda
        dapter history --target listed/acme
        dapter history --target listed
        dapter history --target listed/*
        dapter heads --target listed
    "), @"
    $ dapter upgrade --all --jobs 1
    default          2 revisions applied in [time], now at b1
    listed/acme      2 revisions applied in [time], now at b1
    listed/ada & co  2 revisions applied in [time], now at b1
    printed/zoe      2 revisions applied in [time], now at b1
    printed/yan      2 revisions applied in [time], now at b1
    5 upgraded in [time]

    $ dapter current --target printed
    printed/zoe  b1  YYYY-MM-DDThh:mmZ  Make b1 (head)
    printed/yan  b1  YYYY-MM-DDThh:mmZ  Make b1 (head)

    $ dapter current --target printed/yan
    b1  YYYY-MM-DDThh:mmZ  Make b1 (head)

    $ dapter current --target printed/yann
    error: there is no target `printed/yann`
      help: did you mean `printed/yan`? the targets are: printed/yan, printed/zoe (named by the command line)
    [exit 2]

    $ dapter current --target listed/adda
    error: there is no target `listed/adda`
      help: did you mean `listed/acme`? the targets are: default, listed, printed, listed/acme, listed/ada & co (named by the command line)
    [exit 2]

    $ dapter history --target listed/acme
    applied  b1  YYYY-MM-DDThh:mmZ  Make b1 (head, current)
    applied  a1  YYYY-MM-DDThh:mmZ  Make a1

    $ dapter history --target listed
    listed/acme      applied  b1  YYYY-MM-DDThh:mmZ  Make b1 (head, current)
                     applied  a1  YYYY-MM-DDThh:mmZ  Make a1
    listed/ada & co  applied  b1  YYYY-MM-DDThh:mmZ  Make b1 (head, current)
                     applied  a1  YYYY-MM-DDThh:mmZ  Make a1

    $ dapter history --target listed/*
    listed/acme      applied  b1  YYYY-MM-DDThh:mmZ  Make b1 (head, current)
                     applied  a1  YYYY-MM-DDThh:mmZ  Make a1
    listed/ada & co  applied  b1  YYYY-MM-DDThh:mmZ  Make b1 (head, current)
                     applied  a1  YYYY-MM-DDThh:mmZ  Make a1

    $ dapter heads --target listed
    b1  Make b1
    ");
}

#[test]
fn tenants_that_a_database_lists() {
    let sandbox = three();
    sandbox.script(
        "b1->c1",
        "CREATE TABLE tenants (name TEXT);\nINSERT INTO tenants VALUES ('t1'), ('t2');",
        "DROP TABLE tenants;",
    );
    sandbox.dapter("dapter --target crm upgrade");
    sandbox.remove("migrations/versions/c1.sql");
    let config = |query: &str| {
        sandbox.write(
            "dapter.toml",
            format!(
                "[targets.tenants]\nurl = \"sqlite:{{tenant}}.db\"\n\
                 tenants = {{ query = \"{query}\", url = \"sqlite:crm.db\" }}\n"
            ),
        );
    };
    config("SELECT name FROM tenants WHERE name > '${AFTER:-}'");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --jobs 1
        AFTER=t1 dapter current
        AFTER=t2 dapter upgrade
        AFTER=t2 dapter upgrade --target tenants/*
    "), @"
    $ dapter upgrade --jobs 1
    tenants/t1  2 revisions applied in [time], now at b1
    tenants/t2  2 revisions applied in [time], now at b1
    2 upgraded in [time]

    $ AFTER=t1 dapter current
    tenants/t2  b1  YYYY-MM-DDThh:mmZ  Make b1 (head)

    $ AFTER=t2 dapter upgrade
    nothing to do: there is no database

    $ AFTER=t2 dapter upgrade --target tenants/*
    error: there is no target `tenants/*`
      help: did you mean `tenants`? the targets are: tenants (named by the command line)
    [exit 2]
    ");
    config("SELECT name FROM tenants UNION ALL SELECT name FROM tenants");
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    error: dapter.toml:3:11: the tenant "t1" is listed twice
      help: list each tenant once: with DISTINCT in a query, with sort -u in a command
    [exit 1]
    "#);
    config("SELECT NULL FROM tenants");
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @"
    $ dapter upgrade
    error: cannot list the tenants with sqlite:crm.db
      note: the query returned NULL instead of a name
      help: the first column of the query must be the tenant's name
    [exit 1]
    ");
    config("SELECT name FROM nowhere");
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @"
    $ dapter upgrade
    error: cannot list the tenants with sqlite:crm.db
      note: no such table: nowhere (SQLITE_ERROR)
    [exit 1]
    ");
}

#[test]
fn histories_stamps_and_repairs() {
    let sandbox = three();
    sandbox.write(
        "migrations/versions/b1.sql",
        "-- Make b\n-- dapter:revision b1\n-- dapter:revises a1\n-- dapter:transaction none\n\n-- dapter:upgrade\n\
         CREATE TABLE b (id INTEGER);\nSELEKT;\n\n-- dapter:downgrade\nDROP TABLE b;\n",
    );
    sandbox.dapter("dapter upgrade --target crm");
    assert_snapshot!(sandbox.transcript("
        dapter history --all
        dapter repair --all --dry-run --quiet
        dapter repair --all --finished --jobs 1
        dapter stamp b1 --target shop-* --dry-run
        dapter stamp b1 --target shop-* --jobs 1
        dapter history --target shop-* --graph
        dapter history --all --format json
        dapter stamp b1 --all --sql
    "), @r#"
    $ dapter history --all
    crm      half done  b1  YYYY-MM-DDThh:mmZ  Make b (head)
             applied    a1  YYYY-MM-DDThh:mmZ  Make a1 (current)
    shop-eu  pending  b1  Make b (head)
             pending  a1  Make a1
    shop-us  pending  b1  Make b (head)
             pending  a1  Make a1

    $ dapter repair --all --dry-run --quiet
    crm      half done: the upgrade of b1 Make b
               1 of 2 statements are done, since YYYY-MM-DDThh:mmZ
               statement 2 of 2, migrations/versions/b1.sql:8:
                   SELEKT
               it failed: near "SELEKT": syntax error
               next: `dapter upgrade` goes on at statement 2

             to settle it by hand, look at the database, then say what is the case: dapter repair b1 …
               --done          statement 2 took effect, or you ran it by hand: go on behind it
               --statements N  the first N statements have taken effect, as the script has them now
               --finished      you finished the whole upgrade by hand
               --undone        you undid by hand what the upgrade had done
    shop-eu  nothing is half done
    shop-us  nothing is half done

    $ dapter repair --all --finished --jobs 1
    crm      b1 counts as applied now
    shop-eu  nothing is half done
    shop-us  nothing is half done
    1 repaired, 2 had nothing half done in [time]

    $ dapter stamp b1 --target shop-* --dry-run
    shop-eu  a1 would be recorded as applied
             b1 would be recorded as applied
    shop-us  a1 would be recorded as applied
             b1 would be recorded as applied
    2 would be stamped in [time]

    $ dapter stamp b1 --target shop-* --jobs 1
    shop-eu  a1 recorded as applied
             b1 recorded as applied
    shop-us  a1 recorded as applied
             b1 recorded as applied
    2 stamped in [time]

    $ dapter history --target shop-* --graph
    shop-eu  *  b1  applied  YYYY-MM-DDThh:mmZ  Make b (head, current)
             *  a1  applied  YYYY-MM-DDThh:mmZ  Make a1
    shop-us  *  b1  applied  YYYY-MM-DDThh:mmZ  Make b (head, current)
             *  a1  applied  YYYY-MM-DDThh:mmZ  Make a1

    $ dapter history --all --format json
    error: --format json is one document, and many databases are asked for
      help: --json prints a line a database
    [exit 2]

    $ dapter stamp b1 --all --sql
    error: --sql prints the script of one database, and --all is every target
      help: name one with --target
    [exit 2]
    "#);
}

#[test]
fn what_is_refused() {
    let sandbox = three();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --target shap-*
        dapter upgrade --target shop-eu --target crn
        dapter upgrade --all --target crm
        dapter upgrade --all --url sqlite:x.db
        dapter history --target shop-*
        dapter create x --target crm --target shop-eu
        dapter upgrade --all --jobs 0
        DAPTER_TARGET=shop-* dapter current
        DAPTER_TARGET=shap-* dapter current
    "), @"
    $ dapter upgrade --target shap-*
    error: there is no target `shap-*`
      help: the targets are: crm, shop-eu, shop-us (named by the command line)
    [exit 2]

    $ dapter upgrade --target shop-eu --target crn
    error: there is no target `crn`
      help: did you mean `crm`? the targets are: crm, shop-eu, shop-us (named by the command line)
    [exit 2]

    $ dapter upgrade --all --target crm
    error: --all is every target, and a target is named
      help: leave one of them out
    [exit 2]

    $ dapter upgrade --all --url sqlite:x.db
    error: --url is one database, and many targets are asked for
      help: leave one of them out
    [exit 2]

    $ dapter history --target shop-*
    shop-eu  pending  b1  Make b1 (head)
             pending  a1  Make a1
    shop-us  pending  b1  Make b1 (head)
             pending  a1  Make a1

    $ dapter create x --target crm --target shop-eu
    error: this command works on one database, and --target names many
      help: `upgrade`, `downgrade`, `current`, `status`, `history`, `stamp` and `repair` work on many
    [exit 2]

    $ dapter upgrade --all --jobs 0
    error: invalid value '0' for '--jobs <N>': number would be zero for non-zero type

    For more information, try '--help'.
    [exit 2]

    $ DAPTER_TARGET=shop-* dapter current
    shop-eu  base (nothing is applied)
    shop-us  base (nothing is applied)

    $ DAPTER_TARGET=shap-* dapter current
    error: there is no target `shap-*`
      help: the targets are: crm, shop-eu, shop-us (named by environment variable DAPTER_TARGET)
    [exit 1]
    ");
    sandbox.write(
        "dapter.toml",
        "[targets.t]\nurl = \"sqlite:{tenant}.db\"\ntenants = { command = \"echo a; exit 3\" }\n",
    );
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @"
    $ dapter upgrade
    error: the command that lists the tenants of `t` failed (exit status: 3)
      help: `targets.t.tenants.command` must print a name a line and succeed
    [exit 1]
    ");
    sandbox.write("dapter.toml", "");
    assert_snapshot!(sandbox.transcript("dapter upgrade --all"), @"
    $ dapter upgrade --all
    error: --all is every target of dapter.toml, and there is none
      help: add [targets.NAME] tables to it
    [exit 2]
    ");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_all_of_them() {
    const ENDLESS: &str = "INSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;";
    let sandbox = three();
    sandbox.edit(
        "migrations/versions/a1.sql",
        "CREATE TABLE a (id INTEGER);",
        &format!("CREATE TABLE a (id INTEGER);\n{ENDLESS}"),
    );
    let mut running =
        Running::start(sandbox.command("dapter upgrade --all --jobs 2 --lock-wait 0s --json"));
    running.wait_for(Stream::Output, "\"target\":\"shop-eu\"");
    running.signal("INT");
    let ended = running.end().expect(1);
    let summary = ended.output.lines().last().unwrap_or_default();
    // One that still reads the history when the signal comes has no run to speak of.
    let is_told =
        |line: &&str| line.contains(r#""interrupted":true"#) || line.contains("(SQLITE_INTERRUPT)");
    assert!(
        summary.contains(r#""not_started":["shop-us"]"#)
            && summary.contains(r#""changed":0"#)
            && ended.output.lines().filter(is_told).count() == 2,
        "{ended:?}"
    );
    sandbox.edit("migrations/versions/a1.sql", ENDLESS, "");
    assert_snapshot!(sandbox.transcript("dapter upgrade --all --jobs 1"), @"
    $ dapter upgrade --all --jobs 1
    crm      2 revisions applied in [time], now at b1
    shop-eu  2 revisions applied in [time], now at b1
    shop-us  2 revisions applied in [time], now at b1
    3 upgraded in [time]
    ");
}
