use super::elf_file::plugin;
use crate::plugin::store::{Existing, NewPlugin, Put, put};
use crate::plugin::trust::{Pinned, Revoked, Trust};
use crate::plugin::{
    Catalog, Demands, KeyId, Lock, LockFile, LockedFile, LockedPlugin, Origin, Place, Places,
    PluginError, PluginFile, PublicKey, Requirement, Sha256, Standing, Strictness,
};
use dapter_plugin_api::abi::descriptor::target;
use std::env::consts::DLL_EXTENSION;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";

/// A store, and what a project and a user want of it.
struct Site {
    folder: TempDir,
    demands: Demands,
    lock: LockFile,
}

impl Site {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            demands: Demands::default(),
            lock: LockFile::default(),
        }
    }

    fn install(&self, id: &str, version: &str, schemes: &[&str], signer: Option<KeyId>) -> PathBuf {
        let bytes = plugin(id.split('/').next_back().expect("a name"), schemes);
        let new = NewPlugin {
            id: id.parse().expect("an id"),
            version: version.parse().expect("a version"),
            target: target(),
            source: "test".to_owned(),
            bytes: &bytes,
            signature: signer.map(|key| ("signature".to_owned(), key)),
            now: "2026-01-01T00:00:00Z".to_owned(),
        };
        let store = self.folder.path();
        put(store, &new, Existing::Keep).expect("installs").0.file
    }

    fn pin(&mut self, id: &str, version: &str, sha256: Sha256) {
        self.lock.pin(LockedPlugin {
            id: id.parse().expect("an id"),
            version: version.parse().expect("a version"),
            source: "test".to_owned(),
            signer: None,
            targets: [(target(), LockedFile { sha256, url: None })].into(),
        });
        self.demands.lock = Some(Lock {
            path: "dapter-plugins.lock".into(),
            file: self.lock.clone(),
        });
    }

    fn require(&mut self, id: &str, version: Option<&str>, schemes: &[&str]) {
        let requirement = Requirement {
            version: version.map(|text| text.parse().expect("a requirement")),
            schemes: schemes.iter().map(ToString::to_string).collect(),
            origin: "dapter.toml:2".to_owned(),
        };
        self.demands
            .requirements
            .insert(id.parse().expect("an id"), requirement);
    }

    fn scan(&self) -> Catalog {
        let folder = self.folder.path().canonicalize().expect("it is there");
        let place = |origin, folder| Place { origin, folder };
        let places = Places {
            folders: vec![
                place(Origin::UserData, folder.clone()),
                place(Origin::Installation, folder.join("own")),
            ],
            ..Places::default()
        };
        Catalog::scan_for(&places, &self.demands)
    }

    /// The version that serves a scheme, or why none does.
    fn serves(&self, scheme: &str) -> String {
        let catalog = self.scan();
        match catalog.choose(scheme) {
            Ok(choice) => title(choice.file),
            Err(error) => error.to_string(),
        }
    }
}

fn title(file: &PluginFile) -> String {
    match &file.installed {
        Some(receipt) => format!("{} {}", receipt.id, receipt.version),
        None => "not installed".to_owned(),
    }
}

fn hash(schemes: &[&str]) -> Sha256 {
    Sha256::of(&plugin("oracle", schemes))
}

#[test]
fn of_several_versions_the_highest_serves_that_the_project_allows() {
    let mut site = Site::new();
    for version in ["1.2.0", "1.10.0", "2.0.0"] {
        site.install("acme/oracle", version, &["oracle"], None);
    }
    assert_eq!(site.serves("oracle"), "acme/oracle 2.0.0");
    site.require("acme/oracle", Some("^1.2"), &[]);
    assert_eq!(site.serves("oracle"), "acme/oracle 1.10.0");
    site.require("acme/oracle", Some("^3"), &[]);
    let error = site.serves("oracle");
    assert!(
        error.contains("dapter.toml:2 requires version ^3"),
        "{error}"
    );
}

#[test]
fn what_the_lock_file_has_comes_first_and_alone() {
    let mut site = Site::new();
    for version in ["1.2.0", "2.0.0"] {
        site.install("acme/oracle", version, &["oracle"], None);
    }
    site.install("acme/other", "1.0.0", &["other"], None);
    site.pin("acme/oracle", "1.2.0", hash(&["oracle"]));
    assert_eq!(site.serves("oracle"), "acme/oracle 1.2.0");
    assert_eq!(site.serves("other"), "acme/other 1.0.0");
    site.demands.strictness = Strictness::Locked;
    assert_eq!(site.serves("oracle"), "acme/oracle 1.2.0");
    let error = site.serves("other");
    assert!(error.contains("it is not in the lock file"), "{error}");
    site.pin("acme/oracle", "1.2.0", hash(&["another"]));
    let error = site.serves("oracle");
    assert!(error.contains("their hashes differ"), "{error}");
    site.pin("acme/oracle", "1.5.0", hash(&["oracle"]));
    let error = site.serves("oracle");
    assert!(error.contains("the lock file has version 1.5.0"), "{error}");
}

#[test]
fn a_loose_file_passes_a_lock_file_by_its_hash() {
    let mut site = Site::new();
    let path = site
        .folder
        .path()
        .join("oracle")
        .with_extension(DLL_EXTENSION);
    fs::write(path, plugin("oracle", &["oracle"])).expect("writes");
    site.pin("acme/oracle", "1.2.0", hash(&["another"]));
    site.demands.strictness = Strictness::Locked;
    assert!(site.serves("oracle").contains("not in the lock file"));
    site.pin("acme/oracle", "1.2.0", hash(&["oracle"]));
    assert_eq!(site.serves("oracle"), "not installed");
}

#[test]
fn whoever_signed_it_must_be_known_and_not_revoked() {
    let mut site = Site::new();
    let key: PublicKey = KEY.parse().expect("a key");
    site.install("acme/oracle", "1.0.0", &["oracle"], Some(key.id()));
    assert!(site.serves("oracle").contains("no key of acme is trusted"));
    let pinned = Pinned {
        key,
        from: "by hand".to_owned(),
        since: String::new(),
    };
    let publishers = &mut site.demands.trust.publishers;
    publishers.insert("acme".to_owned(), pinned);
    let catalog = site.scan();
    let file = &catalog.files()[0];
    let trust = Trust::Verified {
        publisher: "acme".to_owned(),
        key: key.id(),
    };
    assert_eq!((&file.trust, file.is_usable()), (&trust, true));
    // The signature is none, which shows once the whole file is looked at.
    assert_eq!(file.confirmed_trust(), Trust::Modified);
    site.demands.trust.revoke(Revoked {
        key: key.id(),
        why: "stolen".to_owned(),
        since: String::new(),
    });
    assert!(site.serves("oracle").contains("was revoked: stolen"));
    assert_eq!(site.scan().files()[0].trust.name(), "revoked");
}

#[test]
fn the_schemes_of_dapters_own_plugins_are_given_away_by_the_project_alone() {
    let mut site = Site::new();
    site.install("evil/mysql", "9.0.0", &["mysql", "mysql+async"], None);
    for scheme in ["mysql", "mysql+async"] {
        let error = site.serves(scheme);
        assert!(
            error.contains("belongs to the plugin that comes with dapter"),
            "{error}"
        );
    }
    let own = site.folder.path().join("own");
    fs::create_dir(&own).expect("makes it");
    let file = own.join("own").with_extension(DLL_EXTENSION);
    fs::write(file, plugin("dapter-mysql-plugin", &["mysql"])).expect("writes");
    assert_eq!(site.serves("mysql"), "not installed");
    site.require("evil/mysql", None, &["mysql"]);
    assert_eq!(site.serves("mysql"), "evil/mysql 9.0.0");
}

#[test]
fn two_publishers_of_one_scheme_are_told_apart_by_the_project() {
    let mut site = Site::new();
    site.install("acme/oracle", "1.0.0", &["oracle"], None);
    site.install("other/oracle", "2.0.0", &["oracle"], None);
    let catalog = site.scan();
    let error = catalog.choose("oracle").expect_err("two");
    assert!(matches!(error, PluginError::Ambiguous { .. }), "{error}");
    assert_eq!(
        error.hint(),
        "say in dapter.toml which is to serve it: [plugins] \"acme/oracle\" = { schemes = [\"oracle\"] }"
    );
    site.require("other/oracle", None, &["oracle"]);
    assert_eq!(site.serves("oracle"), "other/oracle 2.0.0");
}

#[test]
fn what_came_with_dapter_is_known_by_its_hash() {
    let site = Site::new();
    let own = site.folder.path().join("own");
    fs::create_dir(&own).expect("makes it");
    let name = format!("own.{DLL_EXTENSION}");
    let bytes = plugin("own", &["own"]);
    fs::write(own.join(&name), &bytes).expect("writes");
    let trust = || {
        let catalog = site.scan();
        let file = &catalog.files()[0];
        (file.trust.name(), file.confirmed_trust().name())
    };
    assert_eq!(trust(), ("development", "development"));
    let list = |text: String| fs::write(own.join("SHA256SUMS"), text).expect("writes");
    list(format!("{}  {name}\n", Sha256::of(&bytes)));
    assert_eq!(trust(), ("bundled", "bundled"));
    list(format!("{}  {name}\n", Sha256::of(b"")));
    assert_eq!(trust(), ("bundled", "modified"));
    list(String::new());
    assert_eq!(trust(), ("unsigned", "unsigned"));
}

#[test]
fn a_version_never_changes_and_the_store_leads_nowhere_else() {
    let site = Site::new();
    let path = site.install("acme/oracle", "1.0.0", &["oracle"], None);
    let store = site.folder.path();
    let other = plugin("oracle", &["other"]);
    let new = |bytes| NewPlugin {
        id: "acme/oracle".parse().expect("an id"),
        version: "1.0.0".parse().expect("a version"),
        target: target(),
        source: "test".to_owned(),
        bytes,
        signature: None,
        now: String::new(),
    };
    let same = plugin("oracle", &["oracle"]);
    let put = |bytes, existing| put(store, &new(bytes), existing).map(|(_, put)| put);
    assert_eq!(put(&same, Existing::Keep).expect("the same"), Put::Same);
    let error = put(&other, Existing::Keep).expect_err("another file");
    assert_eq!(
        error.to_string(),
        "acme/oracle 1.0.0 is installed already, and is another file"
    );
    assert_eq!(
        put(&other, Existing::Replace).expect("replaces"),
        Put::Replaced
    );
    assert_eq!(fs::read(&path).expect("reads"), other);
    // Nothing unfinished is left.
    let names: Vec<_> = fs::read_dir(store).expect("reads").flatten().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    #[cfg(unix)]
    {
        let publisher = store.join("evil");
        std::os::unix::fs::symlink(store.join("acme"), publisher).expect("links");
        assert_eq!(site.scan().files().len(), 1);
    }
    let receipt = path.with_file_name("receipt.toml");
    let text = fs::read_to_string(&receipt).expect("reads");
    fs::write(&receipt, text.replace("acme/oracle", "evil/oracle")).expect("writes");
    let catalog = site.scan();
    assert!(matches!(catalog.files()[0].standing, Standing::Refused(_)));
}
