//! Plugins that are installed from files.

use std::env;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;

use dapter_e2e::{Registry, Sandbox, key};
use insta::assert_snapshot;

/// The hostile plugin, which cargo built beside this test.
pub(super) fn library() -> Vec<u8> {
    let executable = env::current_exe().expect("a running test has a file");
    let name = format!("{DLL_PREFIX}dapter_hostile{DLL_SUFFIX}");
    fs::read(executable.with_file_name(name)).expect("it is there")
}

/// The same as another version, as far as its descriptor says.
pub(super) fn version(version: &str) -> Vec<u8> {
    let mut bytes = library();
    let from = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let to = format!("\"version\":\"{version}\"");
    assert_eq!(from.len(), to.len());
    let at = bytes
        .windows(from.len())
        .position(|found| found == from.as_bytes());
    let at = at.expect("the descriptor is in the file");
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    bytes
}

/// A sandbox whose transcripts name keys and platforms the same everywhere, and its registry.
pub(super) fn with_registry() -> (Sandbox, Registry) {
    let sandbox = Sandbox::project();
    let registry = Registry::new(&sandbox.path("registry"));
    for (keys, name) in [(&registry.keeper, "keeper"), (&registry.publisher, "acme")] {
        let public = key(keys);
        let number = public
            .parse::<dapter::plugin::PublicKey>()
            .expect("a key")
            .id();
        sandbox.name(&public, &format!("[key of {name}]"));
        sandbox.name(&number.to_string(), &format!("[number of {name}]"));
    }
    (sandbox, registry)
}

#[test]
fn an_unsigned_file_needs_consent() {
    let (sandbox, _) = with_registry();
    sandbox.write("hostile.so", library());
    assert_snapshot!(sandbox.transcript("
        dapter plugin install hostile.so
        dapter plugin install hostile.so --allow-unsigned --dry-run
        dapter plugin install hostile.so --allow-unsigned
        dapter plugin install hostile.so --allow-unsigned
        dapter plugin verify local/dapter-hostile
        dapter --url async-memory:shop current
    "), @"");
    sandbox.write("hostile.so", [library(), vec![0]].concat());
    assert_snapshot!(sandbox.transcript("
        dapter plugin install hostile.so --allow-unsigned
        dapter plugin install hostile.so --allow-unsigned --force
        dapter plugin remove local/dapter-hostile
        dapter plugin remove local/dapter-hostile
        dapter --plugin hostile.so --url async-memory:shop current
    "), @"");
}

#[test]
fn a_signed_file_needs_its_publishers_key() {
    let (sandbox, registry) = with_registry();
    sandbox.write("plugin.key", &registry.publisher.secret);
    sandbox.write("plugin.pub", &registry.publisher.public);
    sandbox.write("hostile.so", library());
    assert_snapshot!(sandbox.transcript("
        dapter plugin sign hostile.so --key plugin.key --id acme/hostile
        dapter plugin install hostile.so
        dapter plugin trust add acme plugin.pub
        dapter plugin install hostile.so
        dapter plugin info acme/hostile --quiet
        dapter plugin trust revoke acme --why stolen
        dapter plugin verify acme/hostile
        dapter --url async-memory:shop current
    "), @"");
}

#[test]
fn a_file_that_was_changed_after_it_was_installed_is_not_loaded() {
    let sandbox = Sandbox::project();
    sandbox.write("hostile.so", library());
    let installed = sandbox.dapter("dapter --json plugin install hostile.so --allow-unsigned");
    let installed: serde_json::Value = serde_json::from_slice(&installed.stdout).expect("JSON");
    let path = installed["installed"][0]["path"].as_str().expect("a path");
    let mut bytes = library();
    *bytes.last_mut().expect("it has bytes") ^= 1;
    fs::write(path, bytes).expect("writes");
    assert_snapshot!(sandbox.transcript("
        dapter --url async-memory:shop current
        dapter plugin list --quiet
        dapter plugin install hostile.so --allow-unsigned
    "), @"");
}
