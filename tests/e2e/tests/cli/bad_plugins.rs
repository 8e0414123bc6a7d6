//! Plugins that crash: in an operation, and as soon as the system loads them.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

use super::plugin_files::library;

/// The hostile plugin, which does something when it is loaded: `fault`, `abort`, `exit` or `loop`.
fn doing(word: &str) -> Vec<u8> {
    const BEGINS: &[u8] = b"dapter-hostile-initialiser:";
    let mut bytes = library();
    let at = bytes
        .windows(BEGINS.len())
        .position(|found| found == BEGINS);
    let at = at.expect("the word is in the file") + BEGINS.len();
    bytes[at..at + 6].copy_from_slice(format!("{word:6}").as_bytes());
    bytes
}

/// A sandbox with such a plugin of each kind.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::project();
    for word in ["fault", "abort", "exit", "loop"] {
        sandbox.write(&format!("{word}.so"), doing(word));
    }
    sandbox
}

/// The file of notes outlives the process: what was done before the crash is known, and the run goes on behind it.
#[test]
fn a_bad_pointer_leaves_a_database_that_can_be_repaired_and_other_targets_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("plugins/hostile.so", library());
    sandbox.write(
        "dapter.toml",
        "[defaults]\nplugin_path = [\"plugins\"]\n\
         [targets.bad]\nurl = \"segfault-file:bad.txt\"\n\
         [targets.good]\nurl = \"async-memory:x\"\n",
    );
    sandbox.write(
        "migrations/versions/one.mem",
        "# Make one\n# dapter:revision one\n# dapter:revises base\n\
         # dapter:upgrade\nput a 1\n# dapter:upgrade segfault-file\nset a 1\ncrash\nset c 3\n\
         # dapter:downgrade\ndel a\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --target bad --target good
        dapter status --target bad
    "), @"
    $ dapter upgrade --target bad --target good
    good  1 revision applied in [time], now at one
    1 upgraded, 1 failed in [time]
    failed: bad
    the same command again goes on with what is not done
    bad   failed
    error: the upgrade of revision one failed at statement 2 of 3
     --> migrations/versions/one.mem:8:1
      |
    8 | crash
      | ^^^^^ the plugin's process was killed by SIGSEGV (a part of memory that is not its own) during `execute_recorded`
      |
      = note: following a pointer that leads nowhere
      = note: the connection broke at the commit: whether this step lasts is not known
      = help: the database is as after a lost connection; report this to the plugin's author
      = help: run `dapter upgrade` again: the history tells it where to go on
    [exit 4]

    $ dapter status --target bad
    database   segfault-file:bad.txt
    at         base (nothing is applied)
    pending    nothing

    half done: the upgrade of one Make one
      1 of 3 statements are done, since YYYY-MM-DDThh:mmZ
      statement 2 of 3, migrations/versions/one.mem:8:
          crash
      next: `dapter upgrade` goes on at statement 2
    ");
    sandbox.edit("migrations/versions/one.mem", "crash", "set b 2");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --target bad
        dapter current --target bad
    "), @"
    $ dapter upgrade --target bad
    applied one Make one ([time])
    1 revision applied to segfault-file:bad.txt in [time], now at one

    $ dapter current --target bad
    one  YYYY-MM-DDThh:mmZ  Make one (head)
    ");
    assert!(
        sandbox
            .read("bad.txt")
            .ends_with("set a 1\nset b 2\nset c 3\n")
    );
}

/// Both databases are in use when the process of one of them ends.
#[test]
fn what_ends_the_process_of_one_target_leaves_another_of_the_same_plugin_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("plugins/hostile.so", library());
    sandbox.write(
        "dapter.toml",
        "[defaults]\nplugin_path = [\"plugins\"]\n\
         [targets.bad]\nurl = \"segfault-file:bad.txt\"\n\
         [targets.good]\nurl = \"segfault-file:good.txt\"\n",
    );
    sandbox.write(
        "migrations/versions/one.mem",
        "# Make one\n# dapter:revision one\n# dapter:revises base\n\
         # dapter:upgrade\nmeet\ncrash\nset c 3\n# dapter:downgrade\nunset c\n",
    );
    let output = sandbox.dapter("dapter upgrade --target bad --target good --jobs 2 --json");
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let lines = String::from_utf8_lossy(&output.stdout);
    let ended = |name: &str| {
        let line = lines.lines().find(|line| {
            line.contains(&format!("\"target\":\"{name}\"")) && !line.contains("\"started\"")
        });
        line.unwrap_or_default().to_owned()
    };
    assert!(ended("bad").contains("SIGSEGV"), "{lines}");
    assert!(ended("good").contains("\"event\":\"finished\""), "{lines}");
    assert!(sandbox.read("good.txt").ends_with("set c 3\n"));
}

#[test]
fn what_crashes_when_it_is_loaded_is_not_installed() {
    let sandbox = sandbox();
    assert_snapshot!(sandbox.transcript("
        dapter plugin install fault.so --allow-unsigned
        dapter plugin install abort.so --allow-unsigned
        dapter plugin install exit.so --allow-unsigned --json
    "), @r#"
    $ dapter plugin install fault.so --allow-unsigned
    error[P06]: could not load the plugin `fault.so` in a process of its own
      note: its process was killed by SIGSEGV (a part of memory that is not its own); it said last: following a pointer that leads nowhere
      help: nothing of yours was touched; report it to the plugin's author
    [exit 5]

    $ dapter plugin install abort.so --allow-unsigned
    error[P06]: could not load the plugin `abort.so` in a process of its own
      note: its process was killed by SIGABRT (it gave up)
      help: nothing of yours was touched; report it to the plugin's author
    [exit 5]

    $ dapter plugin install exit.so --allow-unsigned --json
    {
      "error": {
        "causes": [
          "its process ended by itself with exit code 0"
        ],
        "code": "P06",
        "exit_code": 5,
        "hint": "nothing of yours was touched; report it to the plugin's author",
        "kind": "plugin",
        "message": "could not load the plugin `[project]/exit.so` in a process of its own"
      }
    }
    [exit 5]
    "#);
    sandbox.write("dapter.toml", "[isolation]\nanswer_limit = \"300ms\"\n");
    assert_snapshot!(sandbox.transcript("
        dapter plugin install loop.so --allow-unsigned
        dapter plugin list
    "), @"
    $ dapter plugin install loop.so --allow-unsigned
    error[P06]: could not load the plugin `loop.so` in a process of its own
      note: its process was ended: no answer for 300ms
      help: nothing of yours was touched; report it to the plugin's author
    [exit 5]

    $ dapter plugin list
    dapter-sqlite-plugin [version]  development  sqlite, sqlite3  /installed/lib/dapter/plugins/[sqlite plugin]

    searched:
      the user's data folder  does not exist  /home/dapter/plugins
      beside the executable   no plugin       /installed/bin
      ../lib/dapter/plugins   1 plugin        /installed/lib/dapter/plugins
    ");
}

/// Nothing of it runs: the program lives.
#[test]
fn what_crashes_when_it_is_loaded_can_be_looked_at() {
    let sandbox = sandbox();
    sandbox.write("plugins/exit.so", doing("exit"));
    let plugins = sandbox.path("plugins");
    let path = plugins.to_str().expect("a plain path");
    for line in [
        "dapter plugin verify fault.so".to_owned(),
        "dapter plugin info abort.so".to_owned(),
        "dapter plugin verify exit.so".to_owned(),
        "dapter plugin info loop.so".to_owned(),
        format!("DAPTER_PLUGIN_PATH={path} dapter plugin doctor"),
        format!("DAPTER_PLUGIN_PATH={path} dapter plugin list"),
    ] {
        let output = sandbox.dapter(&line);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{line}: {said}");
        assert!(said.contains("hostile"), "{line}: {said}");
    }
}

#[test]
fn what_crashes_when_it_is_loaded_is_an_error_before_anything_is_done() {
    let sandbox = sandbox();
    sandbox.write(
        "dapter.toml",
        "[targets.bad]\nurl = \"async-memory:x\"\n[targets.good]\nurl = \"sqlite:good.db\"\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter --plugin fault.so current --target bad
        dapter --plugin exit.so current --target bad --target good
    "), @"
    $ dapter --plugin fault.so current --target bad
    development: fault.so (--plugin) is used without asking who made it
    error[P06]: could not load the plugin `fault.so` in a process of its own
      note: its process was killed by SIGSEGV (a part of memory that is not its own); it said last: following a pointer that leads nowhere
      help: nothing of yours was touched; report it to the plugin's author
    [exit 5]

    $ dapter --plugin exit.so current --target bad --target good
    development: exit.so (--plugin) is used without asking who made it
    error[P06]: could not load the plugin `exit.so` in a process of its own
      note: its process ended by itself with exit code 0
      help: nothing of yours was touched; report it to the plugin's author
    [exit 5]
    ");
}

/// How a plugin is tried before it is loaded in this process, and how often.
#[test]
fn what_was_put_into_a_folder_is_tried_before_its_first_load_in_this_process() {
    let sandbox = sandbox();
    sandbox.write(
        "dapter.toml",
        "[defaults]\nplugin_path = [\"plugins\"]\n[targets.default]\nurl = \"async-memory:x\"\n",
    );
    sandbox.write("plugins/hostile.so", doing("fault"));
    let tried = || std::fs::read_dir(sandbox.path("cache/dapter/tried")).map_or(0, Iterator::count);
    let cache = sandbox.path("cache");
    let line = format!(
        "XDG_CACHE_HOME={} dapter --isolation in-process current",
        cache.to_str().expect("a plain path")
    );
    assert_snapshot!(sandbox.transcript(&line), @"
    $ XDG_CACHE_HOME=[project]/cache dapter --isolation in-process current
    error[P06]: could not load the plugin `plugins/hostile.so` in a process of its own
      note: its process was killed by SIGSEGV (a part of memory that is not its own); it said last: following a pointer that leads nowhere
      help: nothing of yours was touched; report it to the plugin's author
    [exit 5]
    ");
    assert_eq!(tried(), 0);

    sandbox.write("plugins/hostile.so", library());
    for _ in 0..2 {
        let output = sandbox.dapter(&line);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(tried(), 1);
    }
    // Another file in its place was not tried.
    sandbox.write("plugins/hostile.so", doing("abort"));
    let output = sandbox.dapter(&line);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
}
