//! An adapter that drives a tool with scripts of its own: `init` takes them in, `create` has the tool make one.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;
use serde_json::Value;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;

use super::schemas::{hold, schemas};

/// A project whose tool has the revision `a1`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let name = format!("{DLL_PREFIX}dapter_hostile{DLL_SUFFIX}");
    // Cargo has built it beside this test.
    let test = std::env::current_exe().expect("a running test has a file");
    fs::create_dir(sandbox.path("plugins")).expect("a folder");
    let plugin = sandbox.path("plugins").join(&name);
    fs::copy(test.with_file_name(&name), plugin).expect("it is copied");
    sandbox.write(
        "dapter.toml",
        "[defaults]\nplugin_path = [\"plugins\"]\n[targets.default]\nurl = \"tool:tool\"\n",
    );
    sandbox.write("tool/a1.txt", "base\nMake a\n");
    sandbox
}

#[test]
fn its_revisions_are_taken_in() {
    let sandbox = sandbox();
    assert_snapshot!(sandbox.transcript("
        dapter init --dry-run
        dapter init
        dapter init
        dapter heads
    "), @"
    $ dapter init --dry-run
    would make migrations
    would make migrations/versions
    would make migrations/versions/a1.mem
    would leave dapter.toml as it is

    $ dapter init
    made migrations
    made migrations/versions
    made migrations/versions/a1.mem
    left dapter.toml as it is
    next: dapter upgrade

    $ dapter init
    left migrations as it is
    left migrations/versions as it is
    left dapter.toml as it is
    left 1 script as it is
    next: dapter upgrade

    $ dapter heads
    a1  Make a
    ");
    sandbox.write("tool/a1.txt", "base\nMake another a\n");
    sandbox.write("tool/b1.txt", "a1\nMake b\n");
    assert_snapshot!(sandbox.transcript("
        dapter init --dry-run
        dapter init
        dapter init --models schema.sql
    "), @r#"
    $ dapter init --dry-run
    would make migrations/versions/b1.mem
    would write anew migrations/versions/a1.mem
    would leave migrations as it is
    would leave migrations/versions as it is
    would leave dapter.toml as it is

    $ dapter init
    made migrations/versions/b1.mem
    wrote anew migrations/versions/a1.mem
    left migrations as it is
    left migrations/versions as it is
    left dapter.toml as it is
    next: dapter upgrade

    $ dapter init --models schema.sql
    error: --models: there is a dapter.toml already
      help: write into its target: models = "schema.sql"
    [exit 2]
    "#);
    sandbox.write("tool/name", "../c.mem");
    assert_snapshot!(sandbox.transcript("dapter init"), @"
    $ dapter init
    error: cannot initialise the migrations directory
      note: `../c.mem` cannot be the name of a script, or two have it
      help: the adapter must name each script by a file name with its extension
    [exit 1]
    ");
    assert!(!sandbox.path("migrations/c.mem").exists());
}

#[test]
fn what_it_has_no_more_is_removed_if_the_database_does_not_need_it() {
    let sandbox = sandbox();
    sandbox.write("tool/b1.txt", "a1\nMake b\n");
    sandbox.dapter("dapter init");
    fs::remove_file(sandbox.path("tool/b1.txt")).expect("it is there");
    sandbox.write("tool/down", "");
    assert_snapshot!(sandbox.transcript("dapter init"), @"
    $ dapter init
    left migrations as it is
    left migrations/versions as it is
    left dapter.toml as it is
    left 1 script as it is
    left migrations/versions/b1.mem, though the tool has no revision b1: whether the database has applied it cannot be told: cannot connect to tool:tool: it does not answer
    next: bring the revision back in the tool; or have the tool take the database to another one, and run `dapter init` again
    ");
    let (printed, schemas) = (sandbox.dapter("dapter --json init"), schemas());
    let document: Value = serde_json::from_slice(&printed.stdout).expect("a document");
    hold(&schemas, "init", &document, "init");
    assert_eq!(document["orphans"][0]["revision"], "b1");
    fs::remove_file(sandbox.path("tool/down")).expect("it is there");
    assert_snapshot!(sandbox.transcript("
        dapter init --dry-run
        dapter init
        dapter heads
    "), @"
    $ dapter init --dry-run
    would remove migrations/versions/b1.mem, which the tool has no more
    would leave migrations as it is
    would leave migrations/versions as it is
    would leave dapter.toml as it is
    would leave 1 script as it is

    $ dapter init
    removed migrations/versions/b1.mem, which the tool has no more
    left migrations as it is
    left migrations/versions as it is
    left dapter.toml as it is
    left 1 script as it is
    next: dapter upgrade

    $ dapter heads
    a1  Make a
    ");
}

#[test]
fn an_asynchronous_adapter_has_its_tool_do_the_same() {
    for isolation in ["in-process", "process"] {
        let sandbox = sandbox();
        sandbox.edit("dapter.toml", "tool:tool", "async-tool:tool");
        let run = |line: &str| {
            let printed = sandbox.dapter(&format!("dapter --isolation {isolation} --json {line}"));
            serde_json::from_slice::<Value>(&printed.stdout).expect("a document")
        };
        run("init");
        let made = run("create \"Make b\" --rev-id b1 --head a1 --autogenerate");
        assert_eq!(made["revision"], "b1", "{made}");
        let text = fs::read_to_string(sandbox.path("tool/b1.txt")).expect("it is there");
        assert_eq!(text, "a1\nMake b by its models\n");
        let upgraded = run("upgrade");
        assert_eq!(upgraded["heads"][0], "b1", "{upgraded}");
        let refused = run("create \"Make c\"");
        assert_eq!(
            refused["error"]["hint"], "name one: --rev-id ID",
            "{refused}"
        );
        fs::remove_file(sandbox.path("tool/b1.txt")).expect("it is there");
        let taken_in = run("init");
        assert_eq!(
            taken_in["removed"].as_array().map(Vec::len),
            Some(1),
            "{taken_in}"
        );
    }
}

#[test]
fn nothing_is_taken_over_for_it() {
    let sandbox = sandbox();
    assert_snapshot!(sandbox.transcript("dapter adopt alembic --from ."), @"
    $ dapter adopt alembic --from .
    error: nothing can be taken over for an adapter that drives a tool: the tool runs its own scripts
      help: take its revisions in with `dapter init`; or, to leave the tool, adopt with the URL of the database itself
    [exit 1]
    ");
}

#[test]
fn it_makes_new_ones() {
    let sandbox = sandbox();
    assert_snapshot!(sandbox.transcript("
        dapter create \"Make b\" --rev-id b1
        dapter init --quiet
        dapter create \"Make b\" --rev-id b1 --head a1 --dry-run
        dapter create \"Make b\" --rev-id b1 --head a1 --autogenerate
        dapter create \"Make c\"
        dapter create nothing
        dapter create \"Make c\" --rev-id c1
        dapter merge --rev-id d1 --dry-run
        dapter merge --rev-id d1
        dapter history --offline
    "), @r#"
    $ dapter create "Make b" --rev-id b1
    error: there is no migrations directory at migrations
      help: make one with `dapter init`, or name another directory
    [exit 1]

    $ dapter init --quiet

    $ dapter create "Make b" --rev-id b1 --head a1 --dry-run
    would have the tool make a revision, and write its script

    $ dapter create "Make b" --rev-id b1 --head a1 --autogenerate
    migrations/versions/b1.mem
    tool/b1.txt

    $ dapter create "Make c"
    error: cannot have a migration made through tool:tool
      note: this tool makes no ids
      help: name one: --rev-id ID
    [exit 1]

    $ dapter create nothing
    nothing to do: the tool has made no revision

    $ dapter create "Make c" --rev-id c1
    migrations/versions/c1.mem
    tool/c1.txt

    $ dapter merge --rev-id d1 --dry-run
    would have the tool make a revision, and write its script

    $ dapter merge --rev-id d1
    migrations/versions/d1.mem
    tool/d1.txt

    $ dapter history --offline
    d1  Merge b1 and c1 (merge, head)
    b1  Make b by its models
    a1  Make a
    c1  Make c
    "#);
}

#[test]
fn what_it_cannot_be_told_is_refused() {
    let sandbox = sandbox();
    assert_snapshot!(sandbox.transcript("
        dapter init --quiet
        dapter create \"Make b\" --rev-id b1 --format toml
        dapter create \"Make b\" --rev-id b1 --models schema.sql
        dapter create \"Make b\" --rev-id b1 --drift
        dapter create \"Make b\" --rev-id b1 --rename a=b
        dapter create --repeatable views
        dapter rebase a1 --onto base
        dapter heads
    "), @r#"
    $ dapter init --quiet

    $ dapter create "Make b" --rev-id b1 --format toml
    error: the format `toml` cannot be passed on to the tool that makes the revision
      help: the tool's scripts are its own: --format sql
    [exit 2]

    $ dapter create "Make b" --rev-id b1 --models schema.sql
    error: --models cannot be passed on to the tool that makes the revision
      help: the tool compares its own models with the database: --autogenerate alone
    [exit 2]

    $ dapter create "Make b" --rev-id b1 --drift
    error: --drift cannot be passed on to the tool that makes the revision
      help: the tool compares its own models with the database: --autogenerate alone
    [exit 2]

    $ dapter create "Make b" --rev-id b1 --rename a=b
    error: --rename cannot be passed on to the tool that makes the revision
      help: the tool compares its own models with the database: --autogenerate alone
    [exit 2]

    $ dapter create --repeatable views
    error: --repeatable cannot be passed on to the tool that makes the revision
      help: have a revision do it
    [exit 2]

    $ dapter rebase a1 --onto base
    error: the parents of revisions are told by the tool that the adapter drives
      help: change them there, and take it in with `dapter init`
    [exit 2]

    $ dapter heads
    a1  Make a
    "#);
    sandbox.edit(
        "dapter.toml",
        "url",
        "models = \"schema.sql\"\nformat = \"toml\"\nurl",
    );
    assert_snapshot!(sandbox.transcript("
        dapter create \"Make b\" --rev-id b1
        dapter create \"Make b\" --rev-id b1 --empty
        dapter create \"Make b\" --rev-id b1 --empty --format sql
    "), @r#"
    $ dapter create "Make b" --rev-id b1
    error: `models` of dapter.toml cannot be passed on to the tool that makes the revision
      help: the tool compares its own models with the database: --autogenerate alone
    [exit 2]

    $ dapter create "Make b" --rev-id b1 --empty
    error: the format `toml` cannot be passed on to the tool that makes the revision
      help: the tool's scripts are its own: --format sql
    [exit 2]

    $ dapter create "Make b" --rev-id b1 --empty --format sql
    migrations/versions/b1.mem
    tool/b1.txt
    "#);
}

#[test]
fn programs_are_told_what_the_schemas_say() {
    let (sandbox, schemas) = (sandbox(), schemas());
    for (name, line) in [
        ("init", "init --dry-run"),
        ("init", "init"),
        ("create", "create \"Make b\" --rev-id b1 --dry-run"),
        ("create", "create \"Make b\" --rev-id b1"),
        ("create", "create nothing"),
        ("error", "create \"Make c\""),
    ] {
        let printed = sandbox.dapter(&format!("dapter --json {line}"));
        let document: Value = serde_json::from_slice(&printed.stdout).expect("a document");
        hold(&schemas, name, &document, line);
    }
    sandbox.write("tool/a1.txt", "base\nMake another a\n");
    let printed = sandbox.dapter("dapter --json init");
    let document: Value = serde_json::from_slice(&printed.stdout).expect("a document");
    hold(&schemas, "init", &document, "init");
    let rewritten = document["rewritten"].as_array().expect("a list");
    assert_eq!(rewritten.len(), 1);
    fs::remove_file(sandbox.path("tool/b1.txt")).expect("it is there");
    let printed = sandbox.dapter("dapter --json init");
    let document: Value = serde_json::from_slice(&printed.stdout).expect("a document");
    hold(&schemas, "init", &document, "init");
    let removed = document["removed"].as_array().expect("a list");
    assert_eq!(removed.len(), 1);
}
