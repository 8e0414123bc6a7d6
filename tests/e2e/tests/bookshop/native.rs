//! Scripts and copies, in the hands of the databases' own programs.

use std::fs;
use std::path::Path;

use dapter_servers::PASSWORD;
use serde_json::Value;

use crate::site::{Kind, Site};
use crate::{FIRST, MIDDLE};

/// A script leads to where dapter leads, in both directions and from the middle on, and only from where it begins.
pub(crate) fn sql(kind: &Kind) {
    let (own, other) = (Site::new(kind), Site::new(kind));
    own.run(&["upgrade", "--yes"]);
    for range in [FIRST, "613c48b44bf5:2a755270ca37", "2a755270ca37:head"] {
        other.carry_out(&["upgrade", "--sql", range]).expect(range);
    }
    assert_eq!(other.contents(), own.contents());
    let told = other.run(&["upgrade"]);
    assert_eq!(told["steps"].as_array().map(Vec::len), Some(0), "{told}");
    let refused = other.carry_out(&["upgrade", "--sql", "2a755270ca37:head"]);
    let said = refused.expect_err("the database is behind it");
    assert!(
        said.contains("the database is not at 2a755270ca37"),
        "{said}"
    );
    assert_eq!(other.contents(), own.contents());

    own.run(&["downgrade", MIDDLE, "--yes"]);
    let down = ["downgrade", "--sql", "head:2a755270ca37"];
    other.carry_out(&down).expect("leads down");
    assert_eq!(other.contents(), own.contents());
    own.run(&["downgrade", "base", "--yes"]);
    other.run(&["downgrade", "base", "--yes"]);
    assert_eq!(other.contents(), own.contents());
    own.run(&["stamp", MIDDLE]);
    other
        .carry_out(&["stamp", "--sql", MIDDLE])
        .expect("stamps");
    assert_eq!(other.contents(), own.contents());
}

/// A copy is made before anything is changed, only its owner may read it, and it leads back.
pub(crate) fn backup(kind: &Kind) {
    let site = Site::new(kind);
    site.run(&["upgrade", MIDDLE, "--yes"]);
    let before = site.contents();
    let told = site.run(&["upgrade", "--yes", "--backup"]);
    let path = told["backup"]["path"].as_str().expect("a path").to_owned();
    let restore = told["backup"]["restore"].as_str().expect("a line");
    assert!(!restore.contains(PASSWORD), "{restore}");
    assert_private(Path::new(&site.folder.path().join(&path)));
    let files = fs::read_dir(site.folder.path().join("backups")).expect("a folder");
    assert_eq!(files.count(), 1, "something else was left behind");
    assert_ne!(site.contents(), before);
    site.restore(restore);
    assert_eq!(site.contents(), before);

    let told = site.run(&["upgrade", MIDDLE, "--backup"]);
    assert_eq!(told["backup"], Value::Null, "there was nothing to do");
}

#[cfg(unix)]
fn assert_private(path: &Path) {
    use std::os::unix::fs::MetadataExt;
    let mode = fs::metadata(path).expect("it is there").mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[cfg(not(unix))]
fn assert_private(_: &Path) {}
