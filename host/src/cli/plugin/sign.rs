//! `dapter plugin key` and `dapter plugin sign`: for those who publish plugins.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use dapter::plugin::signing::{self, Protection, SigningError};
use dapter::plugin::{PluginId, PublicKey, peek, version};
use serde_json::json;

use super::super::output::{Failure, Output};
use super::super::paths::shown;
use super::books::unwritable;
use super::sources::failure;

/// The environment variable with the password of the secret key.
const VARIABLE_PASSWORD: &str = "DAPTER_KEY_PASSWORD";

#[derive(Debug, Args)]
pub(crate) struct Key {
    /// File to write the secret key into; the public one gets the same name with .pub
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// A plugin's library, or the index of a source
    file: PathBuf,
    /// The secret key: a file that `dapter plugin key` or `minisign -G` wrote
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The plugin's id, of a library: PUBLISHER/NAME
    #[arg(long, value_name = "ID")]
    id: Option<String>,
}

/// Makes a pair of keys. The secret one is protected with the password of DAPTER_KEY_PASSWORD, if that is set.
pub(super) fn key(command: &Key, output: &Output) -> Result<(), Failure> {
    let protection = match password() {
        Some(password) => Protection::Password(password),
        None => Protection::None,
    };
    let keys = signing::new_keys(protection).map_err(|error| refused(&error))?;
    let public: PublicKey = keys.public.parse().map_err(failure)?;
    let beside = with_end(&command.file, ".pub");
    write_new(&command.file, &keys.secret)?;
    write_new(&beside, &keys.public)?;
    let text = format!(
        "wrote {}: keep it secret\nwrote {}: {public}\n",
        shown(&command.file),
        shown(&beside)
    );
    let document = json!({
        "secret_key": command.file,
        "public_key": beside,
        "key": public,
        "number": public.id(),
    });
    output.result(&document, &text)
}

pub(super) fn sign(command: &Sign, output: &Output) -> Result<(), Failure> {
    let Signed { beside, comment } = sign_file(&command.file, &command.key, command.id.as_deref())?;
    let text = format!("wrote {} for {comment}\n", shown(&beside));
    output.result(&json!({"signature": beside, "comment": comment}), &text)
}

/// A signature that was written.
pub(super) struct Signed {
    /// Its file, beside the one that was signed.
    pub(super) beside: PathBuf,
    /// What it vouches for.
    pub(super) comment: String,
}

/// Signs an index, or a library under its id, and writes the signature beside it.
pub(super) fn sign_file(file: &Path, key: &Path, id: Option<&str>) -> Result<Signed, Failure> {
    let bytes = fs::read(file).map_err(|error| unreadable(file, &error))?;
    let secret = fs::read_to_string(key).map_err(|error| unreadable(key, &error))?;
    let is_index = file.extension().is_some_and(|end| end == "toml");
    let comment = match (id, is_index) {
        (None, true) => "dapter index".to_owned(),
        (Some(_), true) => {
            return Err(Failure::usage("an index has no id").hint("leave out --id"));
        }
        (None, false) => {
            return Err(Failure::usage("a plugin is signed under its id")
                .hint("name it with --id PUBLISHER/NAME"));
        }
        (Some(id), false) => {
            let id: PluginId = id.parse().map_err(failure)?;
            let descriptor = peek(file).map_err(failure)?;
            let version = version(&descriptor.version).map_err(failure)?;
            format!("{id} {version} {}", descriptor.target)
        }
    };
    let signature =
        signing::sign(&bytes, &comment, &secret, password()).map_err(|error| refused(&error))?;
    let beside = with_end(file, ".minisig");
    fs::write(&beside, signature).map_err(|error| unwritable(&beside, &error))?;
    Ok(Signed { beside, comment })
}

/// The public key of a file with a secret one.
pub(super) fn public_key(key: &Path) -> Result<PublicKey, Failure> {
    let secret = fs::read_to_string(key).map_err(|error| unreadable(key, &error))?;
    signing::public_key(&secret, password()).map_err(|error| refused(&error))
}

fn password() -> Option<String> {
    env::var(VARIABLE_PASSWORD).ok()
}

pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(end);
    PathBuf::from(name)
}

/// Writes a file that was not there, for its owner alone.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Failure::refused(format!("{} exists already", shown(path)))
                .hint("a key that is overwritten is lost: name another file"))
        }
        written => written.map_err(|error| unwritable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::refused(format!("{} cannot be read: {error}", shown(path)))
        .hint("check the path and the permissions")
}

fn refused(error: &SigningError) -> Failure {
    Failure::refused(error.to_string()).hint(error.hint())
}
