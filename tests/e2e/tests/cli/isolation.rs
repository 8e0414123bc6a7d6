//! Plugins that run in a process of their own, seen from the command line.

use dapter_e2e::Sandbox;
use insta::assert_snapshot;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};

/// Two targets whose adapters are the hostile plugin's: one exits in the statement `crash`, the other does not know it.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("plugins");
    std::fs::create_dir(&folder).expect("a folder");
    let name = format!("{DLL_PREFIX}dapter_hostile{DLL_SUFFIX}");
    // Cargo has built it beside this test.
    let test = std::env::current_exe().expect("a running test has a file");
    std::fs::copy(test.with_file_name(&name), folder.join(name)).expect("it is copied");
    sandbox.write(
        "dapter.toml",
        "[defaults]\nplugin_path = [\"plugins\"]\n\
         [targets.bad]\nurl = \"exit-call:x\"\n\
         [targets.good]\nurl = \"async-memory:x\"\n",
    );
    sandbox.write(
        "migrations/versions/one.mem",
        "# Make one\n# dapter:revision one\n# dapter:revises base\n\
         # dapter:upgrade\nput a 1\n# dapter:upgrade exit-call\nput a 1\ncrash\nput b 2\n\
         # dapter:downgrade\ndel a\n",
    );
    sandbox
}

#[test]
fn a_plugin_that_ends_its_process_ends_neither_the_program_nor_other_targets() {
    let sandbox = sandbox();
    assert_snapshot!(sandbox.transcript("
        dapter upgrade --target bad --target good
        dapter upgrade --target bad
        dapter upgrade --target bad --json
        dapter upgrade --target good --isolation nowhere
    "), @"");
}
