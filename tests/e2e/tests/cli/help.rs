//! Help texts, and command lines that are refused.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

#[test]
fn help_of_the_program() {
    assert_snapshot!(Sandbox::new().transcript("
        dapter --help
        dapter --version
    "), @"
    $ dapter --help
    Migrates databases: one command line for every database that has a plugin

    Usage: dapter [OPTIONS] <COMMAND>

    Commands:
      init         Make the folder of the scripts, and a dapter.toml where there is none
      create       Write a new script
      upgrade      Apply revisions
      downgrade    Undo revisions
      plan         Show what an upgrade or a downgrade would do, and keep it to be carried out later
      apply        Carry out a plan that was kept, if nothing has changed since
      current      Show the revision that the database is at
      history      List the revisions, latest first, and which of them are applied
      heads        Show the revisions that no other revises
      branches     Show where revisions part, and the branch labels
      merge        Write a script that joins heads
      edit         Open the script of a revision in an editor, and check it afterwards
      rebase       Move a revision that is not applied behind another head
      show         Show a revision and its script
      stamp        Record a revision as reached without running a script
      baseline     Begin with a database that exists already: record what it has, without running a
                   script
      adopt        Take over the migrations of another tool, and what it has applied
      export       Write the scripts as the migrations of another tool, and tell its table what is
                   applied
      status       Show where the database is, what is half done and what `upgrade` will do next
      check        Find what is wrong before anything runs: for pipelines
      lint         Tell what scripts do to a live system: locks, rewrites, lost data
      inspect      Print what the database is built of: statements, a document, or a diagram
      diff         Show what differs between a database, its models, its scripts and others
      verify       Try every revision both ways in a scratch database
      squash       Make one script of several, which databases recognise
      repair       Settle by hand what is half done
      unlock       Take the lock away from a deployer that is gone for certain
      plugin       Install plugins, look at them, and say whose are trusted
      doctor       Look whether configuration, scripts, plugins and databases are well, and say what to
                   do where they are not
      completions  Print what lets a shell complete command lines
      man          Write the manual pages

    Options for every command:
          --url <URL>            Database URL, such as sqlite:app.db; instead of the target's
          --directory <FOLDER>   Folder of the scripts; instead of the target's [default: migrations]
          --config <FILE>        Configuration file [default: dapter.toml here or in a folder above]
          --target <NAME>        Target of the configuration file; several, or 'shop-*', where many may
                                 be named [default: default, or the only one]
          --plugin <FILE>        Plugin to use before those that are installed; may be repeated
          --isolation <WHERE>    Where plugins run: auto, in-process, or process for one of their own;
                                 plugin test also takes both [default: auto]
          --locked               Use no plugin that dapter-plugins.lock does not have, apart from those
                                 that come with dapter
          --var <NAME=VALUE>     Value of a variable of scripts, instead of the one in dapter.toml; may
                                 be repeated
          --wait <TIME>          How long to wait for a server that is not up yet: 30s, 2m [default: 0]
          --json                 Print one JSON document
          --log-format <FORMAT>  What standard error says while a command runs: text, or json for a line
                                 of JSON each [default: text]
      -q, --quiet                Print nothing but results and errors
          --dry-run              Show what would be done, and change nothing
          --color <WHEN>         When to use colour: auto, always or never [default: auto]
      -h, --help                 Print help
      -V, --version              Print the version

    Exit codes:
      0  done, also if there was nothing to do
      1  failed, and the database is as it was before
      2  the command line is wrong
      3  check, lint, verify or plugin test found something
      4  failed when part of it was done
      5  no plugin serves the database, or the plugin was refused
      6  another deployer held the database

    $ dapter --version
    dapter [version]
    ");
}

#[test]
fn help_of_commands() {
    assert_snapshot!(Sandbox::new().transcript("
        dapter upgrade --help
        dapter create -h
        dapter plugin --help
    "), @"
    $ dapter upgrade --help
    Apply revisions

    Usage: dapter upgrade [OPTIONS] [REVISION]

    Arguments:
      [REVISION]  Where to go: `head`, `heads`, an id or its beginning, `+2` [default: head]

    Options:
          --create-database           Make the database if it does not exist
          --out-of-order              Apply revisions that came too late: applied ones need them already
          --sql                       Print a script that the database's own client runs, and connect to
                                      nothing: FROM:TO, FROM is base if left out
          --transaction <MODE>        Transactions: `each` revision, `all` in one, `none` [default:
                                      each]
          --lock-wait <TIME>          How long to wait for others, another deployer or whoever is in a
                                      statement's way [default: 60s]
          --lock-timeout <TIME>       How long a statement waits for others before its step is tried
                                      again: 500ms, 2s [default: 1s]
          --statement-timeout <TIME>  How long a statement may run; 0 is as long as it takes [default:
                                      0]
          --yes                       Destroy data without asking, where statements do
          --backup[=<PATH>]           Copy the database first: to a file, or into a folder, with / at
                                      its end [default: backups/ beside dapter.toml]
          --no-hooks                  Leave the hooks of dapter.toml out

    Options for many databases:
          --all               Work on every target of the configuration file
          --jobs <N>          How many databases to work on at once [default: 4]
          --canary <NAME>     Targets to begin with: the others follow if these succeed; a name, or
                              'test-*'; may be repeated
          --max-failures <N>  Begin no other database after so many have failed

    Options for every command:
          --url <URL>            Database URL, such as sqlite:app.db; instead of the target's
          --directory <FOLDER>   Folder of the scripts; instead of the target's [default: migrations]
          --config <FILE>        Configuration file [default: dapter.toml here or in a folder above]
          --target <NAME>        Target of the configuration file; several, or 'shop-*', where many may
                                 be named [default: default, or the only one]
          --plugin <FILE>        Plugin to use before those that are installed; may be repeated
          --isolation <WHERE>    Where plugins run: auto, in-process, or process for one of their own;
                                 plugin test also takes both [default: auto]
          --locked               Use no plugin that dapter-plugins.lock does not have, apart from those
                                 that come with dapter
          --var <NAME=VALUE>     Value of a variable of scripts, instead of the one in dapter.toml; may
                                 be repeated
          --wait <TIME>          How long to wait for a server that is not up yet: 30s, 2m [default: 0]
          --json                 Print one JSON document
          --log-format <FORMAT>  What standard error says while a command runs: text, or json for a line
                                 of JSON each [default: text]
      -q, --quiet                Print nothing but results and errors
          --dry-run              Show what would be done, and change nothing
          --color <WHEN>         When to use colour: auto, always or never [default: auto]
      -h, --help                 Print help

    $ dapter create -h
    Write a new script

    Usage: dapter create [OPTIONS] [MESSAGE]

    Arguments:
      [MESSAGE]  What the migration does, in one line

    Options:
          --repeatable <NAME>      Write a script of this name that runs again whenever its text
                                   changes, instead of a revision
          --head <REVISION>        Parent: an id, `base` for a new base; repeated, or `heads`, for a
                                   merge [default: head] [alias: --revises]
          --splice                 Start a new branch, behind a parent that is no head
          --branch-label <LABEL>   Branch label that it declares; may be repeated [alias: --branch]
          --depends-on <REVISION>  Revision or branch that must be applied before it; may be repeated
          --rev-id <ID>            Id of the revision [default: twelve random digits]
          --autogenerate           Write what leads from the database to its models, or those of the
                                   tool that its adapter drives [default: if `models` is configured]
          --empty                  Write an empty script, whatever the models say
          --format <FORMAT>        What the script is written in [default: `format` in dapter.toml, else
                                   sql] [possible values: sql, toml]
          --drift                  Write what was changed in the database by hand: what leads to it from
                                   what its scripts build
          --models <SOURCE>        Models, instead of those in dapter.toml: a file or folder of
                                   statements, a .toml or .json document, python:MODULE:ATTRIBUTE,
                                   command:LINE or a URL
          --python <PROGRAM>       Python that knows the models of python:MODULE:ATTRIBUTE [default:
                                   that of .venv, else python3]
          --rename <OLD=NEW>       What has another name now: users=people, users.name=users.full_name;
                                   may be repeated
          --include <PATTERN>      Look only at such objects: users, 'shop_*', 'view report_*'; may be
                                   repeated
          --exclude <PATTERN>      Leave such objects out; may be repeated
          --online                 Prefer statements that let others go on working
          --scratch-url <URL>      Server to make scratch databases on, instead of the target's

    Options for every command:
          --url <URL>            Database URL, such as sqlite:app.db; instead of the target's
          --directory <FOLDER>   Folder of the scripts; instead of the target's [default: migrations]
          --config <FILE>        Configuration file [default: dapter.toml here or in a folder above]
          --target <NAME>        Target of the configuration file; several, or 'shop-*', where many may
                                 be named [default: default, or the only one]
          --plugin <FILE>        Plugin to use before those that are installed; may be repeated
          --isolation <WHERE>    Where plugins run: auto, in-process, or process for one of their own;
                                 plugin test also takes both [default: auto]
          --locked               Use no plugin that dapter-plugins.lock does not have, apart from those
                                 that come with dapter
          --var <NAME=VALUE>     Value of a variable of scripts, instead of the one in dapter.toml; may
                                 be repeated
          --wait <TIME>          How long to wait for a server that is not up yet: 30s, 2m [default: 0]
          --json                 Print one JSON document
          --log-format <FORMAT>  What standard error says while a command runs: text, or json for a line
                                 of JSON each [default: text]
      -q, --quiet                Print nothing but results and errors
          --dry-run              Show what would be done, and change nothing
          --color <WHEN>         When to use colour: auto, always or never [default: auto]
      -h, --help                 Print help

    $ dapter plugin --help
    Install plugins, look at them, and say whose are trusted

    Usage: dapter plugin [OPTIONS] <COMMAND>

    Commands:
      list     List the plugins that are found, and where they were looked for
      info     Show what a plugin says of itself, without running it
      install  Install a plugin, once it was tried in a process of its own
      update   Install newer versions of what is installed, where a source has them
      remove   Remove a plugin that was installed
      verify   Check everything of a plugin that can be checked without running it
      search   Look for plugins in the sources
      lock     Pin the project to plugins, to the byte: writes dapter-plugins.lock
      trust    Whose keys are trusted
      source   Where plugins can be had by name
      doctor   Show where plugins are looked for and why, and what keeps each of them from being used
      test     Run the conformance kit on the adapter in a plugin's file
      new      Make a crate that is a plugin, in a folder of its name or in --directory
      build    Build the plugin's crate that is here or in --directory, and put what is published into
               dist
      key      Make a pair of keys to sign plugins with
      sign     Sign a plugin, or the index of a source
      index    Write the index of a folder with plugins, for a source, or bring it up to date, and sign
               it

    Options for every command:
          --url <URL>            Database URL, such as sqlite:app.db; instead of the target's
          --directory <FOLDER>   Folder of the scripts; instead of the target's [default: migrations]
          --config <FILE>        Configuration file [default: dapter.toml here or in a folder above]
          --target <NAME>        Target of the configuration file; several, or 'shop-*', where many may
                                 be named [default: default, or the only one]
          --plugin <FILE>        Plugin to use before those that are installed; may be repeated
          --isolation <WHERE>    Where plugins run: auto, in-process, or process for one of their own;
                                 plugin test also takes both [default: auto]
          --locked               Use no plugin that dapter-plugins.lock does not have, apart from those
                                 that come with dapter
          --var <NAME=VALUE>     Value of a variable of scripts, instead of the one in dapter.toml; may
                                 be repeated
          --wait <TIME>          How long to wait for a server that is not up yet: 30s, 2m [default: 0]
          --json                 Print one JSON document
          --log-format <FORMAT>  What standard error says while a command runs: text, or json for a line
                                 of JSON each [default: text]
      -q, --quiet                Print nothing but results and errors
          --dry-run              Show what would be done, and change nothing
          --color <WHEN>         When to use colour: auto, always or never [default: auto]
      -h, --help                 Print help
    ");
}

#[test]
fn unknown_options_are_refused_everywhere() {
    let sandbox = Sandbox::new();
    for command in [
        "init",
        "create x",
        "upgrade",
        "downgrade",
        "downgrade base",
        "current",
        "history",
        "heads",
        "show",
        "stamp base",
        "unlock",
        "plugin",
        "plugin list",
        "plugin info x",
        "",
    ] {
        for option in ["--unknown", "-x", "--transactions=all"] {
            for line in [
                format!("dapter {command} {option}"),
                format!("dapter {option} {command}"),
            ] {
                let output = sandbox.dapter(&line);
                assert_eq!(output.status.code(), Some(2), "{line}");
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(said.contains("unexpected argument"), "{line} says\n{said}");
            }
        }
    }
    assert!(!sandbox.path("migrations").exists(), "nothing was made");
}

#[test]
fn what_else_is_refused() {
    assert_snapshot!(Sandbox::new().transcript("
        dapter upgrad
        dapter upgrade a b
        dapter downgrade
        dapter upgrade --transaction some
        dapter upgrade --lock-wait soon
        dapter --color purple current
        dapter --url
    "), @r#"
    $ dapter upgrad
    error: unrecognized subcommand 'upgrad'

      tip: some similar subcommands exist: 'downgrade', 'upgrade'

    Usage: dapter [OPTIONS] <COMMAND>

    For more information, try '--help'.
    [exit 2]

    $ dapter upgrade a b
    error: unexpected argument 'b' found

    Usage: dapter upgrade [OPTIONS] [REVISION]

    For more information, try '--help'.
    [exit 2]

    $ dapter downgrade
    error: the following required arguments were not provided:
      <REVISION>

    Usage: dapter downgrade <REVISION>

    For more information, try '--help'.
    [exit 2]

    $ dapter upgrade --transaction some
    error: invalid value 'some' for '--transaction <MODE>': unknown transaction mode `some` (write `each`, `all` or `none`)

    For more information, try '--help'.
    [exit 2]

    $ dapter upgrade --lock-wait soon
    error: invalid value 'soon' for '--lock-wait <TIME>': `soon` is not a duration (write a whole number and a unit: 500ms, 60s, 5m, 1h)

    For more information, try '--help'.
    [exit 2]

    $ dapter --color purple current
    error: invalid value 'purple' for '--color <WHEN>'
      [possible values: auto, always, never]

    For more information, try '--help'.
    [exit 2]

    $ dapter --url
    error: a value is required for '--url <URL>' but none was supplied

    For more information, try '--help'.
    [exit 2]
    "#);
}

#[test]
fn options_for_every_command_stand_before_or_after_it() {
    let sandbox = Sandbox::with_scripts(&[("a1", "", "")]);
    assert_snapshot!(sandbox.transcript("
        dapter --url sqlite:b.db --dry-run --quiet upgrade
        dapter upgrade --url sqlite:b.db --dry-run --quiet
        dapter --quiet upgrade --url sqlite:b.db --dry-run
    "), @r#"
    $ dapter --url sqlite:b.db --dry-run --quiet upgrade
    + a1 Make a1

    $ dapter upgrade --url sqlite:b.db --dry-run --quiet
    + a1 Make a1

    $ dapter --quiet upgrade --url sqlite:b.db --dry-run
    + a1 Make a1
    "#);
}

#[test]
fn completions_and_manual_pages() {
    // Not in a project, and beside a configuration that cannot be read.
    let sandbox = Sandbox::new();
    sandbox.write("dapter.toml", "[");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let transcript = sandbox.transcript(&format!("dapter completions {shell}"));
        assert!(transcript.contains("downgrade"), "{shell}: {transcript}");
    }
    assert_snapshot!(sandbox.transcript("
        dapter man pages
        dapter man dapter.toml
        dapter completions csh
    "), @"
    $ dapter man pages
    the manual pages are in pages

    $ dapter man dapter.toml
    error: cannot write manual pages into dapter.toml: File exists (os error 17)
    [exit 1]

    $ dapter completions csh
    error: invalid value 'csh' for '<SHELL>'
      [possible values: bash, elvish, fish, powershell, zsh]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.
    [exit 2]
    ");
    let pages = std::fs::read_dir(sandbox.path("pages")).expect("it was made");
    let names: Vec<_> = pages
        .map(|page| {
            page.expect("readable")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    for page in ["dapter.1", "dapter-upgrade.1", "dapter-plugin-list.1"] {
        assert!(names.iter().any(|name| name == page), "{names:?}");
    }
    assert!(sandbox.read("pages/dapter-upgrade.1").contains("lock"));
}
