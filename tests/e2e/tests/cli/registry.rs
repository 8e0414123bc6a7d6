//! Plugins that are installed by name, from a registry that is served here.

use std::fs;

use dapter::api::abi::descriptor::target;
use dapter_e2e::{Registry, Sandbox, key};
use insta::assert_snapshot;

use super::plugin_files::{library, version, with_registry};

/// Adds a registry as the source `shop`.
pub(super) fn add(sandbox: &Sandbox, registry: &Registry, url: &str) {
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
        dapter plugin verify acme/hostile
        dapter plugin trust list
        dapter --locked --url async-memory:shop current
        dapter plugin lock acme/hostile
        dapter --locked --url async-memory:shop current
    "), @"
    $ dapter plugin search hostile
    acme/hostile [version]  async-memory  Adapters that misbehave

    $ dapter plugin install hostile
    installed acme/hostile [version] for [platform] from http://registry/index.toml, signed with the key [number of acme]
    the key of acme is trusted from now on: [key of acme] (number [number of acme])

    $ dapter plugin verify acme/hostile
    acme/hostile [version] /home/dapter/plugins/acme/hostile/[version]/[platform]/libhostile.so
      P01    ok       the file is chosen
      P02    ok       the file is inspected, nothing of it runs
      P03    ok       nobody else can write it
      P04    ok       it is the file that was installed or locked
      P05    ok       its publisher signed it
      P12    ok       what its adapters can do makes sense
      trust  verified (acme, key [number of acme])

    $ dapter plugin trust list
    acme  [key of acme]  from http://registry/index.toml

    $ dapter --locked --url async-memory:shop current
    error: there is no dapter-plugins.lock, and only what is in it may be used (--locked)
      help: write it with `dapter plugin lock`, and commit it
    [exit 1]

    $ dapter plugin lock acme/hostile
    pinned acme/hostile to [version] for [platform]

    $ dapter --locked --url async-memory:shop current
    base (nothing is applied)
    ");
    registry.publish("0.2.0", &version("0.2.0"));
    assert_snapshot!(sandbox.transcript("
        dapter plugin install acme/hostile@0.2.0
        dapter plugin remove acme/hostile@0.2.0
        dapter plugin verify acme/hostile
        dapter --locked plugin install acme/hostile@0.1.0
        dapter plugin remove acme/hostile@0.1.0
        dapter plugin lock acme/hostile@0.3.0
    "), @"
    $ dapter plugin install acme/hostile@0.2.0
    installed acme/hostile 0.2.0 for [platform] from http://registry/index.toml, signed with the key [number of acme]
    dapter-plugins.lock has its file for [platform] alone; add others with `dapter plugin lock ID --from FILE`

    $ dapter plugin remove acme/hostile@0.2.0
    error: acme/hostile 0.2.0 is what dapter-plugins.lock has
      help: remove it nonetheless with --force; the project then runs without it no more
    [exit 1]

    $ dapter plugin verify acme/hostile
    acme/hostile [version] /home/dapter/plugins/acme/hostile/[version]/[platform]/libhostile.so
      P01    failed   the file is chosen: the lock file has version 0.2.0
                      dapter plugin install acme/hostile@0.2.0, or pin another: dapter plugin lock acme/hostile
      P02    skipped  the file is inspected, nothing of it runs: a step before has failed
      P03    skipped  nobody else can write it: a step before has failed
      P04    skipped  it is the file that was installed or locked: a step before has failed
      P05    skipped  its publisher signed it: a step before has failed
      P12    skipped  what its adapters can do makes sense: a step before has failed
      trust  verified (acme, key [number of acme])
    acme/hostile 0.2.0 /home/dapter/plugins/acme/hostile/0.2.0/[platform]/libhostile.so
      P01    ok       the file is chosen
      P02    ok       the file is inspected, nothing of it runs
      P03    ok       nobody else can write it
      P04    ok       it is the file that was installed or locked
      P05    ok       its publisher signed it
      P12    ok       what its adapters can do makes sense
      trust  verified (acme, key [number of acme])
    [exit 3]

    $ dapter --locked plugin install acme/hostile@[version]
    error[P01]: it is not to be used
      note: the lock file has version 0.2.0
      help: dapter plugin install acme/hostile@0.2.0, or pin another: dapter plugin lock acme/hostile
    [exit 5]

    $ dapter plugin remove acme/hostile@[version]
    removed acme/hostile [version]

    $ dapter plugin lock acme/hostile@0.3.0
    error[P01]: no source has acme/hostile@0.3.0; there are acme/hostile [version], acme/hostile 0.2.0
      help: look what there is with `dapter plugin search`, or name a file
    [exit 5]
    ");
    sandbox.write(
        "dapter.toml",
        "[plugins]\n\"acme/hostile\" = \"=0.1.0\"\n[targets.default]\nurl = \"async-memory:shop\"\n",
    );
    assert_snapshot!(sandbox.transcript("
        dapter current
        dapter plugin lock
        dapter current
        dapter plugin doctor
    "), @"
    $ dapter current
    error[P01]: no plugin offers the URL scheme `async-memory`
                  found: dapter-sqlite-plugin [version] (sqlite, sqlite3)
                  cannot be used (P01): /home/dapter/plugins/acme/hostile/0.2.0/[platform]/libhostile.so: dapter.toml:2 requires version =[version]
                  searched: the user's data folder /home/dapter/plugins (1 plugin)
                  searched: beside the executable /installed/bin (no plugin)
                  searched: ../lib/dapter/plugins /installed/lib/dapter/plugins (1 plugin)
      help: /home/dapter/plugins/acme/hostile/0.2.0/[platform]/libhostile.so offers it but cannot be used: dapter plugin install 'acme/hostile@=[version]'
    [exit 5]

    $ dapter plugin lock
    pinned acme/hostile to [version] (was 0.2.0) for [platform]

    $ dapter current
    error[P01]: no plugin offers the URL scheme `async-memory`
                  found: dapter-sqlite-plugin [version] (sqlite, sqlite3)
                  cannot be used (P01): /home/dapter/plugins/acme/hostile/0.2.0/[platform]/libhostile.so: the lock file has version [version]
                  searched: the user's data folder /home/dapter/plugins (1 plugin)
                  searched: beside the executable /installed/bin (no plugin)
                  searched: ../lib/dapter/plugins /installed/lib/dapter/plugins (1 plugin)
      help: /home/dapter/plugins/acme/hostile/0.2.0/[platform]/libhostile.so offers it but cannot be used: dapter plugin install acme/hostile@[version], or pin another: dapter plugin lock acme/hostile
    [exit 5]

    $ dapter plugin doctor
    /home/dapter/plugins
      where `dapter plugin install` puts plugins; 1 plugin
    /installed/bin
      where this program lies; no plugin
    /installed/lib/dapter/plugins
      where ./install puts the plugins that come with dapter; 1 plugin

    acme/hostile 0.2.0 /home/dapter/plugins/acme/hostile/0.2.0/[platform]/libhostile.so
      P01: the lock file has version [version]
      do: dapter plugin install acme/hostile@[version], or pin another: dapter plugin lock acme/hostile

    dapter-sqlite-plugin [version] /installed/lib/dapter/plugins/[sqlite plugin]
      ok (development)
    [exit 3]
    ");
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
        XDG_CONFIG_HOME=/nowhere dapter plugin verify acme/hostile
    "), @"
    $ dapter plugin lock
    pinned acme/hostile to [version] for [platform]

    $ XDG_CONFIG_HOME=/nowhere dapter current
    error[P01]: no plugin offers the URL scheme `async-memory`
                  found: dapter-sqlite-plugin [version] (sqlite, sqlite3)
                  searched: the user's data folder /home/dapter/plugins (does not exist)
                  searched: beside the executable /installed/bin (no plugin)
                  searched: ../lib/dapter/plugins /installed/lib/dapter/plugins (1 plugin)
      help: install it with `dapter plugin install`, or name its file with --plugin FILE
    [exit 5]

    $ XDG_CONFIG_HOME=/nowhere dapter --locked plugin install
    installed acme/hostile [version] for [platform] from [project]/registry/index.toml, as the lock file has it

    $ XDG_CONFIG_HOME=/nowhere dapter --locked plugin install
    everything in the lock file is installed

    $ XDG_CONFIG_HOME=/nowhere dapter --locked current
    base (nothing is applied)

    $ XDG_CONFIG_HOME=/nowhere dapter plugin verify acme/hostile
    acme/hostile [version] /home/dapter/plugins/acme/hostile/[version]/[platform]/libhostile.so
      P01    ok       the file is chosen
      P02    ok       the file is inspected, nothing of it runs
      P03    ok       nobody else can write it
      P04    ok       it is the file that was installed or locked
      P05    skipped  its publisher signed it: it has no signature of a key that is trusted
      P12    ok       what its adapters can do makes sense
      trust  locked
    ");
    let mut bytes = library();
    bytes.push(0);
    let file = registry.index().plugins[0].targets[&target()].url.clone();
    registry.write(&file, &bytes);
    assert_snapshot!(sandbox.transcript("
        dapter plugin remove acme/hostile --force
        dapter --locked plugin install
    "), @"
    $ dapter plugin remove acme/hostile --force
    removed acme/hostile [version]

    $ dapter --locked plugin install
    error[P04]: the file is not the one that the lock file names: its hash is [sha256], and should be [sha256]
      help: download it again; if that does not help, tell the publisher before anything else
    [exit 5]
    ");
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
    assert_snapshot!(sandbox.transcript("dapter plugin search"), @"
    $ dapter plugin search
    error[P01]: the index registry/index.toml has number 1, and number 2 was seen before
      help: it is a copy that was not kept up, or somebody hides what is new; to use it nonetheless, remove the source and add it again
    [exit 5]
    ");
}
