//! Whatever is wrong with a registry is noticed: a table for each thing that can be.

use std::fs;

use dapter::api::abi::descriptor::target;
use dapter::plugin::registry::{Index, IndexFile, RevokedKey};
use dapter::plugin::signing::NewKeys;
use dapter_e2e::{Registry, Sandbox, key, keys};

use super::plugin_files::{library, version, with_registry};
use super::registry::add;

/// What somebody does to a registry, and what an install says to it.
type Attack<'a> = (&'a str, &'a dyn Fn(&Registry), &'a str);

/// Each attack on a registry from which a plugin was installed before is met as if none had been before it.
fn are_noticed(attacks: &[Attack<'_>]) {
    let (sandbox, registry) = with_registry();
    registry.publish("0.1.0", &library());
    add(&sandbox, &registry, "registry");
    // The publisher's key is known from here on.
    let installed = sandbox.dapter("dapter plugin install acme/hostile");
    assert!(installed.status.success(), "{installed:?}");
    let (library, index) = (file(&registry), "index.toml".to_owned());
    let signatures = [&library, &index].map(|name| format!("{name}.minisig"));
    let good = [library, index].into_iter().chain(signatures).map(|name| {
        let content = fs::read(registry.path(&name)).expect("reads");
        (name, content)
    });
    let good: Vec<(String, Vec<u8>)> = good.collect();
    for (what, attack, expected) in attacks {
        attack(&registry);
        let output = sandbox.dapter("dapter plugin install acme/hostile");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(5), "{what}: {said}");
        assert!(said.replace('\n', " ").contains(expected), "{what}: {said}");
        for (name, content) in &good {
            registry.write(name, content);
        }
        forget_the_index(&sandbox, &registry);
    }
}

/// Forgets how far the index had come.
fn forget_the_index(sandbox: &Sandbox, registry: &Registry) {
    let removed = sandbox.dapter("dapter plugin source remove shop");
    assert!(removed.status.success(), "{removed:?}");
    add(sandbox, registry, "registry");
}

/// The only library.
fn file(registry: &Registry) -> String {
    registry.index().plugins[0].targets[&target()].url.clone()
}

/// Signs a file of a registry anew, for a system that there is not.
fn forge(registry: &Registry, name: &str, keys: &NewKeys) {
    let bytes = fs::read(registry.path(name)).expect("reads");
    registry.write_signed(name, &bytes, "acme/hostile 0.1.0 x-y", keys);
}

fn remove(registry: &Registry, name: &str) {
    fs::remove_file(registry.path(name)).expect("it is there");
}

/// The keeper of the index changes it.
fn edit(registry: &Registry, change: impl FnOnce(&mut Index)) {
    let mut index = registry.index();
    change(&mut index);
    registry.write_index(&index);
}

fn edit_file(registry: &Registry, change: impl FnOnce(&mut IndexFile)) {
    edit(registry, |index| {
        let file = index.plugins[0].targets.get_mut(&target());
        change(file.expect("there"));
    });
}

#[test]
fn with_a_library() {
    let other = keys();
    are_noticed(&[
        (
            "it was changed",
            &|registry| registry.write(&file(registry), &version("0.9.0")),
            "error[P04]: the file is not the one that the index",
        ),
        (
            "it is cut",
            &|registry| registry.write(&file(registry), &library()[..5000]),
            "error[P04]: the file is not the one that the index",
        ),
        (
            "it has no signature",
            &|registry| remove(registry, &format!("{}.minisig", file(registry))),
            "error[P05]: acme/hostile 0.1.0 is not signed",
        ),
        (
            "another key signed it",
            &|registry| forge(registry, &file(registry), &other),
            "it was signed with the key",
        ),
        (
            "its signature is for another system",
            &|registry| forge(registry, &file(registry), &registry.publisher),
            "the signature is for acme/hostile 0.1.0 x-y, and the file is",
        ),
        (
            "it is larger than any plugin",
            &|registry| {
                let path = registry.path(&file(registry));
                let huge = fs::File::options().write(true).open(path);
                huge.and_then(|huge| huge.set_len(300 << 20))
                    .expect("a hole");
            },
            "larger than 256 MB",
        ),
    ]);
}

#[test]
fn with_an_index() {
    let other = keys();
    are_noticed(&[
        (
            "it was changed",
            &|registry| {
                let text = fs::read_to_string(registry.path("index.toml")).expect("reads");
                let text = text.replace("misbehave", "are nice");
                registry.write("index.toml", text.as_bytes());
            },
            "is not what its keeper signed",
        ),
        (
            "it has no signature",
            &|registry| remove(registry, "index.toml.minisig"),
            "is not signed",
        ),
        (
            "another key signed it",
            &|registry| forge(registry, "index.toml", &other),
            "is not what its keeper signed",
        ),
    ]);
}

#[test]
fn with_what_an_index_says_of_a_version() {
    are_noticed(&[
        (
            "it was yanked",
            &|registry| {
                edit(registry, |index| {
                    index.plugins[0].yanked = Some("loses rows".to_owned());
                });
            },
            "no source has acme/hostile; there are acme/hostile 0.1.0 (yanked: loses rows)",
        ),
        (
            "there is no file for this system",
            &|registry| {
                edit(registry, |index| {
                    let targets = &mut index.plugins[0].targets;
                    let file = targets.remove(&target()).expect("there");
                    targets.insert("sparc-solaris".to_owned(), file);
                });
            },
            "has no file for",
        ),
        (
            "the file lies elsewhere",
            &|registry| {
                edit_file(registry, |file| file.url = "../../etc/passwd".to_owned());
            },
            "does not lie below its folder",
        ),
    ]);
}

#[test]
fn with_a_publishers_key() {
    let other = keys();
    are_noticed(&[
        (
            "it was changed",
            &|registry| {
                let key = key(&other).parse().expect("a key");
                edit(registry, |index| {
                    index.publishers.get_mut("acme").expect("there").key = key;
                });
            },
            "error[P05]: the key of acme was changed",
        ),
        (
            "it was revoked",
            &|registry| {
                edit(registry, |index| {
                    let key = index.publishers["acme"].key.id();
                    let why = "stolen".to_owned();
                    index.revoked.push(RevokedKey { key, why });
                });
            },
            "was revoked: stolen",
        ),
    ]);
}
