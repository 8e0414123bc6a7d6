//! `--sql`: scripts for the database's own client.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

fn three() -> Sandbox {
    Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        (
            "a1->b1",
            "INSERT INTO a VALUES (1); -- it's one\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;",
            "DROP TRIGGER t;",
        ),
        ("b1->c1", "BEGIN;", "VACUUM;"),
    ])
}

#[test]
fn a_script_of_an_upgrade() {
    assert_snapshot!(three().transcript("USER=me dapter upgrade --sql b1"), @r#"
    $ USER=me dapter upgrade --sql b1
    -- For the program sqlite3: sqlite3 FILE.db < SCRIPT
    .bail on
    .timeout 60000
    PRAGMA foreign_keys = OFF;

    -- upgrade b1, written by dapter [version], steps: 2
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS main.dapter_revision (
      revision TEXT NOT NULL PRIMARY KEY,
      message TEXT NOT NULL DEFAULT '',
      checksum TEXT NOT NULL DEFAULT '',
      position INTEGER NOT NULL UNIQUE,
      state TEXT NOT NULL,
      statements_done INTEGER NOT NULL DEFAULT 0,
      statements_total INTEGER NOT NULL DEFAULT 0,
      done_checksum TEXT NOT NULL DEFAULT '',
      error TEXT NOT NULL DEFAULT '',
      duration_ms INTEGER NOT NULL DEFAULT 0,
      applied_at TEXT NOT NULL DEFAULT '',
      applied_by TEXT NOT NULL DEFAULT '',
      dapter_version TEXT NOT NULL DEFAULT '',
      settings TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE IF NOT EXISTS main.dapter_log (
      id INTEGER PRIMARY KEY,
      logged_at TEXT NOT NULL DEFAULT '',
      operation TEXT NOT NULL DEFAULT '',
      revision TEXT NOT NULL DEFAULT '',
      outcome TEXT NOT NULL DEFAULT '',
      statements INTEGER NOT NULL DEFAULT 0,
      duration_ms INTEGER NOT NULL DEFAULT 0,
      logged_by TEXT NOT NULL DEFAULT '',
      host TEXT NOT NULL DEFAULT '',
      dapter_version TEXT NOT NULL DEFAULT '',
      note TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE IF NOT EXISTS main.dapter_lock (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      token TEXT NOT NULL,
      host TEXT NOT NULL DEFAULT '',
      machine TEXT NOT NULL DEFAULT '',
      pid INTEGER NOT NULL DEFAULT 0,
      process_started TEXT NOT NULL DEFAULT '',
      locked_by TEXT NOT NULL DEFAULT '',
      locked_since TEXT NOT NULL DEFAULT '',
      beat INTEGER NOT NULL DEFAULT 0
    );
    CREATE TEMP TABLE dapter_requires (holds CONSTRAINT "the database is not at base, or locked or half done" CHECK (holds));
    INSERT INTO temp.dapter_requires SELECT NOT EXISTS (SELECT 1 FROM main.dapter_lock)
      AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE state <> 'applied')
      AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE revision NOT IN ());
    DROP TABLE temp.dapter_requires;
    COMMIT;

    -- upgrade a1: Make a1
    -- a1.sql
    BEGIN IMMEDIATE;
    CREATE TEMP TABLE dapter_requires (holds CONSTRAINT "a1 is applied, or the database locked" CHECK (holds));
    INSERT INTO temp.dapter_requires SELECT NOT EXISTS (SELECT 1 FROM main.dapter_lock)
      AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE state <> 'applied')
      AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE revision IN ('a1'));
    DROP TABLE temp.dapter_requires;
    CREATE TABLE a (id INTEGER);
    INSERT INTO main.dapter_revision (revision, message, checksum, position, state, statements_done,
           statements_total, done_checksum, error, duration_ms, applied_at, applied_by, dapter_version)
         VALUES ('a1', 'Make a1', 'text1-sha256:[sha256]', coalesce((SELECT position FROM main.dapter_revision WHERE revision = 'a1'), (SELECT coalesce(max(position), 0) + 1 FROM main.dapter_revision)), 'applied', 1, 1, '', '', 0, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'me', '[version]')
         ON CONFLICT (revision) DO UPDATE SET message = excluded.message, checksum = excluded.checksum,
           position = excluded.position, state = excluded.state, statements_done = excluded.statements_done,
           statements_total = excluded.statements_total, done_checksum = excluded.done_checksum,
           error = excluded.error, duration_ms = excluded.duration_ms, applied_at = excluded.applied_at,
           applied_by = excluded.applied_by, dapter_version = excluded.dapter_version,
           settings = CASE WHEN state = excluded.state THEN settings ELSE '' END;
    INSERT INTO main.dapter_log (logged_at, operation, revision, outcome, statements, duration_ms, logged_by,
           host, dapter_version, note)
         VALUES (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'upgrade', 'a1', 'done', 1, 0, 'me', '', '[version]', 'by a script for the database''s own client');
    COMMIT;

    -- upgrade b1: Make b1
    -- b1.sql
    BEGIN IMMEDIATE;
    CREATE TEMP TABLE dapter_requires (holds CONSTRAINT "b1 is applied, or the database locked" CHECK (holds));
    INSERT INTO temp.dapter_requires SELECT NOT EXISTS (SELECT 1 FROM main.dapter_lock)
      AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE state <> 'applied')
      AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE revision IN ('b1'));
    DROP TABLE temp.dapter_requires;
    INSERT INTO a VALUES (1);
    CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;
    INSERT INTO main.dapter_revision (revision, message, checksum, position, state, statements_done,
           statements_total, done_checksum, error, duration_ms, applied_at, applied_by, dapter_version)
         VALUES ('b1', 'Make b1', 'text1-sha256:[sha256]', coalesce((SELECT position FROM main.dapter_revision WHERE revision = 'b1'), (SELECT coalesce(max(position), 0) + 1 FROM main.dapter_revision)), 'applied', 2, 2, '', '', 0, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'me', '[version]')
         ON CONFLICT (revision) DO UPDATE SET message = excluded.message, checksum = excluded.checksum,
           position = excluded.position, state = excluded.state, statements_done = excluded.statements_done,
           statements_total = excluded.statements_total, done_checksum = excluded.done_checksum,
           error = excluded.error, duration_ms = excluded.duration_ms, applied_at = excluded.applied_at,
           applied_by = excluded.applied_by, dapter_version = excluded.dapter_version,
           settings = CASE WHEN state = excluded.state THEN settings ELSE '' END;
    INSERT INTO main.dapter_log (logged_at, operation, revision, outcome, statements, duration_ms, logged_by,
           host, dapter_version, note)
         VALUES (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'upgrade', 'b1', 'done', 2, 0, 'me', '', '[version]', 'by a script for the database''s own client');
    COMMIT;
    "#);
}

#[test]
fn a_script_of_a_downgrade_begins_where_it_is_told() {
    assert_snapshot!(three().transcript("
        USER=me dapter downgrade --sql b1:a1
        dapter downgrade --sql a1
        dapter downgrade --sql +1:a1
        dapter upgrade --sql current:b1
        dapter upgrade --sql a1:a1
    "), @r#"
    $ USER=me dapter downgrade --sql b1:a1
    -- For the program sqlite3: sqlite3 FILE.db < SCRIPT
    .bail on
    .timeout 60000
    PRAGMA foreign_keys = OFF;

    -- downgrade b1:a1, written by dapter [version], steps: 1
    BEGIN IMMEDIATE;
    CREATE TEMP TABLE dapter_requires (holds CONSTRAINT "the database is not at b1, or locked or half done" CHECK (holds));
    INSERT INTO temp.dapter_requires SELECT NOT EXISTS (SELECT 1 FROM main.dapter_lock)
      AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE state <> 'applied')
      AND (SELECT count(*) FROM main.dapter_revision WHERE revision IN ('a1', 'b1')) = 2
      AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE revision NOT IN ('a1', 'b1'));
    DROP TABLE temp.dapter_requires;
    COMMIT;

    -- downgrade b1: Make b1
    -- b1.sql
    BEGIN IMMEDIATE;
    CREATE TEMP TABLE dapter_requires (holds CONSTRAINT "b1 is not applied, or the database locked" CHECK (holds));
    INSERT INTO temp.dapter_requires SELECT NOT EXISTS (SELECT 1 FROM main.dapter_lock)
      AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE state <> 'applied')
      AND (SELECT count(*) FROM main.dapter_revision WHERE revision IN ('b1')) = 1;
    DROP TABLE temp.dapter_requires;
    DROP TRIGGER t;
    DELETE FROM main.dapter_revision WHERE revision = 'b1';
    INSERT INTO main.dapter_log (logged_at, operation, revision, outcome, statements, duration_ms, logged_by,
           host, dapter_version, note)
         VALUES (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'downgrade', 'b1', 'done', 1, 0, 'me', '', '[version]', 'by a script for the database''s own client');
    COMMIT;

    $ dapter downgrade --sql a1
    error: `a1` does not say where the database is
      help: write FROM:TO: FROM is an id or `base`
    [exit 1]

    $ dapter downgrade --sql +1:a1
    error: `+1:a1` does not say where the database is
      help: write FROM:TO: FROM is an id or `base`
    [exit 1]

    $ dapter upgrade --sql current:b1
    error: `current:b1` does not say where the database is
      help: write FROM:TO: FROM is an id or `base`
    [exit 1]

    $ dapter upgrade --sql a1:a1
    -- For the program sqlite3: sqlite3 FILE.db < SCRIPT
    .bail on
    .timeout 60000
    PRAGMA foreign_keys = OFF;

    -- upgrade a1:a1, written by dapter [version], steps: 0
    BEGIN IMMEDIATE;
    CREATE TEMP TABLE dapter_requires (holds CONSTRAINT "the database is not at a1, or locked or half done" CHECK (holds));
    INSERT INTO temp.dapter_requires SELECT NOT EXISTS (SELECT 1 FROM main.dapter_lock)
      AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE state <> 'applied')
      AND (SELECT count(*) FROM main.dapter_revision WHERE revision IN ('a1')) = 1
      AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE revision NOT IN ('a1', 'b1', 'c1'));
    DROP TABLE temp.dapter_requires;
    COMMIT;
    nothing to do in a1:a1
    "#);
}

#[test]
fn what_cannot_be_part_of_one_is_refused() {
    assert_snapshot!(three().transcript("
        dapter upgrade --sql
        dapter upgrade --sql b1:zz
        dapter upgrade --sql --all
    "), @"
    $ dapter upgrade --sql
    error: migrations/versions/c1.sql:6: the statement cannot be part of a script for the database's own client
      note: the script begins or ends a transaction within dapter's own
      help: leave the statement out; or write `-- dapter:transaction none` in the script's header: it then runs outside dapter's transaction
    [exit 1]

    $ dapter upgrade --sql b1:zz
    error: no revision or branch is called `zz`
      help: `dapter history` lists all revisions
    [exit 1]

    $ dapter upgrade --sql --all
    error: --sql prints the script of one database, and --all is every target
      help: name one with --target
    [exit 2]
    ");
}

#[test]
fn a_script_of_a_stamp() {
    assert_snapshot!(three().transcript("USER=me dapter stamp --sql a1:b1 --json"), @r#"
    $ USER=me dapter stamp --sql a1:b1 --json
    {
      "database": "sqlite:app.db",
      "forgotten": [],
      "recorded": [
        "b1"
      ],
      "script": "-- For the program sqlite3: sqlite3 FILE.db < SCRIPT\n.bail on\n.timeout 60000\nPRAGMA foreign_keys = OFF;\n\n-- stamp a1:b1, written by dapter [version]\nBEGIN IMMEDIATE;\nCREATE TEMP TABLE dapter_requires (holds CONSTRAINT \"the database is not at a1, or locked or half done\" CHECK (holds));\nINSERT INTO temp.dapter_requires SELECT NOT EXISTS (SELECT 1 FROM main.dapter_lock)\n  AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE state <> 'applied')\n  AND (SELECT count(*) FROM main.dapter_revision WHERE revision IN ('a1')) = 1\n  AND NOT EXISTS (SELECT 1 FROM main.dapter_revision WHERE revision NOT IN ('a1'));\nDROP TABLE temp.dapter_requires;\nCOMMIT;\nBEGIN IMMEDIATE;\nINSERT INTO main.dapter_revision (revision, message, checksum, position, state, statements_done,\n       statements_total, done_checksum, error, duration_ms, applied_at, applied_by, dapter_version)\n     VALUES ('b1', 'Make b1', 'text1-sha256:[sha256]', coalesce((SELECT position FROM main.dapter_revision WHERE revision = 'b1'), (SELECT coalesce(max(position), 0) + 1 FROM main.dapter_revision)), 'applied', 0, 0, '', '', 0, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'me', '[version]')\n     ON CONFLICT (revision) DO UPDATE SET message = excluded.message, checksum = excluded.checksum,\n       position = excluded.position, state = excluded.state, statements_done = excluded.statements_done,\n       statements_total = excluded.statements_total, done_checksum = excluded.done_checksum,\n       error = excluded.error, duration_ms = excluded.duration_ms, applied_at = excluded.applied_at,\n       applied_by = excluded.applied_by, dapter_version = excluded.dapter_version,\n       settings = CASE WHEN state = excluded.state THEN settings ELSE '' END;\nINSERT INTO main.dapter_log (logged_at, operation, revision, outcome, statements, duration_ms, logged_by,\n       host, dapter_version, note)\n     VALUES (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'stamp', 'b1', 'done', 0, 0, 'me', '', '[version]', 'recorded as applied, by a script for the database''s own client');\nCOMMIT;\n",
      "target": "default"
    }
    "#);
}
