use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// An archive with these files; names are written as they are, however evil.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in files {
        builder
            .append(&header(name, content.len()), *content)
            .expect("writes");
    }
    builder
        .into_inner()
        .and_then(GzEncoder::finish)
        .expect("writes")
}

fn header(name: &str, size: usize) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(size as u64);
    header.set_mode(0o644);
    header.set_entry_type(EntryType::Regular);
    header.set_cksum();
    header
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("writes");
        writer.write_all(content).expect("writes");
    }
    writer.finish().expect("writes").into_inner()
}

#[test]
fn a_library_is_taken_out_with_its_signature() {
    let files: [(&str, &[u8]); 4] = [
        ("pkg/README.md", b"hello"),
        ("pkg/libx.so.minisig", b"good"),
        ("pkg/libx.so", b"\x7fELF"),
        ("other.minisig", b"bad"),
    ];
    let expected = Unpacked {
        library: b"\x7fELF".to_vec(),
        signature: Some("good".to_owned()),
    };
    for archive in [tar(&files), zip(&files)] {
        assert_eq!(unpack(archive).expect("unpacks"), expected);
    }
    let bare = unpack(b"\x7fELF".to_vec()).expect("itself");
    assert_eq!((bare.library, bare.signature), (b"\x7fELF".to_vec(), None));
}

#[test]
fn an_archive_that_is_not_as_it_should_be_is_refused_whole() {
    let good: (&str, &[u8]) = ("libx.so", b"x");
    for (files, expected) in [
        (vec![good, ("../evil", b"x")], "outside of the folder"),
        (
            vec![good, ("a/../../evil.txt", b"x")],
            "outside of the folder",
        ),
        (
            vec![good, ("/etc/cron.d/evil", b"x")],
            "outside of the folder",
        ),
        (vec![good, ("c:\\evil.dll", b"x")], "outside of the folder"),
        (vec![good, ("a\\..\\evil", b"x")], "outside of the folder"),
        (
            vec![good, ("lib/y.so", b"x")],
            "more than one library: `libx.so` and `lib/y.so`",
        ),
        (vec![good, ("y.dll", b"x")], "more than one library"),
        (vec![("README", b"x")], "no library"),
        (vec![], "no library"),
        (
            vec![good, ("libx.so.minisig", &[b'x'; 5000])],
            "too large for a signature",
        ),
    ] {
        for archive in [tar(&files), zip(&files)] {
            let error = unpack(archive).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}

#[test]
fn links_and_devices_are_refused_by_name() {
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Char,
        EntryType::Fifo,
    ] {
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut entry = header("libx.so", 0);
        entry.set_entry_type(kind);
        entry.set_link_name("/etc/passwd").expect("a name");
        entry.set_cksum();
        builder.append(&entry, io::empty()).expect("writes");
        let archive = builder
            .into_inner()
            .and_then(GzEncoder::finish)
            .expect("writes");
        let error = unpack(archive).expect_err("no file").to_string();
        assert!(
            error.starts_with("it holds `libx.so`, which is neither"),
            "{error}"
        );
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink("libx.so", "/etc/passwd", SimpleFileOptions::default())
        .expect("writes");
    let archive = writer.finish().expect("writes").into_inner();
    let error = unpack(archive).expect_err("no file").to_string();
    assert!(error.contains("`libx.so`, which is neither"), "{error}");
}

#[test]
fn what_unpacks_to_more_than_any_plugin_is_refused() {
    const LIMIT: u64 = 1 << 20;
    // Nulls pack a thousand to one. The second hides its size in a file that does not matter, and the third claims less.
    let nulls = vec![0; usize::try_from(LIMIT).expect("fits") + 1];
    let mut claims = zip(&[("libx.so", &nulls)]);
    let size = (u32::try_from(LIMIT).expect("fits") + 1).to_le_bytes();
    while let Some(at) = claims.windows(4).position(|window| window == size) {
        claims[at..at + 4].copy_from_slice(&9_u32.to_le_bytes());
    }
    for (archive, expected) in [
        (tar(&[("libx.so", &nulls)]), "more than 1 MB"),
        (
            tar(&[("README", &nulls), ("libx.so", b"x")]),
            "more than 1 MB",
        ),
        (zip(&[("libx.so", &nulls)]), "more than 1 MB"),
        (claims, ""),
    ] {
        assert!(archive.len() < 10_000);
        let error = unpack_within(archive, LIMIT)
            .expect_err("a bomb")
            .to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn an_archive_that_is_cut_is_damaged() {
    let files: [(&str, &[u8]); 1] = [("libx.so", &[7; 4000])];
    for archive in [tar(&files), zip(&files)] {
        for length in [4, 40, archive.len() / 2, archive.len() - 5] {
            let cut = unpack(archive[..length].to_vec()).map(drop);
            assert!(
                matches!(cut, Err(ArchiveError::Damaged(_))),
                "{length}: {cut:?}"
            );
        }
    }
}
