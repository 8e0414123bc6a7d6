//! What authors of plugins do: a new crate, its build, and the conformance kit.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dapter::plugin::{Catalog, Places};
use dapter_e2e::{Sandbox, target_directory};
use insta::assert_snapshot;
use serde_json::Value;

use super::schemas;

/// The plugin-api of this checkout, and the versions that are here already.
fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A command that runs cargo, which is to find this machine's tools and build where all else is built.
fn with_cargo(mut command: Command) -> Output {
    for name in [
        "PATH",
        "HOME",
        "CARGO",
        "CARGO_HOME",
        "RUSTFLAGS",
        "RUSTUP_HOME",
        "RUSTUP_TOOLCHAIN",
    ] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .env("CARGO_TARGET_DIR", target_directory())
        .env("CARGO_NET_OFFLINE", "true")
        .output()
        .expect("dapter starts")
}

/// The only document that was printed, which its schema describes.
fn document(name: &str, output: &Output) -> Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    let document = serde_json::from_slice(&output.stdout).expect(&errors);
    schemas::hold(&schemas::schemas(), name, &document, name);
    document
}

/// A plugin that cargo has built beside this test.
fn beside(key: &str) -> PathBuf {
    let executable = env::current_exe().expect("a running test has a file");
    let catalog = Catalog::scan(&Places::standard(&executable, None));
    let choice = catalog.choose_by_key(key).expect("cargo has built it");
    choice.file.path.clone()
}

/// Makes a crate, builds it, and runs the kit on it.
fn passes(name: &str, option: &str) -> Value {
    let sandbox = Sandbox::new();
    let api = checkout().join("plugin-api");
    let api = api.to_str().expect("a plain path");
    let line = format!("dapter --json plugin new {name} {option} --plugin-api \"{api}\"");
    let made = sandbox.dapter(&line);
    assert_eq!(made.status.code(), Some(0));
    document("plugin_new", &made);
    // The versions of this workspace: nothing is downloaded.
    let lock = std::fs::read(checkout().join("Cargo.lock")).expect("reads");
    sandbox.write(&format!("{name}/Cargo.lock"), lock);
    let build = format!("cd {name}: dapter --json plugin build --profile dev --test");
    let built = with_cargo(sandbox.command(&build));
    let document = document("plugin_build", &built);
    assert_eq!(built.status.code(), Some(0), "{document:#}");
    let report = document["conformance"]["report"]
        .as_str()
        .expect("a report");
    let report = std::fs::read(report).expect("reads");
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    schemas::hold(&schemas::schemas(), "plugin_test", &report, "the report");
    assert_eq!(report["sha256"], document["sha256"]);
    assert_eq!(report["failed"], 0, "{report:#}");
    report
}

/// Why cases were skipped, each reason once.
fn reasons(report: &Value) -> BTreeSet<&str> {
    let cases = report["cases"].as_array().expect("cases");
    let skipped = cases.iter().filter(|case| case["outcome"] == "skipped");
    skipped.filter_map(|case| case["reason"].as_str()).collect()
}

#[test]
fn a_new_plugin_builds_and_passes_the_kit() {
    let report = passes("notebook", "");
    assert_eq!(
        reasons(&report),
        BTreeSet::from([
            "its calls block: none can be dropped halfway",
            "the subject has no script that cannot be split",
            "the subject has no way to `kill` a session",
            "transactions are not declared",
        ])
    );
}

#[test]
fn a_new_asynchronous_plugin_builds_and_passes_the_kit() {
    let report = passes("note-async", "--async");
    assert_eq!(
        reasons(&report),
        BTreeSet::from([
            "the subject has no script that cannot be split",
            "the subject has no way to `kill` a session",
            "transactions are not declared",
        ])
    );
}

#[test]
fn the_sqlite_plugin_passes_the_kit() {
    let sandbox = Sandbox::new();
    let subject = checkout().join("plugins/sqlite/plugin/conformance.toml");
    let (file, subject) = (beside("sqlite"), subject.display().to_string());
    let line = format!(
        "dapter --json plugin test \"{}\" --subject \"{subject}\" --report report.json --isolation both",
        file.display()
    );
    let tested = sandbox.dapter(&line);
    let report = document("plugin_test", &tested);
    assert_eq!(tested.status.code(), Some(0), "{report:#}");
    assert_eq!(report["server"]["product"], "SQLite");
    let cases = report["cases"].as_array().expect("cases");
    let at = |place: &str| {
        cases
            .iter()
            .filter(|case| case["isolation"] == place)
            .count()
    };
    assert_eq!(
        (at("process"), at("in-process")),
        (cases.len() / 2, cases.len() / 2)
    );
    let written: Value = serde_json::from_str(&sandbox.read("report.json")).expect("JSON");
    assert_eq!(written, report);
}

#[test]
fn what_a_plugin_breaks_is_named() {
    let sandbox = Sandbox::new();
    let subject = checkout().join("tests/hostile/conformance.toml");
    sandbox.write("conformance.toml", std::fs::read(subject).expect("reads"));
    std::fs::copy(beside("bad-split"), sandbox.path("hostile.plugin"))
        .expect("the plugin is copied");
    assert_snapshot!(sandbox.transcript("
        dapter plugin test hostile.plugin
        dapter plugin test hostile.plugin --adapter bad-split --filter split::nothing
        dapter plugin test hostile.plugin --adapter bad-split --filter split::l
        dapter plugin test hostile.plugin --adapter panic-connect --filter reading_changes
        dapter plugin test hostile.plugin --adapter async-memory --filter lint
        dapter plugin test hostile.plugin --adapter async-memory --filter no-such-case
    "), @"
    $ dapter plugin test hostile.plugin
    error: the plugin has 18 adapters: panic-make, panic-connect, panic-call, panic-drop, undeclared, bad-split, slow, segfault-call, overflow-call, abort-call, exit-call, loop-call, memory-call, print-call, segfault-file, tool, async-memory, async-tool
      help: choose one with --adapter KEY
    [exit 2]

    $ dapter plugin test hostile.plugin --adapter bad-split --filter split::nothing
    kit      [version]
    file     hostile.plugin
    sha256   [sha256]
    plugin   dapter-hostile [version]
    adapter  bad-split

    split    1 failed

    failed split::nothing_is_no_statement
      `split` failed with Protocol: the adapter split off bytes 0 to 1, which is no statement

    0 passed, 1 failed, 0 skipped in [time]
    [exit 3]

    $ dapter plugin test hostile.plugin --adapter bad-split --filter split::l
    kit      [version]
    file     hostile.plugin
    sha256   [sha256]
    plugin   dapter-hostile [version]
    adapter  bad-split

    split    2 failed

    failed split::lines_and_columns_are_where_statements_start
      `split` failed with Protocol: the adapter split off bytes 0 to 38, which is no statement

    failed split::line_breaks_of_windows_make_no_difference
      `split` failed with Protocol: the adapter split off bytes 0 to 38, which is no statement

    0 passed, 2 failed, 0 skipped in [time]
    [exit 3]

    $ dapter plugin test hostile.plugin --adapter panic-connect --filter reading_changes
    kit      [version]
    file     hostile.plugin
    sha256   [sha256]
    plugin   dapter-hostile [version]
    adapter  panic-connect

    history    1 failed

    failed history::reading_changes_nothing
      `connect` failed with Panic: the adapter panicked: connecting is not for me (tests/hostile/src/misbehaving.rs:60:9)

    0 passed, 1 failed, 0 skipped in [time]
    [exit 3]

    $ dapter plugin test hostile.plugin --adapter async-memory --filter lint
    kit      [version]
    file     hostile.plugin
    sha256   [sha256]
    plugin   dapter-hostile [version]
    adapter  async-memory

    lint    1 passed

    1 passed, 0 failed, 0 skipped in [time]

    $ dapter plugin test hostile.plugin --adapter async-memory --filter no-such-case
    error: --filter: no case has `no-such-case` in its name
      help: names are listed in docs/adapter-reference.md, and with --json
    [exit 2]
    ");
}

#[test]
fn what_cannot_be_tested_is_told() {
    let sandbox = Sandbox::new();
    std::fs::copy(beside("bad-split"), sandbox.path("hostile.plugin"))
        .expect("the plugin is copied");
    sandbox.write("notes.txt", "This is no library.");
    sandbox.write("a.toml", "fresh = \"{server}/x\"\n");
    let rest = "put = { statement = \"p\", probe = \"q\" }\nfail = { statement = \"f\" }\n\
                script = { text = \"p\\n\", statements = [\"p\"] }\n";
    sandbox.write("b.toml", format!("fresh = \"{{server}}/x\"\n{rest}"));
    sandbox.write("c.toml", format!("fresh = \"slow:{{nr}}\"\n{rest}"));
    sandbox.write(
        "d.toml",
        format!("fresh = \"slow:{{n}}\"\ncreate = [\"make\"]\n{rest}"),
    );
    assert_snapshot!(sandbox.transcript("
        dapter plugin test nowhere.so
        dapter plugin test notes.txt
        dapter plugin test hostile.plugin --adapter slow
        dapter plugin test hostile.plugin --adapter slow --subject a.toml
        dapter plugin test hostile.plugin --adapter slow --subject b.toml
        dapter plugin test hostile.plugin --adapter slow --subject c.toml
        dapter plugin test hostile.plugin --subject d.toml --url slow:x
        dapter plugin test hostile.plugin --adapter slow --subject d.toml --case-timeout 0
    "), @r#"
    $ dapter plugin test nowhere.so
    error[P02]: `nowhere.so` cannot be used as a plugin
      note: the file does not exist
      help: check the path
    [exit 5]

    $ dapter plugin test notes.txt
    error[P02]: `notes.txt` cannot be used as a plugin
      note: it is not a dynamic library
      help: name the plugin's own file: the library that its author ships, or that `cargo build` made
    [exit 5]

    $ dapter plugin test hostile.plugin --adapter slow
    error: there is no conformance.toml here, nor above hostile.plugin: it tells the kit how to get an empty database
      help: write one (conformance.toml of `dapter plugin new` is an example), or name it with --subject FILE
    [exit 1]

    $ dapter plugin test hostile.plugin --adapter slow --subject a.toml
    error: a.toml: TOML parse error at line 1, column 1
             |
           1 | fresh = "{server}/x"
             | ^
           missing field `put`
      help: docs/authors.md explains each line
    [exit 1]

    $ dapter plugin test hostile.plugin --adapter slow --subject b.toml
    error: b.toml: {server} is a part of --url, and none is given
      help: there are {dir}, {n}, {run}, {scheme}, and of a server that databases may be made on, named with --url URL: {url}, {server}, {user}, {host}, {query}
    [exit 2]

    $ dapter plugin test hostile.plugin --adapter slow --subject c.toml
    error: c.toml: `{nr}` stands for nothing
      help: there are {dir}, {n}, {run}, {scheme}, and of a server that databases may be made on, named with --url URL: {url}, {server}, {user}, {host}, {query}
    [exit 2]

    $ dapter plugin test hostile.plugin --subject d.toml --url slow:x
    error: cannot make a database to test on: `make` is no command
      help: the database of --url must be there, and its user may make others; look at `fresh` and `create`
    [exit 1]

    $ dapter plugin test hostile.plugin --adapter slow --subject d.toml --case-timeout 0
    error: invalid value '0' for '--case-timeout <TIME>': no case ends within no time (write 30s or 2m)

    For more information, try '--help'.
    [exit 2]
    "#);
}

#[test]
fn a_new_plugin_takes_nobodys_place() {
    let sandbox = Sandbox::new();
    sandbox.write("taken/notes.txt", "mine");
    assert_snapshot!(sandbox.transcript("
        dapter plugin new taken
        dapter plugin new Oracle
        dapter plugin new sqlite
        dapter plugin new ../away
        dapter plugin new notebook --plugin-api taken
        dapter plugin build
        dapter plugin build --directory taken
    "), @r#"
    $ dapter plugin new taken
    error: taken is there already
      help: choose another name, or another folder with --directory FOLDER
    [exit 1]

    $ dapter plugin new Oracle
    error: the name "Oracle" does not begin with a small letter
      help: name it after the database, such as oracle or acme-oracle
    [exit 2]

    $ dapter plugin new sqlite
    error: the name "sqlite" belongs to an adapter that comes with dapter
      help: name it after the database, such as oracle or acme-oracle
    [exit 2]

    $ dapter plugin new ../away
    error: the name "../away" does not begin with a small letter
      help: name it after the database, such as oracle or acme-oracle
    [exit 2]

    $ dapter plugin new notebook --plugin-api taken
    error: --plugin-api: taken is not the folder of the crate dapter-plugin-api
      help: name the folder plugin-api of a checkout of dapter
    [exit 2]

    $ dapter plugin build
    error: there is no Cargo.toml
      help: run this in the folder of the plugin's crate, or name it with --directory FOLDER
    [exit 1]

    $ dapter plugin build --directory taken
    error: there is no taken/Cargo.toml
      help: run this in the folder of the plugin's crate, or name it with --directory FOLDER
    [exit 1]
    "#);
}

#[cfg(unix)]
#[test]
fn what_a_plugin_prints_is_told_and_what_fails_alone_is_not_run_beside_the_kit() {
    let sandbox = Sandbox::new();
    let subject = checkout().join("tests/hostile/conformance.toml");
    let subject = std::fs::read_to_string(subject).expect("reads");
    let printing = subject.replace("[\"put given 1\"]", "[\"put given 1\", \"crash\"]");
    sandbox.write("conformance.toml", printing);
    std::fs::copy(beside("print-call"), sandbox.path("hostile.plugin"))
        .expect("the plugin is copied");
    assert_snapshot!(sandbox.transcript("
        dapter plugin test hostile.plugin --adapter print-call --filter output
        dapter plugin test hostile.plugin --adapter print-call --filter output --isolation in-process
        dapter plugin test hostile.plugin --adapter bad-split --filter split::nothing --isolation both
        dapter --plugin hostile.plugin --url print-call:x --isolation both current
    "), @"
    $ dapter plugin test hostile.plugin --adapter print-call --filter output
    kit      [version]
    file     hostile.plugin
    sha256   [sha256]
    plugin   dapter-hostile [version]
    adapter  print-call

    output    1 failed

    failed output::nothing_is_written_to_the_standard_output
      what the adapter wrote to the standard output
      expected nothing
      found    this is no place for an adapter to write to

    0 passed, 1 failed, 0 skipped in [time]
    [exit 3]

    $ dapter plugin test hostile.plugin --adapter print-call --filter output --isolation in-process
    kit      [version]
    file     hostile.plugin
    sha256   [sha256]
    plugin   dapter-hostile [version]
    adapter  print-call

    output    1 failed

    failed output::nothing_is_written_to_the_standard_output
      what the adapter wrote to the standard output
      expected nothing
      found    this is no place for an adapter to write to

    0 passed, 1 failed, 0 skipped in [time]
    [exit 3]

    $ dapter plugin test hostile.plugin --adapter bad-split --filter split::nothing --isolation both
    kit      [version]
    file     hostile.plugin
    sha256   [sha256]
    plugin   dapter-hostile [version]
    adapter  bad-split

    process:
    split    1 failed

    failed split::nothing_is_no_statement
      `split` failed with Protocol: the adapter split off bytes 0 to 1, which is no statement

    in-process:
    split    1 skipped

    skipped: it has failed in a process of its own already
      split::nothing_is_no_statement

    0 passed, 1 failed, 1 skipped in [time]
    [exit 3]

    $ dapter --plugin hostile.plugin --url print-call:x --isolation both current
    development: hostile.plugin (--plugin) is used without asking who made it
    error: a plugin runs in one place: `--isolation both` is for `plugin test`
      help: write `auto`, `in-process` or `process`
    [exit 2]
    ");
}
