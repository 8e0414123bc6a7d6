//! A folder whose index is kept by a command, and newer versions of what was installed from there.

use std::fs;

use dapter_e2e::{Sandbox, keys};
use insta::assert_snapshot;

use super::plugin_files::{library, version, with_registry};
use super::registry::add;

/// A folder with keys of a keeper and of a publisher, and a version of a plugin in it, signed.
fn shop() -> Sandbox {
    let (sandbox, registry) = with_registry();
    sandbox.write("keeper.key", &registry.keeper.secret);
    sandbox.write("keeper.pub", &registry.keeper.public);
    sandbox.write("acme.key", &registry.publisher.secret);
    sandbox.write("acme.pub", &registry.publisher.public);
    publish(&sandbox, "0.1.0");
    sandbox
}

fn publish(sandbox: &Sandbox, number: &str) {
    let file = format!("shop/{number}/libhostile.so");
    sandbox.write(&file, version(number));
    let line = format!("dapter plugin sign {file} --key acme.key --id acme/hostile");
    let signed = sandbox.dapter(&line);
    assert!(signed.status.success(), "{signed:?}");
}

#[test]
fn from_a_folder_to_a_source_and_a_newer_version() {
    let sandbox = shop();
    assert_snapshot!(sandbox.transcript("
        dapter plugin index shop --key keeper.key
        dapter plugin trust add acme acme.pub
        dapter plugin index shop --key keeper.key --dry-run
        dapter plugin index shop --key keeper.key
        dapter plugin index shop --key keeper.key
        dapter plugin source add shop shop --key keeper.pub
        dapter plugin install acme/hostile
    "), @"
    $ dapter plugin index shop --key keeper.key
    error: shop/[version]/libhostile.so cannot be listed: no key of acme is known
      help: if you trust them: dapter plugin trust add acme KEY
    [exit 1]

    $ dapter plugin trust add acme acme.pub
    acme  [key of acme]  from by hand

    $ dapter plugin index shop --key keeper.key --dry-run
    added acme/hostile [version] for [platform]
    would write shop/index.toml: number 1, 1 version

    $ dapter plugin index shop --key keeper.key
    added acme/hostile [version] for [platform]
    wrote shop/index.toml: number 1, 1 version

    $ dapter plugin index shop --key keeper.key
    shop/index.toml is up to date: number 1, 1 version

    $ dapter plugin source add shop shop --key keeper.pub
    shop  [project]/shop/index.toml  key [number of keeper]

    $ dapter plugin install acme/hostile
    installed acme/hostile [version] for [platform] from [project]/shop/index.toml, signed with the key [number of acme]
    ");
    publish(&sandbox, "0.2.0");
    assert_snapshot!(sandbox.transcript("
        dapter plugin index shop --key keeper.key
        dapter plugin update --dry-run
        dapter plugin update
        dapter plugin update acme/hostile
        dapter plugin update acme/hostile@0.1.0
        dapter plugin update nothing
    "), @"
    $ dapter plugin index shop --key keeper.key
    added acme/hostile 0.2.0 for [platform]
    wrote shop/index.toml: number 2, 2 versions

    $ dapter plugin update --dry-run
    would install acme/hostile 0.2.0 for [platform] from [project]/shop/index.toml, signed with the key [number of acme]

    $ dapter plugin update
    installed acme/hostile 0.2.0 for [platform] from [project]/shop/index.toml, signed with the key [number of acme]
      [version] stays beside it: dapter plugin remove acme/hostile@[version]

    $ dapter plugin update acme/hostile
    acme/hostile 0.2.0 is the newest that there is

    $ dapter plugin update acme/hostile@[version]
    error: acme/hostile@[version]: an update goes to the newest version
      help: for this one: dapter plugin install acme/hostile@[version]
    [exit 2]

    $ dapter plugin update nothing
    error: nothing is not installed
      help: installed are acme/hostile
    [exit 2]
    ");
    fs::remove_dir_all(sandbox.path("shop/0.1.0")).expect("it is there");
    assert_snapshot!(sandbox.transcript("dapter plugin index shop --key keeper.key"), @"
    $ dapter plugin index shop --key keeper.key
    removed acme/hostile [version] for [platform]
    wrote shop/index.toml: number 3, 1 version
    ");
}

#[test]
fn what_was_edited_by_hand_stays_and_is_signed_anew() {
    let sandbox = shop();
    let made = sandbox.dapter("dapter plugin trust add acme acme.pub");
    assert!(made.status.success(), "{made:?}");
    let index = "dapter plugin index shop --key keeper.key";
    assert!(sandbox.dapter(index).status.success());
    sandbox.edit(
        "shop/index.toml",
        "[plugin.target",
        "yanked = \"loses rows\"\n\n[plugin.target",
    );
    assert_snapshot!(sandbox.transcript(index), @"
    $ dapter plugin index shop --key keeper.key
    wrote shop/index.toml: number 2, 1 version
    ");
    assert!(
        sandbox
            .read("shop/index.toml")
            .contains("yanked = \"loses rows\"")
    );
}

#[test]
fn what_an_index_must_not_have() {
    let sandbox = shop();
    let made = sandbox.dapter("dapter plugin trust add acme acme.pub");
    assert!(made.status.success(), "{made:?}");
    assert!(
        sandbox
            .dapter("dapter plugin index shop --key keeper.key")
            .status
            .success()
    );
    let good = sandbox.read("shop/index.toml");
    // The same version again, as another file.
    sandbox.write(
        "shop/0.1.0/libhostile.so",
        [version("0.1.0"), vec![0]].concat(),
    );
    let line = "dapter plugin sign shop/0.1.0/libhostile.so --key acme.key --id acme/hostile";
    assert!(sandbox.dapter(line).status.success());
    assert_snapshot!(sandbox.transcript("dapter plugin index shop --key keeper.key"), @"
    $ dapter plugin index shop --key keeper.key
    error: `[version]/libhostile.so` is another file of acme/hostile [version] for [platform] than the one that the index has
      help: a version never changes: who has installed it would be refused the new file; publish a new version
    [exit 1]
    ");
    publish(&sandbox, "0.1.0");
    sandbox.write("shop/unsigned.so", library());
    assert_snapshot!(sandbox.transcript("dapter plugin index shop --key keeper.key"), @"
    $ dapter plugin index shop --key keeper.key
    error: shop/unsigned.so cannot be listed: dapter-hostile [version] is not signed, and its source must not have unsigned plugins
      help: sign it, dapter plugin sign FILE --key KEY --id PUBLISHER/NAME, or take it out of the folder
    [exit 1]
    ");
    sandbox.remove("shop/unsigned.so");
    sandbox.write("shop/notes.so", "no library");
    assert_snapshot!(sandbox.transcript("dapter plugin index shop --key keeper.key"), @"
    $ dapter plugin index shop --key keeper.key
    error: shop/notes.so cannot be listed: it is not a dynamic library
      help: name the plugin's own file: the library that its author ships, or that `cargo build` made
    [exit 1]
    ");
    assert_eq!(sandbox.read("shop/index.toml"), good);
}

#[test]
fn an_update_takes_neither_what_is_pinned_nor_another_key() {
    let (sandbox, registry) = with_registry();
    registry.publish("0.1.0", &library());
    add(&sandbox, &registry, "registry");
    let installed = sandbox.dapter("dapter plugin install acme/hostile");
    assert!(installed.status.success(), "{installed:?}");
    registry.publish("0.2.0", &version("0.2.0"));
    assert_snapshot!(sandbox.transcript("
        dapter plugin lock acme/hostile@0.1.0
        dapter plugin update
        dapter --locked plugin update
    "), @"
    $ dapter plugin lock acme/hostile@[version]
    pinned acme/hostile to [version] for [platform]

    $ dapter plugin update
    acme/hostile is pinned to [version], and there is 0.2.0: dapter plugin lock acme/hostile, then dapter plugin install

    $ dapter --locked plugin update
    error: what is pinned does not change with --locked
      help: leave out --locked, or DAPTER_LOCKED
    [exit 2]
    ");
    sandbox.remove("dapter-plugins.lock");
    let file = "acme/hostile/0.2.0/libhostile.so";
    let other = keys();
    let comment = format!(
        "acme/hostile 0.2.0 {}",
        dapter::api::abi::descriptor::target()
    );
    registry.write_signed(file, &version("0.2.0"), &comment, &other);
    let output = sandbox.dapter("dapter plugin update");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(said.contains("it was signed with the key"), "{said}");
}
