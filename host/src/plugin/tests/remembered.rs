//! Files that are remembered to have passed. To see that they are believed to, what is remembered here is not true.

use super::elf_file::plugin;
use crate::plugin::load_error::LoadProblem;
use crate::plugin::ready::Ready;
use crate::plugin::recognised::Recognised;
use crate::plugin::trust::Trust;
use crate::plugin::{Catalog, Expected, Origin, Place, Places, Sha256, Step, StepOutcome, inspect};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// A plugin's file that is not the expected one.
fn other() -> (TempDir, PathBuf, Expected) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plugin.so");
    fs::write(&path, plugin("other", &["sample"])).expect("writes");
    let path = path.canonicalize().expect("it is there");
    let expected = Expected {
        sha256: Some(Sha256::of(&plugin("right", &["sample"]))),
        remembered_in: Some(folder.path().join("verified")),
        ..Expected::default()
    };
    (folder, path, expected)
}

/// Remembers that the file is what is expected, a minute after it was written.
fn remember(path: &Path, expected: &Expected) {
    let later = SystemTime::now() + Duration::from_secs(60);
    let metadata = fs::metadata(path).expect("it is there");
    let file = Recognised::of(path, &metadata, expected, later);
    file.expect("something is expected").remember();
}

fn is_refused(path: &Path, expected: &Expected) -> bool {
    match Ready::of(path, expected) {
        Ok(_) => false,
        Err(LoadProblem::Changed { .. }) => true,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_recognised_file_is_not_hashed_until_it_is_written_to() {
    let (_folder, path, expected) = other();
    assert!(is_refused(&path, &expected));
    remember(&path, &expected);
    let ready = Ready::of(&path, &expected).expect("it is recognised");
    assert_ne!(ready.path, path, "it is loaded from memory all the same");
    fs::write(&path, plugin("other", &["sample"])).expect("writes");
    assert!(
        is_refused(&path, &expected),
        "also if the bytes are the same"
    );
    inspect(&path).expect("nothing else is wrong with it");
}

#[test]
fn what_passes_is_recognised_only_as_itself() {
    let (_folder, path, expected) = other();
    let right = Expected {
        sha256: Some(Sha256::of(&fs::read(&path).expect("reads"))),
        ..expected.clone()
    };
    remember(&path, &right);
    assert!(!is_refused(&path, &right));
    assert!(is_refused(&path, &expected));
}

#[test]
fn who_asks_what_a_file_is_has_it_read_whatever_is_remembered() {
    let (folder, path, expected) = other();
    let scan = || {
        let places = Places {
            folders: vec![Place {
                origin: Origin::Installation,
                folder: folder.path().to_owned(),
            }],
            verified: expected.remembered_in.clone(),
            ..Places::default()
        };
        Catalog::scan(&places)
    };
    let sums = format!("{}  plugin.so\n", expected.sha256.expect("a hash"));
    fs::write(folder.path().join("SHA256SUMS"), sums).expect("writes");
    remember(&path, &scan().files()[0].expected);
    let catalog = scan();
    let file = &catalog.files()[0];
    assert!(!is_refused(&path, &file.expected), "a load recognises it");
    assert_eq!(file.confirmed_trust(), Trust::Modified);
    let steps = file.check();
    let hash = steps.iter().find(|checked| checked.step == Step::Hash);
    let outcome = hash.map(|checked| &checked.outcome);
    assert!(
        matches!(outcome, Some(StepOutcome::Failed { .. })),
        "{steps:?}"
    );
}
