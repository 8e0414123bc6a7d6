//! Each step of loading, and what it refuses: the codes are part of the interface.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use super::plugins::{Copy, hostile, older};
use dapter::plugin::{Catalog, Given, InspectError, PluginError, Step, load, standard_places};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

/// What comes of a file given with `--plugin`, and of its adapter: the step that fails.
fn refused(file: &Path, adapter: &str) -> PluginError {
    let given = Given {
        files: vec![file.to_owned()],
        library_path: Some("".into()),
        ..Given::default()
    };
    let catalog = Catalog::scan(&standard_places(&given).expect("no folders"));
    let error = match catalog.choose_by_key(adapter) {
        Ok(choice) => choice.open().expect_err("it is refused"),
        Err(error) => error,
    };
    // Three lines: what, why, what to do.
    assert!(
        !error.to_string().is_empty() && !error.hint().is_empty(),
        "{error:?}"
    );
    error
}

/// The reason, which is the last error of the chain.
fn reason(error: &PluginError) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

fn is_refused(file: &Path, adapter: &str, step: Step, why: &str) {
    let error = refused(file, adapter);
    assert_eq!(error.step(), step, "{error:?}");
    let reason = reason(&error);
    assert!(reason.starts_with(why), "{step}: {reason}");
    // What is refused before it runs is refused by whoever loads it without a catalogue too, in the same step.
    if step <= Step::Permissions {
        assert_eq!(load(file).expect_err("it is refused").step(), step);
    }
}

#[test]
fn p01_nothing_has_the_adapter() {
    let file = older();
    let error = refused(&file, "oracle");
    assert_eq!(error.step(), Step::Resolve);
    assert_eq!(
        load(Path::new("plugin.so")).expect_err("relative").step(),
        Step::Resolve
    );
}

#[test]
fn p02_files_that_are_no_whole_plugin_for_this_system() {
    let plugin = fs::read(older()).expect("reads");
    let patched = |at: usize, bytes: &[u8]| {
        let mut other = plugin.clone();
        other[at..at + bytes.len()].copy_from_slice(bytes);
        other
    };
    let cut = plugin.len() / 2;
    for (bytes, why) in [
        (b"-- a script\n".to_vec(), "it is not a dynamic library"),
        (Vec::new(), "the file is empty"),
        (plugin[..cut].to_vec(), "the file is truncated"),
        // The machine, the class and the byte order that the header tells.
        (
            patched(18, &[8, 0]),
            "it was built for another system: it is mips64",
        ),
        (patched(4, &[1]), "the file is "),
        (patched(5, &[2]), "the file is "),
        // An object file.
        (patched(16, &[1, 0]), "it is not a dynamic library"),
    ] {
        is_refused(
            Copy::with(&bytes).path().as_path(),
            "fixture-older",
            Step::Static,
            why,
        );
    }
    for (from, to, why) in [
        (
            "\0.dapter\0",
            "\0.dapper\0",
            "it is a library, but not a dapter plugin",
        ),
        ("\"abi\":\"1", "\"abi\":\"2", "it needs plugin interface 2"),
        (
            "\"format\":1",
            "\"format\":7",
            "its descriptor has format 7",
        ),
        (
            "\"format\":1",
            "\"format\"?1",
            "its descriptor cannot be used",
        ),
        ("-gnu\"", "-old\"", "it was built for "),
        (
            "_1as_0lib_1header",
            "_1as_0lib_1hexxer",
            "it exports no plugin header",
        ),
        (
            "\0libgcc_s.so.1\0",
            "\0libgcc_z.so.1\0",
            "it needs the shared library libgcc_z.so.1",
        ),
        // The first version that glibc had on each machine.
        if cfg!(target_arch = "x86_64") {
            ("\0GLIBC_2.2.5\0", "\0GLIBC_2.995\0", "it needs glibc 2.995")
        } else {
            ("\0GLIBC_2.17\0", "\0GLIBC_2.99\0", "it needs glibc 2.99")
        },
    ] {
        let file = Copy::patched(&older(), from, to);
        is_refused(&file.path(), "fixture-older", Step::Static, why);
    }
}

#[test]
fn p02_what_is_no_regular_file_of_a_bearable_size() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("folder.so")).expect("makes it");
    let made = Command::new("mkfifo").arg(at("pipe.so")).status();
    assert!(made.expect("the system has mkfifo").success());
    symlink("/dev/zero", at("device.so")).expect("links");
    symlink("nowhere", at("link.so")).expect("links");
    File::create(at("huge.so"))
        .and_then(|file| file.set_len(1 << 40))
        .expect("takes no room");
    // As large as a plugin may be, and nothing but zeros.
    File::create(at("sparse.so"))
        .and_then(|file| file.set_len(1 << 30))
        .expect("takes no room");
    for (name, why) in [
        ("folder.so", "it is not a regular file"),
        ("pipe.so", "it is not a regular file"),
        ("device.so", "it is not a regular file"),
        ("link.so", "the file does not exist"),
        ("huge.so", "it has 1099511627776 bytes"),
        ("sparse.so", "it is not a dynamic library"),
    ] {
        is_refused(&at(name), "x", Step::Static, why);
    }
}

/// Says so where the tests run as root, who may read everything.
#[test]
#[allow(clippy::print_stderr, reason = "a test that does not run must say so")]
fn p02_a_file_that_cannot_be_read() {
    let file = Copy::of(&older());
    fs::set_permissions(file.path(), Permissions::from_mode(0o000)).expect("it is ours");
    if File::open(file.path()).is_ok() {
        eprintln!("not tested: root may read everything");
        return;
    }
    is_refused(
        &file.path(),
        "fixture-older",
        Step::Static,
        "the file cannot be read",
    );
}

#[test]
#[allow(clippy::print_stderr, reason = "a test that does not run must say so")]
fn p03_what_others_can_write() {
    let file = Copy::of(&older());
    let path = file.path();
    let folder = path.parent().expect("a folder");
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
    };
    mode(&path, 0o646);
    is_refused(
        &path,
        "fixture-older",
        Step::Permissions,
        "everybody can write ",
    );
    mode(&path, 0o644);
    mode(folder, 0o777);
    is_refused(
        &path,
        "fixture-older",
        Step::Permissions,
        "everybody can write ",
    );
    mode(folder, 0o755);
    // Only root can give a file away.
    if std::os::unix::fs::chown(&path, Some(12345), Some(12345)).is_err() {
        eprintln!("not tested: a file of another user, which only root can make");
        return;
    }
    is_refused(
        &path,
        "fixture-older",
        Step::Permissions,
        &format!("{} belongs to user 12345", path.display()),
    );
    std::os::unix::fs::chown(&path, Some(0), Some(12345)).expect("as before");
    mode(&path, 0o664);
    is_refused(
        &path,
        "fixture-older",
        Step::Permissions,
        "its group can write ",
    );
}

#[test]
fn p03_a_link_is_followed_if_it_is_named_and_not_in_a_folder() {
    let file = Copy::of(&older());
    let folder = tempfile::tempdir().expect("a folder");
    let link = folder.path().join("link.so");
    symlink(file.path(), &link).expect("links");
    let given = |files, path_variable| Given {
        files,
        path_variable,
        ..Given::default()
    };
    let catalog = |given| Catalog::scan(&standard_places(&given).expect("absolute"));
    let in_folder = catalog(given(vec![], Some(folder.path().into())));
    let error = in_folder
        .choose_by_key("fixture-older")
        .expect_err("a link");
    assert!(
        error.to_string().contains("cannot be used (P03)"),
        "{error}"
    );
    catalog(given(vec![link], None))
        .choose_by_key("fixture-older")
        .expect("it was named")
        .open()
        .expect("it is loaded");
}

#[test]
fn p07_the_system_refuses_a_library_with_a_symbol_that_is_nowhere() {
    let file = Copy::patched(&older(), "\0_Unwind_GetIP\0", "\0_Unwind_GetIQ\0");
    is_refused(
        &file.path(),
        "fixture-older",
        Step::Map,
        "the system refused it: undefined symbol: _Unwind_GetIQ",
    );
}

#[test]
fn p08_a_header_that_is_none() {
    let file = Copy::patched(
        &older(),
        "abi stable library for Rust",
        "abi stable library for Dust",
    );
    is_refused(
        &file.path(),
        "fixture-older",
        Step::Header,
        "its header cannot be used: ",
    );
}

#[test]
fn p11_a_descriptor_that_is_not_that_of_the_code() {
    let file = Copy::patched(&hostile(), "\"key\":\"slow\"", "\"key\":\"fast\"");
    is_refused(
        &file.path(),
        "async-memory",
        Step::Described,
        "its descriptor names the adapters",
    );
}

#[test]
fn p12_capabilities_that_contradict_each_other() {
    let file = Copy::patched(&hostile(), "[\"transactions\"", "[\"tranzactions\"");
    is_refused(
        &file.path(),
        "async-memory",
        Step::Capabilities,
        "it declares the capability `transactional-ddl` and not `transactions`",
    );
    // Nothing of it was loaded, which would have shown that its code is another one.
    let file = Copy::patched(&file.path(), "\"key\":\"slow\"", "\"key\":\"fast\"");
    is_refused(
        &file.path(),
        "async-memory",
        Step::Capabilities,
        "it declares the capability `transactional-ddl` and not `transactions`",
    );
}

#[test]
fn p13_an_adapter_that_panics_when_it_is_made() {
    is_refused(&hostile(), "panic-make", Step::Open, "");
    let error = refused(&hostile(), "panic-make");
    let PluginError::Open { source, .. } = &error else {
        panic!("{error:?}");
    };
    assert!(
        source.message.ends_with("being made is not for me"),
        "{source}"
    );
}

#[test]
fn a_missing_library_is_told_before_anything_is_loaded_and_by_the_loader_too() {
    let file = Copy::patched(&older(), "\0libgcc_s.so.1\0", "\0libgcc_z.so.1\0");
    let error = refused(&file.path(), "fixture-older");
    let PluginError::Refused { problem, .. } = &error else {
        panic!("it is not loaded: {error:?}");
    };
    let missing = InspectError::MissingLibrary {
        library: "libgcc_z.so.1".to_owned(),
    };
    assert_eq!(*problem, missing);
    let by_loader = load(&file.path()).expect_err("it is nowhere");
    assert_eq!(
        (by_loader.step(), by_loader.problem.to_string()),
        (Step::Static, missing.to_string())
    );
}
