//! `dapter doctor`: what is well, and what to do about the rest.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

fn one() -> Sandbox {
    Sandbox::with_scripts(&[("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;")])
}

#[test]
fn all_is_well() {
    let sandbox = one();
    assert_snapshot!(sandbox.transcript("
        dapter doctor
        dapter upgrade
        dapter doctor --quiet
    "), @"
    $ dapter doctor
    ok       configuration dapter.toml
    ok       plugins       dapter-sqlite-plugin [version], /installed/lib/dapter/plugins/[sqlite plugin]

    default
    ok       settings      sqlite:app.db, by `targets.default.url` at dapter.toml:2
    ok       plugin        adapter sqlite
    ok       scripts       1 in migrations, head a1
    ok       server        SQLite 3.54.1
    ok       lock          nobody holds it
    ok       history       at base, 1 revision pending

    no problems, no warnings

    $ dapter upgrade
    applied a1 Make a1 ([time])
    1 revision applied to sqlite:app.db in [time], now at a1

    $ dapter doctor --quiet
    ok       configuration dapter.toml
    ok       plugins       dapter-sqlite-plugin [version], /installed/lib/dapter/plugins/[sqlite plugin]

    default
    ok       settings      sqlite:app.db, by `targets.default.url` at dapter.toml:2
    ok       plugin        adapter sqlite
    ok       scripts       1 in migrations, head a1
    ok       server        SQLite 3.54.1
    ok       lock          nobody holds it
    ok       history       at a1, nothing is pending
    ");
    assert!(!sandbox.path("b.db").exists());
}

#[test]
fn each_target_has_problems_of_its_own() {
    let sandbox = one();
    sandbox.write(
        "dapter.toml",
        "[targets.here]\nurl = \"sqlite:app.db\"\n\
         [targets.nowhere]\nurl = \"sqlite:no/such/folder/app.db\"\n\
         [targets.read]\nurl = \"sqlite:read.db?mode=ro\"\n\
         [targets.unset]\nurl = \"sqlite:${WHERE_IT_IS}\"\n\
         [targets.other]\nurl = \"oracle://u:hunter2@h/d\"\n",
    );
    sandbox.write("read.db", "");
    sandbox.script("zz->b1", "", "");
    assert_snapshot!(sandbox.transcript("
        dapter doctor
        dapter doctor --target here
        dapter doctor --url sqlite:app.db --directory nowhere
    "), @"
    $ dapter doctor
    ok       configuration dapter.toml
    ok       plugins       dapter-sqlite-plugin [version], /installed/lib/dapter/plugins/[sqlite plugin]

    here
    ok       settings      sqlite:app.db, by `targets.here.url` at dapter.toml:2
    ok       plugin        adapter sqlite
    problem  scripts       migrations/versions/b1.sql:3: revision `b1` revises `zz`, which does not exist
                           restore the missing script, or name an existing revision
    ok       server        SQLite 3.54.1
    ok       lock          nobody holds it

    nowhere
    ok       settings      sqlite:no/such/folder/app.db, by `targets.nowhere.url` at dapter.toml:4
    ok       plugin        adapter sqlite
    problem  scripts       migrations/versions/b1.sql:3: revision `b1` revises `zz`, which does not exist
                           restore the missing script, or name an existing revision
    problem  database      cannot connect to sqlite:no/such/folder/app.db: there is no folder no/such/folder
                           check the path, or create the folder: only the file is created

    other
    ok       settings      oracle://u:***@h/d, by `targets.other.url` at dapter.toml:10
    problem  plugin        no plugin offers the URL scheme `oracle`
                             found: dapter-sqlite-plugin [version] (sqlite, sqlite3)
                             searched: the user's data folder /home/dapter/plugins (does not exist)
                             searched: beside the executable /installed/bin (no plugin)
                             searched: ../lib/dapter/plugins /installed/lib/dapter/plugins (1 plugin)
                           install it with `dapter plugin install`, or name its file with --plugin FILE

    read
    ok       settings      sqlite:read.db?mode=ro, by `targets.read.url` at dapter.toml:6
    ok       plugin        adapter sqlite
    problem  scripts       migrations/versions/b1.sql:3: revision `b1` revises `zz`, which does not exist
                           restore the missing script, or name an existing revision
    ok       server        SQLite 3.54.1
    warning  rights        nothing can be changed: the database is only read
                           looking works; to migrate, connect where and as whom the database may be changed
    ok       lock          nobody holds it

    unset
    problem  settings      dapter.toml:8: environment variable `WHERE_IT_IS` is not set, and `targets.unset.url` needs it
                           set WHERE_IT_IS, or give a default: ${WHERE_IT_IS:-…}

    6 problems, 1 warning
    [exit 1]

    $ dapter doctor --target here
    ok       configuration dapter.toml
    ok       plugins       dapter-sqlite-plugin [version], /installed/lib/dapter/plugins/[sqlite plugin]

    here
    ok       settings      sqlite:app.db, by `targets.here.url` at dapter.toml:2
    ok       plugin        adapter sqlite
    problem  scripts       migrations/versions/b1.sql:3: revision `b1` revises `zz`, which does not exist
                           restore the missing script, or name an existing revision
    ok       server        SQLite 3.54.1
    ok       lock          nobody holds it

    1 problem, no warnings
    [exit 1]

    $ dapter doctor --url sqlite:app.db --directory nowhere
    ok       configuration dapter.toml
    ok       plugins       dapter-sqlite-plugin [version], /installed/lib/dapter/plugins/[sqlite plugin]

    default
    ok       settings      sqlite:app.db, by the command line
    ok       plugin        adapter sqlite
    problem  scripts       there is no migrations directory at nowhere
                           make one with `dapter init`, or name another directory
    ok       server        SQLite 3.54.1
    ok       lock          nobody holds it

    1 problem, no warnings
    [exit 1]
    ");
    assert!(!sandbox.path("app.db").exists());
}

#[test]
fn a_configuration_that_cannot_be_read_is_a_finding() {
    let sandbox = one();
    sandbox.write(
        "dapter.toml",
        "[targets.default]\nulr = \"sqlite:app.db\"\n",
    );
    assert_snapshot!(sandbox.transcript("dapter doctor"), @"
    $ dapter doctor
    problem  configuration dapter.toml:2: unknown key `ulr` in `targets.default`
                           did you mean `url`?

    1 problem, no warnings
    [exit 1]
    ");
    sandbox.remove("dapter.toml");
    assert_snapshot!(sandbox.transcript("dapter doctor"), @"
    $ dapter doctor
    warning  configuration there is no dapter.toml here or in a folder above
                           `dapter init` writes one; or name it with --config, or the database with --url
    ok       plugins       dapter-sqlite-plugin [version], /installed/lib/dapter/plugins/[sqlite plugin]

    default
    problem  settings      no database URL for target `default`
                           give --url, set DATABASE_URL, or write a dapter.toml with `dapter init`

    1 problem, 1 warning
    [exit 1]
    ");
}

#[test]
fn the_log_is_a_line_of_json_an_event() {
    let sandbox = one();
    let output = sandbox.dapter("dapter --log-format json upgrade");
    let log = String::from_utf8(output.stderr).expect("text");
    let events: Vec<String> = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|line| format!("{} {}", line["level"], line["event"]).replace('"', ""))
        .collect();
    assert_eq!(
        events,
        [
            "debug locking",
            "info planned",
            "info step_started",
            "debug statement",
            "info step_finished"
        ]
    );
    let said = String::from_utf8(output.stdout).expect("text");
    assert_eq!(said.lines().count(), 1, "only the result: {said}");
    let output = sandbox.dapter("dapter --log-format json upgrade zz");
    assert!(output.stdout.is_empty());
    let line: serde_json::Value = serde_json::from_slice(&output.stderr).expect("one line");
    assert_eq!(line["failure"]["kind"], "not_found");
}
