//! `dapter plugin index`: keeps the index of a folder.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use dapter::MigrationError;
use dapter::plugin::install::{InstallError, Package};
use dapter::plugin::registry::{Change, INDEX_NAME, Index, IndexFile, Listed, Location, Publisher};
use dapter::plugin::trust::TrustFile;
use dapter::plugin::{PluginError, PublicKey, Refusal, verify_any};
use serde_json::{Value, json};

use super::super::output::{Failure, Output};
use super::super::paths::shown;
use super::super::session::Session;
use super::books::{read, read_trust, write};
use super::sign::{public_key, sign_file, with_end};

#[derive(Debug, Args)]
pub(crate) struct KeepIndex {
    /// Folder with libraries, or archives with one each, signed, in whatever folders below
    folder: PathBuf,
    /// Secret key of whoever keeps the index
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// What files of plugins are called.
const ENDINGS: [&str; 6] = [".so", ".dylib", ".dll", ".tar.gz", ".tgz", ".zip"];

/// Whose keys are accepted in the folder.
struct Keys {
    /// Whoever keeps the index, and may publish plugins too.
    keeper: PublicKey,
    trust: TrustFile,
}

pub(super) fn run(
    command: &KeepIndex,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let path = command.folder.join(INDEX_NAME);
    let text = read(&path)?.unwrap_or_default();
    let before = match text.is_empty() {
        true => Index::new(0),
        false => parse(&text, &path)?,
    };
    let keys = Keys {
        keeper: public_key(&command.key)?,
        trust: read_trust()?,
    };
    let mut index = before.clone();
    let mut found = Vec::new();
    for file in files(&command.folder)? {
        found.push(listed(&file, &path, &mut index, &keys)?);
    }
    let (mut after, changes) = index
        .listing(found)
        .map_err(|error| Failure::refused(error.to_string()).hint(error.hint()))?;
    let is_news = after != before || !is_signed(&text, &path, &keys.keeper);
    if is_news {
        after.serial = before.serial + 1;
    }
    if is_news && !session.global.dry_run {
        let text = after.text(&path).map_err(document)?;
        // What an index must not say is met before anybody reads it.
        parse(&text, &path)?;
        write(&path, &text)?;
        sign_file(&path, &command.key, None)?;
    }
    let done = match (is_news, session.global.dry_run) {
        (false, _) => "up_to_date",
        (true, true) => "dry_run",
        (true, false) => "written",
    };
    let document = json!({
        "path": path,
        "serial": after.serial,
        "key": keys.keeper,
        "outcome": done,
        "versions": after.plugins.len(),
        "changes": changes.iter().map(change).collect::<Vec<_>>(),
    });
    output.result(&document, &told(&after, &changes, &path, done))
}

/// A file as the index lists it. The key of a publisher that the index does not have yet is noted there.
fn listed(file: &Path, path: &Path, index: &mut Index, keys: &Keys) -> Result<Listed, Failure> {
    let refused = |error: &InstallError| not_listed(file, error);
    let folder = path.parent().unwrap_or(Path::new(""));
    let url = file.strip_prefix(folder).unwrap_or(file);
    let url: Vec<_> = url.iter().map(|part| part.to_string_lossy()).collect();
    let url = url.join("/");
    // Checked as whoever reads the index checks it.
    let here = Location::File(path.to_owned());
    let location = here.named(&url).map_err(|_| {
        Failure::refused(format!("{} cannot be a part of an address", shown(file)))
            .hint("name it with letters, digits and ._~+- alone")
    })?;
    let package = Package::fetch_any(&location).map_err(|error| refused(&error))?;
    let mut used = None;
    let signed = package.of_publisher(|publisher, number| {
        let named = index.publishers.get(publisher).map(|named| named.key);
        let pinned = keys
            .trust
            .publishers
            .get(publisher)
            .map(|pinned| pinned.key);
        let keepers = Some(keys.keeper).filter(|key| key.id() == number);
        used = named.or(pinned).or(keepers);
        used
    });
    let signed = signed.map_err(|error| refused(&error))?;
    if let Some(key) = used {
        refuse_revoked(key, index, &keys.trust).map_err(|error| refused(&error))?;
        let publisher = signed.id.publisher().to_owned();
        index
            .publishers
            .entry(publisher)
            .or_insert(Publisher { key });
    }
    let mut schemes = Vec::new();
    for scheme in package
        .descriptor
        .adapters
        .iter()
        .flat_map(|one| &one.schemes)
    {
        if !schemes.contains(scheme) {
            schemes.push(scheme.clone());
        }
    }
    Ok(Listed {
        id: signed.id,
        version: signed.version,
        target: signed.target,
        file: IndexFile {
            url,
            sha256: package.sha256,
            size: package.library.len() as u64,
        },
        abi: package.descriptor.abi,
        description: package.descriptor.description,
        schemes,
    })
}

fn refuse_revoked(key: PublicKey, index: &Index, trust: &TrustFile) -> Result<(), InstallError> {
    let by_index = index.revoked.iter().find(|revoked| revoked.key == key.id());
    let by_index = by_index.map(|revoked| &revoked.why);
    let by_user = trust.revocation(key.id()).map(|revoked| &revoked.why);
    match by_index.or(by_user) {
        None => Ok(()),
        Some(why) => Err(Refusal::Revoked {
            key: key.id(),
            why: why.clone(),
        }
        .into()),
    }
}

fn not_listed(file: &Path, error: &InstallError) -> Failure {
    let why = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    let hint = match error {
        InstallError::ReleaseUnsigned(_) => {
            "sign it, dapter plugin sign FILE --key KEY --id PUBLISHER/NAME, or take it out of the folder".to_owned()
        }
        other => other.hint(),
    };
    Failure::refused(format!("{} cannot be listed: {why}", shown(file))).hint(hint)
}

/// Whether the index has a good signature of its keeper beside it.
fn is_signed(text: &str, path: &Path, keeper: &PublicKey) -> bool {
    let signature = fs::read_to_string(with_end(path, ".minisig"));
    signature.is_ok_and(|signature| verify_any(text.as_bytes(), &signature, keeper).is_ok())
}

/// The files of plugins in a folder and in those below, sorted. Links to folders are not followed.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error: io::Error| {
        Failure::refused(format!("{} cannot be read: {error}", shown(folder)))
            .hint("name the folder that the plugins are in")
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().map_err(unreadable)?.is_dir() {
            found.extend(files(&entry.path())?);
        } else if ENDINGS.iter().any(|end| name.ends_with(end)) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn parse(text: &str, path: &Path) -> Result<Index, Failure> {
    Index::parse(text, path).map_err(document)
}

fn document(error: dapter::plugin::DocumentError) -> Failure {
    MigrationError::from(PluginError::Document(error)).into()
}

fn change(change: &Change) -> Value {
    json!({
        "change": change.kind.name(),
        "id": change.id,
        "version": change.version,
        "target": change.target,
    })
}

fn told(index: &Index, changes: &[Change], path: &Path, done: &str) -> String {
    let mut text = String::new();
    for change in changes {
        let (kind, id, version) = (change.kind.name(), &change.id, &change.version);
        text.push_str(&format!("{kind} {id} {version} for {}\n", change.target));
    }
    let (path, serial) = (shown(path), index.serial);
    let versions = match index.plugins.len() {
        1 => "1 version".to_owned(),
        many => format!("{many} versions"),
    };
    text.push_str(&match done {
        "up_to_date" => format!("{path} is up to date: number {serial}, {versions}\n"),
        "dry_run" => format!("would write {path}: number {serial}, {versions}\n"),
        _ => format!("wrote {path}: number {serial}, {versions}\n"),
    });
    text
}
