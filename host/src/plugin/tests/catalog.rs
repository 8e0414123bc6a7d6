use super::elf_file::{ElfFile, descriptor, plugin};
use crate::plugin::{Catalog, InspectError, Origin, Outcome, Place, Places, PluginError, Standing};
use std::env::consts::DLL_EXTENSION;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// A folder with links resolved, so that what the catalogue says can be compared with it.
struct Folder {
    _keep: TempDir,
    path: PathBuf,
}

impl Folder {
    fn new() -> Self {
        let keep = tempfile::tempdir().expect("a folder");
        let path = fs::canonicalize(keep.path()).expect("exists");
        Folder { _keep: keep, path }
    }

    /// Writes `NAME.so`, modified so many seconds after the beginning of time.
    fn library(&self, name: &str, bytes: &[u8], modified: u64) -> PathBuf {
        let path = self.path.join(name).with_extension(DLL_EXTENSION);
        fs::create_dir_all(path.parent().expect("has one")).expect("makes it");
        fs::write(&path, bytes).expect("writes");
        let file = File::options().write(true).open(&path).expect("opens");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(modified))
            .expect("sets");
        path
    }

    fn place(&self, origin: Origin, below: &str) -> Place {
        Place {
            origin,
            folder: self.path.join(below),
        }
    }

    /// Each file of the catalogue as `path: how it stands`.
    fn standings(&self, catalog: &Catalog) -> Vec<String> {
        let short = |path: &Path| {
            path.strip_prefix(&self.path)
                .unwrap_or(path)
                .with_extension("")
                .display()
                .to_string()
        };
        let line = |standing: &Standing| match standing {
            Standing::Usable => "usable".to_owned(),
            Standing::Shadowed { by } => format!("shadowed by {}", short(by)),
            Standing::Broken(problem) => problem.to_string(),
            Standing::Refused(refusal) => refusal.to_string(),
        };
        let files = catalog.files().iter();
        files
            .map(|file| format!("{}: {}", short(&file.path), line(&file.standing)))
            .collect()
    }
}

fn folders(folders: Vec<Place>) -> Places {
    Places {
        folders,
        ..Places::default()
    }
}

#[test]
fn folders_are_read_in_order_and_sorted_by_name() {
    let root = Folder::new();
    root.library("user/zebra", &plugin("zebra", &["z"]), 1);
    root.library("user/ant", &plugin("ant", &["a"]), 1);
    root.library("user/text", b"no library", 1);
    root.library("user/deeper/hidden", &plugin("hidden", &["h"]), 1);
    root.library(
        "beside/libc",
        &ElfFile {
            section: None,
            ..ElfFile::default()
        }
        .bytes(),
        1,
    );
    fs::write(root.path.join("beside/ant.txt"), plugin("renamed", &["r"])).expect("writes");
    let catalog = Catalog::scan(&folders(vec![
        root.place(Origin::UserData, "user"),
        root.place(Origin::BesideExecutable, "beside"),
        root.place(Origin::Installation, "absent"),
    ]));
    assert_eq!(
        root.standings(&catalog),
        [
            "user/ant: usable",
            "user/text: it is not a dynamic library",
            "user/zebra: usable"
        ]
    );
    let outcomes: Vec<&Outcome> = catalog
        .searched()
        .iter()
        .map(|place| &place.outcome)
        .collect();
    let read = |plugins, broken, other_libraries| Outcome::Read {
        plugins,
        broken,
        other_libraries,
    };
    assert_eq!(
        outcomes,
        [&read(2, 1, 0), &read(0, 0, 1), &Outcome::Missing]
    );
}

#[test]
fn of_one_plugin_the_earlier_place_wins_and_within_it_the_newer_file() {
    let root = Folder::new();
    let sample = plugin("sample", &["s"]);
    root.library("deps/sample-1", &sample, 10);
    root.library("deps/sample-2", &sample, 30);
    root.library("deps/sample-3", &sample, 20);
    root.library("system/sample", &sample, 99);
    let catalog = Catalog::scan(&folders(vec![
        root.place(Origin::BesideExecutable, "deps"),
        root.place(Origin::Installation, "system"),
    ]));
    assert_eq!(
        root.standings(&catalog),
        [
            "deps/sample-1: shadowed by deps/sample-2",
            "deps/sample-2: usable",
            "deps/sample-3: shadowed by deps/sample-2",
            "system/sample: shadowed by deps/sample-2",
        ]
    );
    assert!(
        catalog
            .choose("s")
            .expect("one")
            .file
            .path
            .ends_with(format!("sample-2.{DLL_EXTENSION}"))
    );
}

#[test]
fn a_broken_file_shadows_nothing() {
    let root = Folder::new();
    let broken = ElfFile {
        symbol: "other".to_owned(),
        ..ElfFile::default()
    };
    root.library("one/sample", &broken.bytes(), 1);
    root.library("two/sample", &ElfFile::default().bytes(), 1);
    let catalog = Catalog::scan(&folders(vec![
        root.place(Origin::PathVariable, "one"),
        root.place(Origin::UserData, "two"),
    ]));
    assert_eq!(
        catalog.choose("sample").expect("the second").file.origin,
        Origin::UserData
    );
}

#[cfg(unix)]
#[test]
fn a_file_reached_twice_counts_once() {
    let root = Folder::new();
    let file = root.library("real/sample", &ElfFile::default().bytes(), 1);
    fs::create_dir(root.path.join("links")).expect("makes it");
    let link = root.path.join("links/other").with_extension(DLL_EXTENSION);
    std::os::unix::fs::symlink(&file, &link).expect("links");
    std::os::unix::fs::symlink(
        "nowhere",
        link.with_file_name(format!("dead.{DLL_EXTENSION}")),
    )
    .expect("links");
    let catalog = Catalog::scan(&Places {
        files: vec![file.clone(), link],
        folders: vec![
            root.place(Origin::UserData, "links"),
            root.place(Origin::Installation, "real"),
        ],
        ..Places::default()
    });
    assert_eq!(
        root.standings(&catalog),
        ["real/sample: usable", "links/dead: the file does not exist"]
    );
}

#[cfg(unix)]
#[test]
fn a_link_is_no_file_unless_it_is_named() {
    use std::os::unix::fs::symlink;
    let root = Folder::new();
    let elsewhere = root.library("elsewhere/linked", &plugin("linked", &["l"]), 1);
    let here = root.library("user/sample", &plugin("sample", &["s"]), 1);
    let a_library = ElfFile {
        section: None,
        ..ElfFile::default()
    };
    let library = root.library("elsewhere/other", &a_library.bytes(), 1);
    let link = |name: &str, to: &Path| {
        let link = root.path.join("user").join(name);
        let link = link.with_extension(DLL_EXTENSION);
        symlink(to, &link).expect("links");
        link
    };
    let linked = link("linked", &elsewhere);
    link("a-second-name", &here);
    link("libother", &library);
    let catalog = Catalog::scan(&folders(vec![root.place(Origin::UserData, "user")]));
    assert_eq!(
        root.standings(&catalog),
        [
            "user/sample: usable",
            "elsewhere/linked: it is a symbolic link, and in a folder only files are plugins",
        ]
    );
    let named = Catalog::scan(&Places {
        files: vec![linked],
        ..Places::default()
    });
    named.choose("l").expect("it was named");
}

#[cfg(unix)]
#[test]
fn what_others_can_write_is_not_chosen() {
    use std::os::unix::fs::PermissionsExt;
    let root = Folder::new();
    root.library("user/open", &plugin("open", &["o"]), 1);
    root.library("user/sample", &plugin("sample", &["s"]), 1);
    let open = root.path.join("user/open").with_extension(DLL_EXTENSION);
    fs::set_permissions(&open, fs::Permissions::from_mode(0o666)).expect("it is ours");
    let catalog = Catalog::scan(&folders(vec![root.place(Origin::UserData, "user")]));
    catalog.choose("s").expect("it is fine");
    let error = catalog.choose("o").expect_err("anybody can write it");
    let open = open.display();
    assert!(
        error.to_string().contains(&format!(
            "cannot be used (P03): {open}: everybody can write {open}"
        )),
        "{error}"
    );
    assert!(error.hint().ends_with(&format!("`chmod go-w {open}`")));
}

#[test]
fn a_file_that_was_named_wins_over_one_that_was_found() {
    let root = Folder::new();
    root.library("user/found", &plugin("found", &["s", "only"]), 1);
    let named = root.library("named", &plugin("named", &["s"]), 1);
    let catalog = Catalog::scan(&Places {
        files: vec![named],
        folders: vec![root.place(Origin::UserData, "user")],
        ..Places::default()
    });
    assert_eq!(
        catalog.choose("S").expect("in any case").plugin.name,
        "named"
    );
    assert_eq!(
        catalog
            .choose("only")
            .expect("not in the named one")
            .plugin
            .name,
        "found"
    );
    assert_eq!(
        catalog
            .choose_by_key("found")
            .expect("by its key")
            .adapter
            .schemes,
        ["s", "only"]
    );
}

#[test]
fn a_named_file_that_cannot_be_used_is_an_error_at_once() {
    let root = Folder::new();
    root.library("user/found", &plugin("found", &["s"]), 1);
    let absent = root.path.join("absent.so");
    let text = root.library("text", b"no library", 1);
    for (file, expected) in [
        (absent, InspectError::Missing),
        (text, InspectError::NotALibrary),
    ] {
        let catalog = Catalog::scan(&Places {
            files: vec![file],
            folders: vec![root.place(Origin::UserData, "user")],
            ..Places::default()
        });
        let Err(PluginError::Refused { problem, .. }) = catalog.choose("s") else {
            panic!("it is refused");
        };
        assert_eq!(problem, expected);
    }
}

#[test]
fn two_plugins_for_a_scheme_are_an_error_that_lists_both() {
    let root = Folder::new();
    root.library("one", &plugin("one", &["s"]), 1);
    root.library("two", &plugin("two", &["s", "t"]), 1);
    let catalog = Catalog::scan(&folders(vec![root.place(Origin::UserData, "")]));
    let error = catalog.choose("s").expect_err("two");
    let folder = root.path.display();
    assert_eq!(
        error.to_string(),
        format!(
            "2 adapters offer the URL scheme `s`\n  \
             `one` of one 1.2.3: {folder}/one.{DLL_EXTENSION} (the user's data folder)\n  \
             `two` of two 1.2.3: {folder}/two.{DLL_EXTENSION} (the user's data folder)"
        )
    );
    assert_eq!(
        error.hint(),
        format!(
            "choose one with --plugin {folder}/one.{DLL_EXTENSION}, or move the other file away"
        )
    );
    assert_eq!(catalog.choose("t").expect("one").plugin.name, "two");
}

#[test]
fn no_plugin_for_a_scheme_is_an_error_that_tells_what_there_is() {
    let root = Folder::new();
    root.library("user/libdb", &plugin("acme-oracle", &["oracle", "ora"]), 1);
    root.library("user/text", b"no library", 1);
    let catalog = Catalog::scan(&folders(vec![
        root.place(Origin::UserData, "user"),
        root.place(Origin::Installation, "absent"),
    ]));
    let folder = root.path.display();
    let error = catalog.choose("orcale").expect_err("none");
    assert_eq!(
        error.to_string(),
        format!(
            "no plugin offers the URL scheme `orcale`\n  \
             found: acme-oracle 1.2.3 (oracle, ora)\n  \
             cannot be used (P02): {folder}/user/text.{DLL_EXTENSION}: it is not a dynamic library\n  \
             searched: the user's data folder {folder}/user (1 plugin, 1 broken)\n  \
             searched: ../lib/dapter/plugins {folder}/absent (does not exist)"
        )
    );
    assert_eq!(error.hint(), "did you mean `oracle`?");
    let far = catalog.choose("mongodb").expect_err("none");
    assert_eq!(
        far.hint(),
        "install it with `dapter plugin install`, or name its file with --plugin FILE"
    );
    let nowhere = Catalog::scan(&Places::default())
        .choose("x")
        .expect_err("none");
    assert_eq!(
        nowhere.to_string(),
        "no plugin offers the URL scheme `x`\n  found: nothing\n  searched: no place at all"
    );
}

#[test]
fn a_broken_plugin_for_the_scheme_is_what_the_hint_is_about() {
    let root = Folder::new();
    let newer = descriptor("acme", &["oracle"]).replace("\"abi\":\"1.0\"", "\"abi\":\"2.0\"");
    let file = ElfFile {
        section: Some(newer),
        ..ElfFile::default()
    };
    root.library("acme", &file.bytes(), 1);
    let catalog = Catalog::scan(&folders(vec![root.place(Origin::UserData, "")]));
    let error = catalog.choose("oracle").expect_err("broken");
    assert!(
        error
            .to_string()
            .contains("it needs plugin interface 2.0, and this dapter has 1.0"),
        "{error}"
    );
    assert_eq!(
        error.hint(),
        format!(
            "{}/acme.{DLL_EXTENSION} offers it but cannot be used: update dapter, or install an older version of the plugin",
            root.path.display()
        )
    );
}
