//! Files that must be what a receipt or a lock file says (P04, P05), and that somebody exchanges.
#![cfg(target_os = "linux")]

use super::plugins::{Copy, newer, older};
use dapter::plugin::{
    Expected, InspectError, LoadError, LoadProblem, Sha256, SignatureExpectation, Step, load,
    load_expected,
};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

fn expected(sha256: Sha256) -> Expected {
    Expected {
        sha256: Some(sha256),
        by: Some("dapter-plugins.lock".into()),
        ..Expected::default()
    }
}

fn hash(path: &Path) -> Sha256 {
    Sha256::of(&fs::read(path).expect("reads"))
}

fn changed(refused: Result<impl Sized, LoadError>) -> LoadError {
    let Err(error) = refused else {
        panic!("it is not what is expected");
    };
    assert_eq!(error.step(), Step::Hash);
    error
}

#[test]
fn a_file_that_was_replaced_after_it_was_pinned_is_refused() {
    let file = Copy::of(&older());
    let path = file.path();
    let pinned = hash(&path);
    file.overwrite(&fs::read(newer()).expect("reads"));
    let error = changed(load_expected(&path, &expected(pinned)));
    let found = hash(&path);
    assert_eq!(
        error.problem.to_string(),
        format!(
            "it is not the file that dapter-plugins.lock names: its SHA-256 is {found}, and should be {pinned}"
        )
    );
    assert!(error.hint().contains("lock it anew"));

    load_expected(&path, &expected(found)).expect("it is the other one");
    // Also for what is loaded already, and whatever the file has become since.
    changed(load_expected(&path, &expected(pinned)));
    load_expected(&path, &expected(found)).expect("it is loaded");
}

/// Whatever single bit is another one, also behind what is loaded.
#[test]
fn a_flipped_bit_is_found_anywhere() {
    let plugin = fs::read(older()).expect("reads");
    let pinned = Sha256::of(&plugin);
    let file = Copy::with(&plugin);
    for at in [plugin.len() / 3, plugin.len() / 2, plugin.len() - 1] {
        let mut other = plugin.clone();
        other[at] ^= 1;
        file.overwrite(&other);
        // The last byte belongs to the section table: it may be refused before it is compared.
        let error = load_expected(&file.path(), &expected(pinned)).expect_err("a bit is flipped");
        assert!(
            matches!(error.step(), Step::Static | Step::Hash),
            "{error:?}"
        );
    }
    file.overwrite(&plugin);
    load_expected(&file.path(), &expected(pinned)).expect("every bit is as it was");
}

#[test]
fn what_was_loaded_with_nothing_expected_is_compared_with_what_runs() {
    let file = Copy::of(&newer());
    let path = file.path();
    let pinned = hash(&path);
    load(&path).expect("loads");
    load_expected(&path, &expected(pinned)).expect("that is what runs");
    file.overwrite(&fs::read(older()).expect("reads"));
    changed(load_expected(&path, &expected(hash(&path))));
}

/// Somebody exchanges the file all the time: either what was pinned is loaded, or nothing is.
#[test]
fn what_is_loaded_is_what_was_compared() {
    let (good, bad) = (older(), newer());
    let expected = expected(hash(&good));
    let folder = tempfile::tempdir().expect("a folder");
    let path = |number: usize| folder.path().join(format!("{number}.so"));
    // What is loaded by a name stays: each try has a name of its own.
    let current = AtomicUsize::new(0);
    let last = 8;
    thread::scope(|scope| {
        scope.spawn(|| {
            let next = folder.path().join("next");
            loop {
                let number = current.load(Ordering::Relaxed);
                if number == last {
                    break;
                }
                for file in [&bad, &good] {
                    fs::copy(file, &next).expect("copies");
                    fs::rename(&next, path(number)).expect("exchanges");
                }
            }
        });
        for number in 0..last {
            current.store(number, Ordering::Relaxed);
            let loaded = loop {
                match load_expected(&path(number), &expected) {
                    Ok(plugin) => break plugin,
                    Err(error) => assert!(
                        matches!(
                            error.problem,
                            LoadProblem::Changed { .. }
                                | LoadProblem::Inspect(InspectError::Missing)
                        ),
                        "{error:?}"
                    ),
                }
            };
            // The newer one tells its adapters, the pinned one is too old to.
            assert!(loaded.adapter_keys().is_none(), "it is the pinned one");
        }
        current.store(last, Ordering::Relaxed);
    });
}

#[test]
fn a_signature_that_cannot_be_verified_is_not_good() {
    let file = Copy::of(&older());
    let signed = Expected {
        signature: Some(SignatureExpectation {
            signature: "untrusted comment: none".to_owned(),
            public_key: "none".to_owned(),
        }),
        ..Expected::default()
    };
    let error = load_expected(&file.path(), &signed).expect_err("it is not good");
    assert_eq!(error.step(), Step::Signature);
    // Nothing of it was loaded: without the expectation it is.
    load(&file.path()).expect("loads");
}

/// One file under two names is one library, so that what it keeps in the process does not exist twice.
#[test]
fn a_second_name_of_a_file_leads_to_the_same_library() {
    let file = Copy::of(&older());
    let second = file.path().with_file_name("second.so");
    fs::hard_link(file.path(), &second).expect("links");
    load(&file.path()).expect("loads");
    load(&second).expect("loads");
    let maps = fs::read_to_string("/proc/self/maps").expect("reads");
    assert!(maps.contains("memfd:plugin.so"), "it runs in memory");
    assert!(!maps.contains("second.so"), "and once");
}
