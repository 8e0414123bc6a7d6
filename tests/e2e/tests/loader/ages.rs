//! Plugins of another version of the boundary, and of another compiler.

use super::plugins::{Copy, adapter, hostile, newer, older};
use dapter::plugin::{LoadProblem, Step, load};
use dapter_e2e::{Toolchain, build_library, fixture, has_nightly, target_directory};
use dapter_plugin_api::abi::{ImportError, block_on};
use dapter_plugin_api::{ConnectOptions, ErrorKind};
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Loads a plugin and has its adapter execute a statement.
fn executed(file: &Path, key: &str) -> u64 {
    let adapter = adapter(file, load(file).expect("loads"), key);
    let mut session =
        block_on(adapter.connect(&ConnectOptions::new(format!("{key}:one")))).expect("connects");
    session.canceller()();
    block_on(session.execute("put a 1")).expect("executes")
}

#[test]
fn an_older_and_a_newer_plugin_and_one_of_today_work_together_in_any_order() {
    let (older, newer, today) = (older(), newer(), hostile());
    let files = [
        (older, "fixture-older", 7),
        (newer, "fixture-newer", 7),
        (today, "async-memory", 1),
    ];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        // The system's loader knows files by their identity: each order needs files of its own.
        let copies = order.map(|index| (Copy::of(&files[index].0), files[index].1, files[index].2));
        for (copy, key, rows) in &copies {
            assert_eq!(
                executed(&copy.path(), key),
                *rows,
                "{key} in the order {order:?}"
            );
        }
    }
}

/// Updating dapter must not force anybody to update plugins; updating a plugin must not force anybody to update dapter.
#[test]
fn a_plugin_of_today_works_in_an_older_host() {
    let host = older().with_file_name(format!("fixture_older_host{EXE_SUFFIX}"));
    let ran = Command::new(host)
        .arg(hostile())
        .args([
            r#"J{"adapter":{"key":"panic-call"}}"#,
            r#"J{"session":{"key":"panic-call","options":{"url":"panic-call:x"}}}"#,
            r#"J{"request":{"execute":{"statement":"put a 1"}}}"#,
            r#"J{"request":{"execute":{"statement":"panic now"}}}"#,
            r#"J{"request":"begin"}"#,
        ])
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&ran.stdout);
    let lines: Vec<&str> = said.lines().collect();
    let [executed, panicked, ended] = lines[..] else {
        panic!("{said}{}", String::from_utf8_lossy(&ran.stderr));
    };
    assert_eq!(executed, r#"J{"outcome":{"ok":1}}"#);
    assert!(panicked.contains("told to: panic now"), "{panicked}");
    assert!(
        ended.contains("unsupported") || ended.contains("poisoned"),
        "{ended}"
    );
}

#[test]
fn a_plugin_too_old_for_a_request_says_so() {
    let file = older();
    let adapter = adapter(&file, load(&file).expect("loads"), "fixture-older");
    let mut session =
        block_on(adapter.connect(&ConnectOptions::new("fixture-older:one"))).expect("connects");
    assert_eq!(
        block_on(session.read_history())
            .expect_err("it cannot")
            .kind,
        ErrorKind::Unsupported
    );
    assert_eq!(block_on(session.execute("again")), Ok(7));
}

#[test]
fn the_same_file_is_loaded_once() {
    let file = Copy::of(&newer());
    load(&file.path()).expect("loads");
    // What is loaded stays, whatever becomes of the file.
    fs::remove_file(file.path()).expect("removes");
    load(&file.path()).expect("is loaded");
}

/// A package like an older plugin's, with one replacement in its source.
fn changed(name: &str, from: &str, to: &str) -> PathBuf {
    let (older, changed) = (
        fixture("abi-older"),
        target_directory().join("fixtures").join(name),
    );
    fs::create_dir_all(changed.join("src")).expect("makes it");
    for file in ["Cargo.toml", "Cargo.lock", "build.rs", "src/lib.rs"] {
        let text = fs::read_to_string(older.join(file)).expect("reads");
        let replaced = match file {
            "Cargo.toml" => text.replace("fixture_older", name),
            "src/lib.rs" => text.replace(from, to),
            _ => text.clone(),
        };
        assert!(
            replaced != text || !matches!(file, "Cargo.toml" | "src/lib.rs"),
            "{file} is changed"
        );
        // Left alone if it is right already, so that cargo does not build it again.
        let target = changed.join(file);
        if fs::read_to_string(&target).ok().as_ref() != Some(&replaced) {
            fs::write(target, replaced).expect("writes");
        }
    }
    build_library(&changed, name, Toolchain::Same)
}

#[test]
fn a_plugin_with_another_signature_is_refused_in_one_line() {
    let wide = changed(
        "fixture_wide",
        "RResult<PortBox, RVec<u8>>",
        "RResult<PortBox, RVec<u16>>",
    );
    let renamed = changed("fixture_renamed", "open", "unlock");
    for file in [wide, renamed] {
        let error = load(&file).expect_err("its types differ");
        assert_eq!(error.step(), Step::Abi);
        let text = error.problem.to_string();
        assert!(
            matches!(
                error.problem,
                LoadProblem::Import(ImportError::Layout { .. })
            ),
            "{text}"
        );
        assert!(
            text.starts_with("its types differ from this dapter's"),
            "{text}"
        );
        assert!(!text.contains('\n') && text.len() < 500, "{text}");
    }
}

#[test]
fn a_plugin_that_panics_while_it_starts_is_refused() {
    let file = changed(
        "fixture_panicking",
        "|| PluginModule_Ref(MODULE.static_as_prefix())",
        "|| -> PluginModule_Ref { let _ = MODULE; panic!(\"starting is not for me\") }",
    );
    let error = load(&file).expect_err("it panics");
    assert_eq!(error.step(), Step::Start);
    assert!(
        error
            .problem
            .to_string()
            .starts_with("it failed while starting"),
        "{error:?}"
    );
}

/// Needs a nightly toolchain, and says so where there is none.
#[test]
#[allow(clippy::print_stderr, reason = "a test that does not run must say so")]
fn a_plugin_of_another_compiler_loads() {
    if !has_nightly() {
        eprintln!("not tested: rustup has no nightly toolchain here");
        return;
    }
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../hostile");
    let file = build_library(&package, "dapter_hostile", Toolchain::Nightly);
    assert_eq!(executed(&file, "async-memory"), 1);
}
