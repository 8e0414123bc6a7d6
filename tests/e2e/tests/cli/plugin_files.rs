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
    "), @"
    $ dapter plugin install hostile.so
    error[P05]: local/dapter-hostile is not signed: nobody vouches for it
      help: if you trust where the file came from, say so for this one: --allow-unsigned
    [exit 5]

    $ dapter plugin install hostile.so --allow-unsigned --dry-run
    would install local/dapter-hostile [version] for [platform] from [project]/hostile.so, not signed

    $ dapter plugin install hostile.so --allow-unsigned
    installed local/dapter-hostile [version] for [platform] from [project]/hostile.so, not signed

    $ dapter plugin install hostile.so --allow-unsigned
    installed already: local/dapter-hostile [version] for [platform] from [project]/hostile.so, not signed

    $ dapter plugin verify local/dapter-hostile
    local/dapter-hostile [version] /home/dapter/plugins/local/dapter-hostile/[version]/[platform]/libdapter-hostile.so
      P01    ok       the file is chosen
      P02    ok       the file is inspected, nothing of it runs
      P03    ok       nobody else can write it
      P04    ok       it is the file that was installed or locked
      P05    skipped  its publisher signed it: it has no signature of a key that is trusted
      P12    ok       what its adapters can do makes sense
      trust  unsigned

    $ dapter --url async-memory:shop current
    base (nothing is applied)
    ");
    sandbox.write("hostile.so", [library(), vec![0]].concat());
    assert_snapshot!(sandbox.transcript("
        dapter plugin install hostile.so --allow-unsigned
        dapter plugin install hostile.so --allow-unsigned --force
        dapter plugin remove local/dapter-hostile
        dapter plugin remove local/dapter-hostile
        dapter --plugin hostile.so --url async-memory:shop current
    "), @"
    $ dapter plugin install hostile.so --allow-unsigned
    error[P04]: local/dapter-hostile [version] is installed already, and is another file
      help: a version never changes: ask its publisher for a new one, or replace what is installed with --force
    [exit 5]

    $ dapter plugin install hostile.so --allow-unsigned --force
    replaced local/dapter-hostile [version] for [platform] from [project]/hostile.so, not signed

    $ dapter plugin remove local/dapter-hostile
    removed local/dapter-hostile [version]

    $ dapter plugin remove local/dapter-hostile
    error: local/dapter-hostile is not installed
      help: nothing is installed
    [exit 2]

    $ dapter --plugin hostile.so --url async-memory:shop current
    base (nothing is applied)
    development: hostile.so (--plugin) is used without asking who made it
    ");
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
        dapter plugin trust revoke acme --why stolen
        dapter plugin verify acme/hostile
        dapter --url async-memory:shop current
    "), @"
    $ dapter plugin sign hostile.so --key plugin.key --id acme/hostile
    wrote hostile.so.minisig for acme/hostile [version] [platform]

    $ dapter plugin install hostile.so
    error[P05]: it is not to be used
      note: it was signed with the key [number of acme], and no key of acme is trusted
      help: if you trust its publisher: dapter plugin trust add acme KEY
    [exit 5]

    $ dapter plugin trust add acme plugin.pub
    acme  [key of acme]  from by hand

    $ dapter plugin install hostile.so
    installed acme/hostile [version] for [platform] from [project]/hostile.so, signed with the key [number of acme]

    $ dapter plugin trust revoke acme --why stolen
    acme     [key of acme]  revoked
    revoked  [number of acme]                                          stolen

    $ dapter plugin verify acme/hostile
    acme/hostile [version] /home/dapter/plugins/acme/hostile/[version]/[platform]/libhostile.so
      P01    ok       the file is chosen
      P02    ok       the file is inspected, nothing of it runs
      P03    ok       nobody else can write it
      P04    ok       it is the file that was installed or locked
      P05    failed   its publisher signed it: the key [number of acme] that signed it was revoked: stolen
                      install a version that is signed with another key, or remove it: dapter plugin remove
      P12    skipped  what its adapters can do makes sense: a step before has failed
      trust  revoked (key [number of acme])
    [exit 3]

    $ dapter --url async-memory:shop current
    error[P01]: no plugin offers the URL scheme `async-memory`
                  found: dapter-sqlite-plugin [version] (sqlite, sqlite3)
                  cannot be used (P05): /home/dapter/plugins/acme/hostile/[version]/[platform]/libhostile.so: the key [number of acme] that signed it was revoked: stolen
                  searched: the user's data folder /home/dapter/plugins (1 plugin)
                  searched: beside the executable /installed/bin (no plugin)
                  searched: ../lib/dapter/plugins /installed/lib/dapter/plugins (1 plugin)
      help: /home/dapter/plugins/acme/hostile/[version]/[platform]/libhostile.so offers it but cannot be used: install a version that is signed with another key, or remove it: dapter plugin remove
    [exit 5]
    ");
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
        dapter plugin verify local/dapter-hostile
        dapter plugin install hostile.so --allow-unsigned
    "), @"
    $ dapter --url async-memory:shop current
    error[P04]: could not load the plugin `/home/dapter/plugins/local/dapter-hostile/[version]/[platform]/libdapter-hostile.so` in a process of its own
      note: it is not the file that /home/dapter/plugins/local/dapter-hostile/[version]/[platform]/receipt.toml names: its SHA-256 is [sha256], and should be [sha256]
      help: install the plugin again; if it was replaced on purpose, lock it anew
    [exit 5]

    $ dapter plugin verify local/dapter-hostile
    local/dapter-hostile [version] /home/dapter/plugins/local/dapter-hostile/[version]/[platform]/libdapter-hostile.so
      P01    ok       the file is chosen
      P02    ok       the file is inspected, nothing of it runs
      P03    ok       nobody else can write it
      P04    failed   it is the file that was installed or locked: it is not the file that /home/dapter/plugins/local/dapter-hostile/[version]/[platform]/receipt.toml names: its SHA-256 is [sha256], and should be [sha256]
                      install the plugin again; if it was replaced on purpose, lock it anew
      P05    skipped  its publisher signed it: a step before has failed
      P12    skipped  what its adapters can do makes sense: a step before has failed
      trust  modified
    [exit 3]

    $ dapter plugin install hostile.so --allow-unsigned
    error[P04]: local/dapter-hostile [version] is installed already, and is another file
      help: a version never changes: ask its publisher for a new one, or replace what is installed with --force
    [exit 5]
    ");
}
