//! Plugins that are found, and files that are none.

use dapter_e2e::{Sandbox, build_program};
use insta::assert_snapshot;

#[test]
fn what_there_is() {
    let sandbox = Sandbox::new();
    sandbox.write("notes.txt", "This is no library.");
    assert_snapshot!(sandbox.transcript("
        dapter plugin list
        dapter plugin list --quiet
        DAPTER_PLUGIN_PATH=/nowhere dapter --plugin notes.txt plugin list
        dapter plugin info oracle
        DAPTER_PLUGIN_PATH=plugins dapter plugin list
    "), @"
    $ dapter plugin list
    dapter-sqlite-plugin [version]  development  sqlite, sqlite3  /installed/lib/dapter/plugins/[sqlite plugin]

    searched:
      the user's data folder  does not exist  /home/dapter/plugins
      beside the executable   no plugin       /installed/bin
      ../lib/dapter/plugins   1 plugin        /installed/lib/dapter/plugins

    $ dapter plugin list --quiet
    dapter-sqlite-plugin [version]  development  sqlite, sqlite3  /installed/lib/dapter/plugins/[sqlite plugin]

    $ DAPTER_PLUGIN_PATH=/nowhere dapter --plugin notes.txt plugin list
    (no plugin)                 development                   notes.txt (broken: it is not a dynamic library)
    dapter-sqlite-plugin [version]  development  sqlite, sqlite3  /installed/lib/dapter/plugins/[sqlite plugin]

    searched:
      --plugin                no plugin, 1 broken  notes.txt
      DAPTER_PLUGIN_PATH      does not exist       /nowhere
      the user's data folder  does not exist       /home/dapter/plugins
      beside the executable   no plugin            /installed/bin
      ../lib/dapter/plugins   1 plugin             /installed/lib/dapter/plugins
    development: notes.txt (--plugin) is used without asking who made it

    $ dapter plugin info oracle
    error[P01]: no plugin offers the name `oracle`
                  found: dapter-sqlite-plugin [version] (sqlite)
                  searched: the user's data folder /home/dapter/plugins (does not exist)
                  searched: beside the executable /installed/bin (no plugin)
                  searched: ../lib/dapter/plugins /installed/lib/dapter/plugins (1 plugin)
      help: install it with `dapter plugin install`, or name its file with --plugin FILE
    [exit 5]

    $ DAPTER_PLUGIN_PATH=plugins dapter plugin list
    error[P01]: the plugin folder `plugins` in DAPTER_PLUGIN_PATH is not absolute
      help: write the folder's whole path, from the root
    [exit 5]
    ");
}

/// What its tables say differs from system to system: `size`, `needs`, `glibc`, `panics`.
#[test]
fn what_a_plugin_is() {
    let sandbox = Sandbox::new();
    let document = sandbox.dapter("dapter plugin info sqlite --json").stdout;
    let document: serde_json::Value = serde_json::from_slice(&document).expect("it is JSON");
    let facts = &document["facts"];
    assert!(
        facts["size"].as_u64() > Some(1 << 20) && facts["panics"] == "unwind",
        "{facts}"
    );
    assert_eq!(facts["further_exports"]["count"], 0);
    let told = sandbox.transcript("dapter plugin info sqlite");
    let of_tables = |line: &&str| {
        let first = line.split_whitespace().next().unwrap_or_default();
        ["size", "needs", "glibc", "panics"].contains(&first)
    };
    let (tables, rest): (Vec<&str>, Vec<&str>) = told.lines().partition(of_tables);
    assert!(tables[0].starts_with("size") && tables[0].ends_with(" bytes"));
    assert!(
        tables
            .iter()
            .any(|line| line.starts_with("needs") && line.contains("libc."))
    );
    assert_snapshot!(rest.join("\n"), @"
    $ dapter plugin info sqlite
    file       /installed/lib/dapter/plugins/[sqlite plugin] (../lib/dapter/plugins)
    trust      development
    plugin     dapter-sqlite-plugin [version]
    what       The dapter plugin for SQLite
    license    MIT OR Apache-2.0
    abi        1.0
    built for  [platform]
    adapter    sqlite
      schemes       sqlite, sqlite3
      scripts       *.sql, comments with --
      capabilities  transactions, transactional-ddl, query, cancel, lock-timeout, create-database, lint, trace, inspect, scratch, foreign-history, server-facts, backup, offline, render
    ");
}

/// The code is in the message and in JSON, and the exit code is that of refused plugins.
#[cfg(unix)]
#[test]
fn a_plugin_that_anybody_can_write() {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    use std::fs::{Permissions, copy, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::project();
    let plugin = format!("{DLL_PREFIX}dapter_sqlite{DLL_SUFFIX}");
    // Copied, not linked: other tests use the file at the same time.
    copy(build_program().join(plugin), sandbox.path("anybody.so")).expect("is copied");
    set_permissions(sandbox.path("anybody.so"), Permissions::from_mode(0o646)).expect("ours");
    assert_snapshot!(sandbox.transcript("
        dapter --plugin anybody.so current
        dapter --plugin anybody.so current --json
    "), @r#"
    $ dapter --plugin anybody.so current
    development: anybody.so (--plugin) is used without asking who made it
    error[P03]: `anybody.so` cannot be used as a plugin
      note: everybody can write anybody.so
      help: take that away: `chmod go-w anybody.so`
    [exit 5]

    $ dapter --plugin anybody.so current --json
    {
      "error": {
        "causes": [
          "everybody can write [project]/anybody.so"
        ],
        "code": "P03",
        "exit_code": 5,
        "hint": "take that away: `chmod go-w [project]/anybody.so`",
        "kind": "plugin",
        "message": "`[project]/anybody.so` cannot be used as a plugin"
      }
    }
    [exit 5]
    "#);
}

#[test]
fn a_file_that_is_no_plugin() {
    let sandbox = Sandbox::project();
    sandbox.write("notes.txt", "This is no library.");
    assert_snapshot!(sandbox.transcript("
        dapter --plugin notes.txt upgrade
        dapter --plugin nowhere.so upgrade
        dapter --plugin migrations upgrade
        dapter plugin info notes.txt
        dapter plugin info ./nowhere.so
    "), @"
    $ dapter --plugin notes.txt upgrade
    development: notes.txt (--plugin) is used without asking who made it
    error[P02]: `notes.txt` cannot be used as a plugin
      note: it is not a dynamic library
      help: name the plugin's own file: the library that its author ships, or that `cargo build` made
    [exit 5]

    $ dapter --plugin nowhere.so upgrade
    development: nowhere.so (--plugin) is used without asking who made it
    error[P02]: `nowhere.so` cannot be used as a plugin
      note: the file does not exist
      help: check the path
    [exit 5]

    $ dapter --plugin migrations upgrade
    development: migrations (--plugin) is used without asking who made it
    error[P02]: `migrations` cannot be used as a plugin
      note: it is not a regular file
      help: name the plugin's own file: the library that its author ships, or that `cargo build` made
    [exit 5]

    $ dapter plugin info notes.txt
    error[P02]: `notes.txt` cannot be used as a plugin
      note: it is not a dynamic library
      help: name the plugin's own file: the library that its author ships, or that `cargo build` made
    [exit 5]

    $ dapter plugin info ./nowhere.so
    error[P02]: `./nowhere.so` cannot be used as a plugin
      note: the file does not exist
      help: check the path
    [exit 5]
    ");
}

#[test]
fn no_plugin_serves_the_database() {
    let sandbox = Sandbox::project();
    assert_snapshot!(sandbox.transcript("
        dapter --url postgresql://me:secret@localhost/shop upgrade
        dapter --url SQLITE:app.db current
        dapter --url sqlit:app.db current
    "), @"
    $ dapter --url postgresql://me:secret@localhost/shop upgrade
    error[P01]: no plugin offers the URL scheme `postgresql`
                  found: dapter-sqlite-plugin [version] (sqlite, sqlite3)
                  searched: the user's data folder /home/dapter/plugins (does not exist)
                  searched: beside the executable /installed/bin (no plugin)
                  searched: ../lib/dapter/plugins /installed/lib/dapter/plugins (1 plugin)
      help: install it with `dapter plugin install`, or name its file with --plugin FILE
    [exit 5]

    $ dapter --url SQLITE:app.db current
    base (nothing is applied)

    $ dapter --url sqlit:app.db current
    error[P01]: no plugin offers the URL scheme `sqlit`
                  found: dapter-sqlite-plugin [version] (sqlite, sqlite3)
                  searched: the user's data folder /home/dapter/plugins (does not exist)
                  searched: beside the executable /installed/bin (no plugin)
                  searched: ../lib/dapter/plugins /installed/lib/dapter/plugins (1 plugin)
      help: did you mean `sqlite`?
    [exit 5]
    ");
}
