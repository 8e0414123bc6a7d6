//! Plugins that crash: in an operation, and as soon as the system loads them.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;

use super::plugin_files::library;

/// The hostile plugin, which does something when it is loaded: `fault`, `abort`, `exit` or `loop`.
fn doing(word: &str) -> Vec<u8> {
    const BEGINS: &[u8] = b"dapter-hostile-initialiser:";
    let mut bytes = library();
    let at = bytes.windows(BEGINS.len()).position(|found| found == BEGINS);
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
    "), @"");
    sandbox.edit("migrations/versions/one.mem", "crash", "set b 2");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --target bad
        dapter current --target bad
    "), @"");
    assert!(sandbox.read("bad.txt").ends_with("set a 1\nset b 2\nset c 3\n"));
}

#[test]
fn what_crashes_when_it_is_loaded_is_not_installed() {
    let sandbox = sandbox();
    assert_snapshot!(sandbox.transcript("
        dapter plugin install fault.so --allow-unsigned
        dapter plugin install abort.so --allow-unsigned
        dapter plugin install exit.so --allow-unsigned --json
    "), @"");
    sandbox.write("dapter.toml", "[isolation]\nanswer_limit = \"300ms\"\n");
    assert_snapshot!(sandbox.transcript("
        dapter plugin install loop.so --allow-unsigned
        dapter plugin list
    "), @"");
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
fn what_crashes_when_it_is_loaded_ends_neither_the_program_nor_other_targets() {
    let sandbox = sandbox();
    sandbox.write(
        "dapter.toml",
        "[targets.bad]\nurl = \"async-memory:x\"\n[targets.good]\nurl = \"sqlite:good.db\"\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter --plugin fault.so current --target bad
        dapter --plugin exit.so current --target bad --target good
    "), @"");
}
