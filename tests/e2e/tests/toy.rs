//! The command line drives an adapter that is not SQL and that nobody here knows: the toy, a crate outside the workspace.

use dapter_e2e::{Sandbox, Toolchain, build_library, fixture};
use insta::assert_snapshot;

fn sandbox() -> Sandbox {
    let plugin = build_library(&fixture("toy"), "dapter_toy", Toolchain::Same);
    let sandbox = Sandbox::new();
    let folder = sandbox.path("plugins");
    std::fs::create_dir(&folder).expect("a folder");
    let file = folder.join(plugin.file_name().expect("a file"));
    std::fs::copy(&plugin, file).expect("the plugin is copied");
    sandbox.write(
        "dapter.toml",
        "[defaults]\nplugin_path = [\"plugins\"]\n[targets.default]\nurl = \"toy:notes.txt\"\n",
    );
    sandbox
}

fn script(sandbox: &Sandbox, id: &str, revises: &str, body: &str) {
    let text = format!("# Make {id}\n# dapter:revision {id}\n# dapter:revises {revises}\n{body}");
    sandbox.write(&format!("migrations/versions/{id}.toy"), text);
}

#[test]
fn all_commands_work_on_it() {
    let sandbox = sandbox();
    assert_snapshot!(sandbox.transcript("dapter init"), @"");
    script(
        &sandbox,
        "one",
        "base",
        "# dapter:upgrade\nset apples 3\nset pears 4\n# dapter:downgrade\nunset apples\nunset pears\n",
    );
    script(
        &sandbox,
        "two",
        "one",
        "# dapter:upgrade\nset apples 5\njump\nset plums 1\n# dapter:downgrade\nset apples 3\nunset plums\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter current
        dapter downgrade base
    "), @"");
    sandbox.edit("migrations/versions/two.toy", "jump\n", "set cherries 9\n");
    assert_snapshot!(sandbox.transcript("
        dapter upgrade
        dapter history
        dapter downgrade base
        dapter current
    "), @"");
    assert!(!sandbox.read("notes.txt").contains("apples"));
}
