//! The JSON documents. Their shapes are part of the interface.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

fn two() -> Sandbox {
    Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;"),
    ])
}

#[test]
fn making_scripts() {
    let sandbox = Sandbox::new();
    assert_snapshot!(sandbox.transcript("
        dapter --json --dry-run init
        dapter --json init
        dapter --json plugin list
        dapter --json create \"Add users\" --rev-id a1
        dapter --json create \"Add orders\" --rev-id b1 --dry-run
        dapter --json heads
        dapter --json show
        dapter --json history --offline
    "), @r#"
    $ dapter --json --dry-run init
    {
      "created": [
        "[project]/migrations",
        "[project]/migrations/versions",
        "[project]/migrations/script.sql",
        "[project]/dapter.toml"
      ],
      "dry_run": true,
      "existing": []
    }

    $ dapter --json init
    {
      "created": [
        "[project]/migrations",
        "[project]/migrations/versions",
        "[project]/migrations/script.sql",
        "[project]/dapter.toml"
      ],
      "dry_run": false,
      "existing": []
    }

    $ dapter --json plugin list
    {
      "plugins": [
        {
          "code": null,
          "descriptor": {
            "abi": "1.0",
            "adapters": [
              {
                "capabilities": [
                  "transactions",
                  "transactional-ddl",
                  "query",
                  "cancel",
                  "lock-timeout",
                  "create-database",
                  "lint",
                  "trace",
                  "inspect",
                  "scratch",
                  "foreign-history",
                  "server-facts",
                  "backup",
                  "offline",
                  "render"
                ],
                "comment": "--",
                "dialect": "sqlite",
                "execution": "blocking",
                "extension": "sql",
                "key": "sqlite",
                "schemes": [
                  "sqlite",
                  "sqlite3"
                ]
              }
            ],
            "description": "The dapter plugin for SQLite",
            "format": 1,
            "homepage": "",
            "license": "MIT OR Apache-2.0",
            "name": "dapter-sqlite-plugin",
            "sdk": "1.0.0",
            "target": "[platform]",
            "version": "[version]"
          },
          "id": null,
          "installed": null,
          "key": null,
          "origin": "installation",
          "path": "/installed/lib/dapter/plugins/[sqlite plugin]",
          "reason": null,
          "source": null,
          "standing": "usable",
          "trust": "development"
        }
      ],
      "searched": [
        {
          "broken": 0,
          "error": null,
          "exists": false,
          "origin": "user_data",
          "other_libraries": 0,
          "path": "/home/dapter/plugins",
          "plugins": 0
        },
        {
          "broken": 0,
          "error": null,
          "exists": true,
          "origin": "beside_executable",
          "other_libraries": 0,
          "path": "/installed/bin",
          "plugins": 0
        },
        {
          "broken": 0,
          "error": null,
          "exists": true,
          "origin": "installation",
          "other_libraries": 0,
          "path": "/installed/lib/dapter/plugins",
          "plugins": 1
        }
      ]
    }

    $ dapter --json create "Add users" --rev-id a1
    {
      "dry_run": false,
      "path": "[project]/migrations/versions/YYYYMMDDThhmm_a1_add_users.sql",
      "revises": [],
      "revision": "a1",
      "text": null
    }

    $ dapter --json create "Add orders" --rev-id b1 --dry-run
    {
      "dry_run": true,
      "path": "[project]/migrations/versions/YYYYMMDDThhmm_b1_add_orders.sql",
      "revises": [
        "a1"
      ],
      "revision": "b1",
      "text": "-- Add orders\n-- dapter:revision   b1\n-- dapter:revises    a1\n-- dapter:created    YYYY-MM-DDThh:mm:ssZ\n\n-- dapter:upgrade\n\n-- dapter:downgrade\n"
    }

    $ dapter --json heads
    {
      "heads": [
        {
          "branch_labels": [],
          "message": "Add users",
          "path": "[project]/migrations/versions/YYYYMMDDThhmm_a1_add_users.sql",
          "revision": "a1"
        }
      ]
    }

    $ dapter --json show
    {
      "revisions": [
        {
          "branch_labels": [],
          "checksum": "text1-sha256:[sha256]",
          "created": "YYYY-MM-DDThh:mm:ssZ",
          "depends_on": [],
          "irreversible": null,
          "message": "Add users",
          "path": "[project]/migrations/versions/YYYYMMDDThhmm_a1_add_users.sql",
          "revises": [],
          "revision": "a1",
          "text": "-- Add users\n-- dapter:revision   a1\n-- dapter:created    YYYY-MM-DDThh:mm:ssZ\n\n-- dapter:upgrade\n\n-- dapter:downgrade\n"
        }
      ]
    }

    $ dapter --json history --offline
    {
      "database": null,
      "repeatable": null,
      "revisions": [
        {
          "applied_at": null,
          "branch_labels": [],
          "created": "YYYY-MM-DDThh:mm:ssZ",
          "depends_on": [],
          "is_current": false,
          "is_head": true,
          "message": "Add users",
          "path": "[project]/migrations/versions/YYYYMMDDThhmm_a1_add_users.sql",
          "revises": [],
          "revision": "a1",
          "state": null
        }
      ],
      "target": null
    }
    "#);
}

#[test]
fn changing_a_database() {
    let sandbox = two();
    assert_snapshot!(sandbox.transcript("
        dapter --json upgrade a1 --dry-run
        dapter --json upgrade
        dapter --json current
        dapter --json history
        dapter --json downgrade -1 --yes
        dapter --json stamp b1
        dapter --json unlock
    "), @r#"
    $ dapter --json upgrade a1 --dry-run
    {
      "database": "sqlite:app.db",
      "direction": "upgrade",
      "dry_run": true,
      "hooks": [],
      "steps": [
        {
          "direction": "upgrade",
          "done": 0,
          "message": "Make a1",
          "path": "[project]/migrations/versions/a1.sql",
          "revision": "a1",
          "statements": [
            {
              "alone": false,
              "column": 1,
              "line": 5,
              "text": "CREATE TABLE a (id INTEGER)"
            }
          ],
          "transaction": "own"
        }
      ],
      "target": "default"
    }

    $ dapter --json upgrade
    {
      "backup": null,
      "database": "sqlite:app.db",
      "direction": "upgrade",
      "dry_run": false,
      "heads": [
        "b1"
      ],
      "steps": [
        {
          "duration_ms": 0,
          "message": "Make a1",
          "path": "[project]/migrations/versions/a1.sql",
          "revision": "a1",
          "statements": 1
        },
        {
          "duration_ms": 0,
          "message": "Make b1",
          "path": "[project]/migrations/versions/b1.sql",
          "revision": "b1",
          "statements": 1
        }
      ],
      "target": "default"
    }

    $ dapter --json current
    {
      "current": [
        {
          "applied_at": "YYYY-MM-DDThh:mm:ss.mmmZ",
          "applied_by": "",
          "has_script": true,
          "is_head": true,
          "message": "Make b1",
          "revision": "b1",
          "state": "applied",
          "statements_done": 1,
          "statements_total": 1
        }
      ],
      "database": "sqlite:app.db",
      "target": "default"
    }

    $ dapter --json history
    {
      "database": "sqlite:app.db",
      "repeatable": [],
      "revisions": [
        {
          "applied_at": "YYYY-MM-DDThh:mm:ss.mmmZ",
          "branch_labels": [],
          "created": null,
          "depends_on": [],
          "is_current": true,
          "is_head": true,
          "message": "Make b1",
          "path": "[project]/migrations/versions/b1.sql",
          "revises": [
            "a1"
          ],
          "revision": "b1",
          "state": "applied"
        },
        {
          "applied_at": "YYYY-MM-DDThh:mm:ss.mmmZ",
          "branch_labels": [],
          "created": null,
          "depends_on": [],
          "is_current": false,
          "is_head": false,
          "message": "Make a1",
          "path": "[project]/migrations/versions/a1.sql",
          "revises": [],
          "revision": "a1",
          "state": "applied"
        }
      ],
      "target": "default"
    }

    $ dapter --json downgrade -1 --yes
    {
      "backup": null,
      "database": "sqlite:app.db",
      "direction": "downgrade",
      "dry_run": false,
      "heads": [
        "a1"
      ],
      "steps": [
        {
          "duration_ms": 0,
          "message": "Make b1",
          "path": "[project]/migrations/versions/b1.sql",
          "revision": "b1",
          "statements": 1
        }
      ],
      "target": "default"
    }

    $ dapter --json stamp b1
    {
      "database": "sqlite:app.db",
      "dry_run": false,
      "forgotten": [],
      "recorded": [
        "b1"
      ],
      "target": "default"
    }

    $ dapter --json unlock
    {
      "holder": null,
      "unlocked": false
    }
    "#);
}
