//! Plugins that are installed by name, from a registry that is served here.

use std::fs;

use dapter::api::abi::descriptor::target;
use dapter::plugin::registry::RevokedKey;
use dapter::plugin::signing::NewKeys;
use dapter_e2e::{Registry, Sandbox, key, keys};
use insta::assert_snapshot;

use super::plugin_files::{library, version, with_registry};

/// What somebody does to a registry, and what an install says to it.
type Attack<'a> = (&'a str, &'a dyn Fn(&Registry), &'a str);

/// Adds a registry as the source `shop`.
fn add(sandbox: &Sandbox, registry: &Registry, url: &str) {
    let key = key(&registry.keeper);
    let added = sandbox.dapter(&format!("dapter plugin source add shop {url} --key {key}"));
    assert!(added.status.success(), "{added:?}");
}

#[test]
fn from_a_name_to_a_pinned_plugin_and_a_newer_one() {
    let (sandbox, registry) = with_registry();
    registry.publish("0.1.0", &library());
    let url = registry.serve();
    sandbox.name(&url, "http://registry");
    add(&sandbox, &registry, &url);
    assert_snapshot!(sandbox.transcript("
        dapter plugin search hostile
        dapter plugin install hostile
        dapter plugin list --quiet
        dapter plugin trust list
        dapter --locked --url async-memory:shop current
        dapter plugin lock acme/hostile
        dapter --locked --url async-memory:shop current
    "), @"");
    registry.publish("0.2.0", &version("0.2.0"));
    assert_snapshot!(sandbox.transcript("
        dapter plugin install acme/hostile@0.2.0
        dapter plugin remove acme/hostile@0.2.0
        dapter plugin list --quiet
        dapter --locked plugin install acme/hostile@0.1.0
        dapter plugin remove acme/hostile@0.1.0
        dapter plugin lock acme/hostile@0.3.0
    "), @"");
    sandbox.write(
        "dapter.toml",
        "[plugins]\n\"acme/hostile\" = \"=0.1.0\"\n[targets.default]\nurl = \"async-memory:shop\"\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter current
        dapter plugin lock
        dapter current
        dapter plugin doctor
    "), @"");
}

#[test]
fn a_copy_of_the_folder_is_as_good_and_the_lock_file_needs_no_source() {
    let (sandbox, registry) = with_registry();
    registry.publish("0.1.0", &library());
    add(&sandbox, &registry, "registry");
    sandbox.write(
        "dapter.toml",
        "[plugins]\n\"acme/hostile\" = \"0.1\"\n[targets.default]\nurl = \"async-memory:shop\"\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter plugin lock
        XDG_CONFIG_HOME=/nowhere dapter current
        XDG_CONFIG_HOME=/nowhere dapter --locked plugin install
        XDG_CONFIG_HOME=/nowhere dapter --locked plugin install
        XDG_CONFIG_HOME=/nowhere dapter --locked current
        XDG_CONFIG_HOME=/nowhere dapter plugin list --quiet
    "), @"");
    let mut bytes = library();
    bytes.push(0);
    let file = registry.index().plugins[0].targets[&target()].url.clone();
    registry.write(&file, &bytes);
    assert_snapshot!(sandbox.transcript("
        dapter plugin remove acme/hostile --force
        dapter --locked plugin install
    "), @"");
}

#[test]
fn whatever_is_wrong_with_a_registry_is_noticed() {
    let file = |registry: &Registry| registry.index().plugins[0].targets[&target()].url.clone();
    let other = keys();
    let attacks: &[Attack<'_>] = &[
        (
            "the file was changed",
            &|registry| {
                registry.write(&file(registry), &version("0.9.0"));
            },
            "error[P04]: the file is not the one that the index",
        ),
        (
            "the file is cut",
            &|registry| {
                registry.write(&file(registry), &library()[..5000]);
            },
            "error[P04]: the file is not the one that the index",
        ),
        (
            "the file has no signature",
            &|registry| {
                fs::remove_file(registry.path(&format!("{}.minisig", file(registry))))
                    .expect("it is there");
            },
            "error[P05]: acme/hostile 0.1.0 is not signed",
        ),
        (
            "another key signed the file",
            &|registry| forge(registry, &file(registry), &other),
            "it was signed with the key",
        ),
        (
            "the signature is for another system",
            &|registry| {
                forge(registry, &file(registry), &registry.publisher);
            },
            "the signature is for acme/hostile 0.1.0 x-y, and the file is",
        ),
        (
            "the index was changed",
            &|registry| {
                let text = fs::read_to_string(registry.path("index.toml")).expect("reads");
                registry.write(
                    "index.toml",
                    text.replace("misbehave", "are nice").as_bytes(),
                );
            },
            "is not what its keeper signed",
        ),
        (
            "the index has no signature",
            &|registry| {
                fs::remove_file(registry.path("index.toml.minisig")).expect("it is there");
            },
            "is not signed",
        ),
        (
            "another key signed the index",
            &|registry| forge(registry, "index.toml", &other),
            "and",
        ),
        (
            "the publisher's key was changed",
            &|registry| {
                let mut index = registry.index();
                let key = key(&other).parse().expect("a key");
                index.publishers.get_mut("acme").expect("there").key = key;
                registry.write_index(&index);
            },
            "error[P05]: the key of acme was changed",
        ),
        (
            "the publisher's key was revoked",
            &|registry| {
                let mut index = registry.index();
                let key = index.publishers["acme"].key.id();
                index.revoked.push(RevokedKey {
                    key,
                    why: "stolen".to_owned(),
                });
                registry.write_index(&index);
            },
            "was revoked: stolen",
        ),
        (
            "the version was yanked",
            &|registry| {
                let mut index = registry.index();
                index.plugins[0].yanked = Some("loses rows".to_owned());
                registry.write_index(&index);
            },
            "no source has acme/hostile; there are acme/hostile 0.1.0 (yanked: loses rows)",
        ),
        (
            "there is no file for this system",
            &|registry| {
                let mut index = registry.index();
                let file = index.plugins[0].targets.remove(&target()).expect("there");
                index.plugins[0]
                    .targets
                    .insert("sparc-solaris".to_owned(), file);
                registry.write_index(&index);
            },
            "has no file for",
        ),
        (
            "the file lies elsewhere",
            &|registry| {
                let mut index = registry.index();
                index.plugins[0]
                    .targets
                    .get_mut(&target())
                    .expect("there")
                    .url = "../../etc/passwd".to_owned();
                registry.write_index(&index);
            },
            "does not lie below its folder",
        ),
        (
            "the file is larger than any plugin",
            &|registry| {
                let huge = fs::File::options()
                    .write(true)
                    .open(registry.path(&file(registry)));
                huge.and_then(|huge| huge.set_len(300 << 20))
                    .expect("a hole");
            },
            "larger than 256 MB",
        ),
    ];
    let (sandbox, registry) = with_registry();
    registry.publish("0.1.0", &library());
    add(&sandbox, &registry, "registry");
    // The publisher's key is known from here on.
    let installed = sandbox.dapter("dapter plugin install acme/hostile");
    assert!(installed.status.success(), "{installed:?}");
    let good: Vec<(String, Vec<u8>)> = [
        "index.toml",
        "index.toml.minisig",
        &file(&registry),
        &format!("{}.minisig", file(&registry)),
    ]
    .map(|name| {
        (
            name.to_owned(),
            fs::read(registry.path(name)).expect("reads"),
        )
    })
    .into();
    for (what, attack, expected) in attacks {
        attack(&registry);
        let output = sandbox.dapter("dapter plugin install acme/hostile");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(5), "{what}: {said}");
        assert!(said.replace('\n', " ").contains(expected), "{what}: {said}");
        for (name, content) in &good {
            registry.write(name, content);
        }
        // Each attack is met as if none had been before.
        reset(&sandbox, &registry);
    }
}

/// Signs a file of a registry anew, for a system that there is not.
fn forge(registry: &Registry, name: &str, keys: &NewKeys) {
    let bytes = fs::read(registry.path(name)).expect("reads");
    registry.write_signed(name, &bytes, "acme/hostile 0.1.0 x-y", keys);
}

/// Forgets how far the index had come.
fn reset(sandbox: &Sandbox, registry: &Registry) {
    let removed = sandbox.dapter("dapter plugin source remove shop");
    assert!(removed.status.success(), "{removed:?}");
    add(sandbox, registry, "registry");
}

#[test]
fn an_older_index_in_place_of_the_newer_one_is_noticed() {
    let (sandbox, registry) = with_registry();
    let old = ["index.toml", "index.toml.minisig"]
        .map(|name| (name, fs::read(registry.path(name)).expect("reads")));
    registry.publish("0.1.0", &library());
    add(&sandbox, &registry, "registry");
    for (name, content) in old {
        registry.write(name, &content);
    }
    assert_snapshot!(sandbox.transcript("dapter plugin search"), @"");
}
