//! Files that are no plugin, or not whole.

use super::plugins::{Copy, hostile, older};
use dapter::plugin::{InspectError, LoadError, LoadProblem, inspect, load};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

fn refused(path: &Path) -> LoadError {
    load(path).expect_err("it is no plugin")
}

fn inspected(path: &Path) -> InspectError {
    match refused(path).problem {
        LoadProblem::Inspect(problem) => problem,
        other => panic!("it is refused before anything of it runs: {other}"),
    }
}

#[test]
fn a_text_file() {
    let text = Copy::with(b"this is no library\n");
    assert_eq!(inspected(&text.path()), InspectError::NotALibrary);
    let error = refused(&text.path());
    assert_eq!(
        error.to_string(),
        format!("could not load the plugin `{}`", text.path().display())
    );
    assert!(
        error.hint().contains("the library that its author ships"),
        "{}",
        error.hint()
    );
}

#[test]
fn a_missing_file() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(
        inspected(&folder.path().join("absent.so")),
        InspectError::Missing
    );
}

#[test]
fn a_relative_path() {
    assert!(matches!(
        refused(Path::new("libc.so.6")).problem,
        LoadProblem::NotAbsolute
    ));
}

#[test]
#[cfg(target_os = "linux")]
fn a_library_that_is_no_plugin() {
    let library = Copy::patched(&older(), "\0.dapter\0", "\0.dapper\0");
    assert_eq!(inspected(&library.path()), InspectError::NotAPlugin);
}

#[test]
#[cfg(target_os = "linux")]
fn a_plugin_that_needs_a_library_which_is_not_there() {
    let plugin = Copy::patched(&older(), "\0libgcc_s.so.1\0", "\0libgcc_z.so.1\0");
    let error = refused(&plugin.path());
    assert_eq!(
        error.problem.to_string(),
        "it needs the shared library libgcc_z.so.1, which this system does not have"
    );
    assert_eq!(
        error.hint(),
        "install the package of this system that has libgcc_z.so.1"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_plugin_whose_descriptor_is_not_that_of_its_code() {
    let plugin = Copy::patched(&hostile(), "\"key\":\"slow\"", "\"key\":\"fast\"");
    let error = refused(&plugin.path());
    let LoadProblem::KeysDiffer { described, loaded } = &error.problem else {
        panic!("{}", error.problem);
    };
    assert!(described.contains(&"fast".to_owned()) && loaded.contains(&"slow".to_owned()));
}

/// A library cut inside a loaded segment would kill the process, so no cut may get as far as being loaded.
#[test]
#[cfg(target_os = "linux")]
fn a_library_cut_anywhere() {
    let plugin = Copy::of(&older());
    let path = plugin.path();
    let file = OpenOptions::new().write(true).open(&path).expect("opens");
    let mut length = file.metadata().expect("exists").len();
    while length > 512 {
        length = (length - 1) / 512 * 512;
        file.set_len(length).expect("cuts");
        let error = inspected(&path);
        assert!(
            matches!(error, InspectError::Truncated { has, .. } if has == length),
            "cut at {length}: {error}"
        );
    }
    file.set_len(0).expect("cuts");
    assert_eq!(inspected(&path), InspectError::Empty);
}

/// Whatever a byte of the headers becomes, looking at the file ends in an answer.
#[test]
#[cfg(target_os = "linux")]
fn a_library_with_a_damaged_byte() {
    let plugin = Copy::of(&older());
    let size = fs::metadata(plugin.path()).expect("exists").len();
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(plugin.path())
        .expect("opens");
    // The headers at the beginning, the section headers at the end, and a thousand places of all that lies between.
    let between = (0..1000).map(|number| number * (size / 1000));
    for at in (0..1024).chain(size - 2048..size).chain(between) {
        let byte = exchange(&mut file, at, |byte| byte ^ 0x81);
        let _ = inspect(&plugin.path());
        exchange(&mut file, at, |_| byte);
    }
    inspect(&plugin.path()).expect("every byte is as it was");
}

fn exchange(file: &mut File, at: u64, change: impl Fn(u8) -> u8) -> u8 {
    let mut byte = [0];
    file.seek(SeekFrom::Start(at)).expect("seeks");
    file.read_exact(&mut byte).expect("reads");
    file.seek(SeekFrom::Start(at)).expect("seeks");
    file.write_all(&[change(byte[0])]).expect("writes");
    byte[0]
}
