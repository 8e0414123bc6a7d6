//! The capability `backup`.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use crate::client::Refused;
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{BACKUP_FILE, Backup, Capability, ConnectOptions, ErrorKind};
use std::fs::{self, File};
use std::path::Path;

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Backup) =>
        a_copy_fills_its_file_and_leaves_nothing_beside_it,
    ),
    promises!(Gate::Undeclared(Capability::Backup) => undeclared_it_is_unsupported),
];

fn backup(bench: &Bench, options: &ConnectOptions, path: &Path) -> Result<Backup, Refused> {
    let made = block_on(bench.subject.adapter.backup(options, path));
    made.map_err(|error| Refused {
        call: "backup",
        error,
    })
}

/// Whether it holds everything, the tests of the adapter tell.
fn a_copy_fills_its_file_and_leaves_nothing_beside_it(bench: &Bench) -> Verdict {
    let database = bench.kept()?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("copy");
    File::create(&path)?;
    let made = backup(bench, &database.options, &path)?;
    holds(fs::metadata(&path)?.len() > 0, "the file is empty still")?;
    same("the files", &fs::read_dir(folder.path())?.count(), &1)?;
    holds(
        !made.extension.is_empty() && !made.extension.contains('.'),
        "there is no ending for the file's name",
    )?;
    let names_the_file = made.restore.contains(BACKUP_FILE);
    holds(names_the_file, "the line that restores names no file")
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let options = bench.empty()?.options;
    let path = Path::new("nowhere");
    refused(backup(bench, &options, path), ErrorKind::Unsupported).map(drop)
}
