use super::elf_file::{ElfFile, descriptor};
use crate::plugin::{InspectError, inspect};
use dapter_plugin_api::abi::descriptor::target;
use proptest::prelude::*;
use std::fs;
use tempfile::TempDir;

fn inspect_bytes(folder: &TempDir, bytes: &[u8]) -> Result<String, InspectError> {
    let path = folder.path().join("file");
    fs::write(&path, bytes).expect("writes");
    inspect(&path).map(|inspection| inspection.descriptor.name)
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn a_plugin_is_accepted_and_described() {
    let folder = folder();
    assert_eq!(
        inspect_bytes(&folder, &ElfFile::default().bytes()),
        Ok("sample".to_owned())
    );
}

#[test]
fn what_cannot_be_loaded_is_refused_with_the_reason() {
    let with_section = |section: String| {
        ElfFile {
            section: Some(section),
            ..ElfFile::default()
        }
        .bytes()
    };
    let good = descriptor("sample", &["sample"]);
    let other_machine = ElfFile {
        machine: 8,
        ..ElfFile::default()
    };
    let object_file = ElfFile {
        kind: 1,
        ..ElfFile::default()
    };
    let other_symbol = ElfFile {
        symbol: "init".to_owned(),
        ..ElfFile::default()
    };
    let library = ElfFile {
        section: None,
        ..ElfFile::default()
    };
    let folder = folder();
    for (bytes, expected) in [
        (Vec::new(), "the file is empty"),
        (
            b"#!/bin/sh\nexit 0\n".to_vec(),
            "it is not a dynamic library",
        ),
        (
            b"\x7fELF".to_vec(),
            "the file is truncated: it needs 64 bytes and has 4",
        ),
        (library.bytes(), "it is a library, but not a dapter plugin"),
        (object_file.bytes(), "it is not a dynamic library"),
        (other_machine.bytes(), "it was built for another system"),
        (other_symbol.bytes(), "it exports no plugin header"),
        (
            with_section("{".to_owned()),
            "its descriptor cannot be used",
        ),
        (with_section(String::new()), "its descriptor cannot be used"),
        (
            with_section(" ".repeat(300_000)),
            "its descriptor has 300000 bytes",
        ),
        (
            with_section(good.replace("\"abi\":\"1.0\"", "\"abi\":\"2.0\"")),
            "it needs plugin interface 2.0",
        ),
        (
            with_section(good.replace("\"abi\":\"1.0\"", "\"abi\":\"0.9\"")),
            "it needs plugin interface 0.9",
        ),
        (
            with_section(good.replace("\"abi\":\"1.0\"", "\"abi\":\"\"")),
            "it needs plugin interface",
        ),
        (
            with_section(good.replace(&target(), "z80-cpm")),
            "it was built for z80-cpm",
        ),
    ] {
        let error = inspect_bytes(&folder, &bytes).expect_err(expected);
        assert!(error.to_string().starts_with(expected), "{error}");
        assert!(!error.hint().is_empty());
    }
}

#[test]
fn a_newer_minor_version_is_accepted() {
    let newer = descriptor("sample", &[]).replace("\"abi\":\"1.0\"", "\"abi\":\"1.7\"");
    let file = ElfFile {
        section: Some(newer),
        ..ElfFile::default()
    };
    assert_eq!(
        inspect_bytes(&folder(), &file.bytes()),
        Ok("sample".to_owned())
    );
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = folder();
    assert_eq!(inspect(folder.path()), Err(InspectError::NotAFile));
    assert_eq!(
        inspect(&folder.path().join("absent")),
        Err(InspectError::Missing)
    );
}

#[test]
fn a_file_cut_anywhere_is_truncated() {
    let folder = folder();
    let whole = ElfFile::default().bytes();
    for length in 4..whole.len() {
        let error = inspect_bytes(&folder, &whole[..length]).expect_err("cut");
        let InspectError::Truncated { needs, has } = error else {
            panic!("cut at {length}: {error}");
        };
        assert!(needs > has && has == length as u64);
    }
}

#[test]
fn bytes_after_the_end_do_no_harm() {
    let mut file = ElfFile::default().bytes();
    file.extend(b"a signature, say");
    assert_eq!(inspect_bytes(&folder(), &file), Ok("sample".to_owned()));
}

proptest! {
    #[test]
    fn no_change_of_bytes_makes_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        length in any::<prop::sample::Index>(),
    ) {
        let folder = folder();
        let mut file = ElfFile::default().bytes();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let _ = inspect_bytes(&folder, &file);
        let _ = inspect_bytes(&folder, &file[..length.index(file.len())]);
    }

    #[test]
    fn no_header_of_any_format_makes_it_panic(
        magic in prop::sample::select(vec![
            &b"\x7fELF\x02\x01\x01"[..], b"\x7fELF\x01\x02\x01", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe",
            b"\xca\xfe\xba\xbe", b"MZ", b"!<arch>\n", b"\0asm",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let mut file = magic.to_vec();
        file.extend(rest);
        prop_assert!(inspect_bytes(&folder(), &file).is_err());
    }
}
