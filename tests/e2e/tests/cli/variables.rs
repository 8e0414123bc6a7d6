//! Variables in scripts that turn them on.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

const CONFIG: &str = r#"
[variables]
table_name = "people"
note = { value = "${NOTE:-hush-hush}", secret = true }

[targets.default]
url = "sqlite:app.db"
variables = { table_name = "users" }
"#;

fn script(sandbox: &Sandbox, statements: &str) {
    let text = format!(
        "-- Users\n-- dapter:revision a1\n-- dapter:variables on\n\n-- dapter:upgrade\n{statements}\n\n-- dapter:downgrade\nDROP TABLE ${{table_name}};\n"
    );
    sandbox.write("migrations/versions/a1.sql", text);
}

#[test]
fn values_come_from_the_configuration_and_the_command_line() {
    let sandbox = Sandbox::project();
    sandbox.write("dapter.toml", CONFIG);
    script(
        &sandbox,
        "CREATE TABLE ${table_name} (id INTEGER, note TEXT);\nINSERT INTO ${table_name} VALUES (1, '${note} $${id}');",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --dry-run
        dapter upgrade --dry-run --quiet --var table_name=others
        dapter upgrade
        dapter status
        dapter downgrade base --yes
        dapter upgrade --var 9=1
    "), @"
    $ dapter upgrade --dry-run
    + a1 Users
        CREATE TABLE users (id INTEGER, note TEXT)
        INSERT INTO users VALUES (1, '*** ${id}')

    1 revision would be applied to sqlite:app.db

    $ dapter upgrade --dry-run --quiet --var table_name=others
    + a1 Users
        CREATE TABLE others (id INTEGER, note TEXT)
        INSERT INTO others VALUES (1, '*** ${id}')

    $ dapter upgrade
    applied a1 Users ([time])
    1 revision applied to sqlite:app.db in [time], now at a1

    $ dapter status
    database   sqlite:app.db
    at         a1 Users
    pending    nothing

    $ dapter downgrade base --yes
    undid   a1 Users ([time])
    1 revision undone on sqlite:app.db in [time], now at base

    $ dapter upgrade --var 9=1
    error: --var: `9` cannot be the name of a variable
      help: use letters, digits and underscores, and no digit at the beginning
    [exit 2]
    ");
}

#[test]
fn what_is_unknown_or_fails_is_told_as_it_was_written() {
    let sandbox = Sandbox::project();
    sandbox.write("dapter.toml", CONFIG);
    script(
        &sandbox,
        "CREATE TABLE ${tabel_name} (id INTEGER);\nSELECT ${other",
    );
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @"
    $ dapter upgrade
    error: unknown variable `${tabel_name}` at column 14
     --> migrations/versions/a1.sql:6:1
      |
    6 | CREATE TABLE ${tabel_name} (id INTEGER);
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: did you mean `${table_name}`?

    error: `${` without its `}` at column 8
     --> migrations/versions/a1.sql:7:1
      |
    7 | SELECT ${other
      | ^^^^^^^^^^^^^^
      |
      = help: write `$${` for `${` itself

    error: 2 errors; nothing was done
    [exit 1]
    ");
    script(
        &sandbox,
        "CREATE TABLE ${table_name} (id INTEGER);\nINSERT INTO ${table_name} VALUES ('${note}', wrong);",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter upgrade --json
    "), @r#"
    $ dapter upgrade
    error: the upgrade of revision a1 failed at statement 2 of 2
     --> migrations/versions/a1.sql:7:46
      |
    7 | INSERT INTO ${table_name} VALUES ('${note}', wrong);
      |                                              ^^^^^ no such column: wrong (SQLITE_ERROR)
      |
      = note: the database is as it was before
      = help: mend the cause and run `dapter upgrade` again
    [exit 1]

    $ dapter upgrade --json
    {
      "error": {
        "causes": [
          "no such column: wrong (SQLITE_ERROR)"
        ],
        "exit_code": 1,
        "hint": "mend the cause and run `dapter upgrade` again",
        "kind": "upgrade",
        "message": "the upgrade of revision a1 failed",
        "run": {
          "backup": null,
          "column": 46,
          "direction": "upgrade",
          "done": [],
          "error": {
            "code": "SQLITE_ERROR",
            "kind": "statement",
            "message": "no such column: wrong",
            "position": 45,
            "retryable": false
          },
          "hook": null,
          "interrupted": false,
          "line": 7,
          "path": "[project]/migrations/versions/a1.sql",
          "pending": [
            "a1"
          ],
          "revision": "a1",
          "state": "unchanged",
          "statement": {
            "column": 1,
            "line": 7,
            "made": null,
            "number": 2,
            "text": "INSERT INTO ${table_name} VALUES ('${note}', wrong)",
            "total": 2
          },
          "statements_done": null,
          "statements_total": null
        }
      }
    }
    [exit 1]
    "#);
    sandbox.write(
        "dapter.toml",
        "[variables]\n\"a b\" = \"1\"\nc = true\nd = { value = \"1\", hidden = true }\n",
    );
    assert_snapshot!(sandbox.transcript("dapter upgrade"), @r#"
    $ dapter upgrade
    error: dapter.toml:2:1: `a b` cannot be the name of a variable
      help: use letters, digits and underscores, and no digit at the beginning

    error: dapter.toml:3:5: `variables.c` must be a string, an integer, or { value = "…", secret = true }, not of type boolean

    error: dapter.toml:4:20: unknown key `hidden` in `variables.d`
      help: known here: secret, value
    [exit 1]
    "#);
}
