//! Reads files from disk and from the web, up to a size and a time.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use ureq::Agent;
use ureq::config::Config;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::location::Location;

/// The largest library or archive, in bytes: ten times the largest plugin that is known.
pub const LARGEST_PLUGIN: u64 = 256 << 20;

/// The largest index, in bytes: some ten thousand plugins.
pub const LARGEST_INDEX: u64 = 16 << 20;

const CONNECT: Duration = Duration::from_secs(15);
/// How long a server may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// All of it: 256 MB at half a megabyte a second.
const WHOLE: Duration = Duration::from_secs(600);
const REDIRECTS: u32 = 5;

/// Why something could not be fetched.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {location}")]
pub struct FetchError {
    /// What.
    pub location: Location,
    /// Why.
    #[source]
    pub problem: FetchProblem,
}

/// Why something could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchProblem {
    /// There is nothing.
    #[error("there is nothing")]
    Missing,
    /// It is no file.
    #[error("it is not a regular file")]
    NotAFile,
    /// It is larger than it may be.
    #[error("it is larger than {} MB", limit >> 20)]
    TooLarge {
        /// What it may have, in bytes.
        limit: u64,
    },
    /// The server answers that it does not give it.
    #[error("the server answers with status {0}")]
    Status(u16),
    /// It leads from https to something that anybody on the way could change.
    #[error("it leads from https to an address that is not")]
    Downgrade,
    /// The system's certificates cannot be found.
    #[error("this system has no certificates to check servers with")]
    NoCertificates,
    /// The system or the network says no.
    #[error("{0}")]
    Io(String),
}

impl FetchError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match &self.problem {
            FetchProblem::Missing | FetchProblem::Status(_) => "check the path or the address",
            FetchProblem::NotAFile => "name the library itself, or an archive that it is in",
            FetchProblem::TooLarge { .. } => "no plugin is as large as that: check what it is",
            FetchProblem::Downgrade => "tell whoever keeps the server",
            FetchProblem::NoCertificates => {
                "install them (on Debian: ca-certificates), or name a file with them in SSL_CERT_FILE"
            }
            FetchProblem::Io(_) => {
                "check the network and the permissions; without a network, copy the files and name their folder"
            }
        }
    }
}

/// The content of what is at a location, at most `limit` bytes of it.
///
/// # Errors
/// [`FetchError`]. A server has ten minutes for all of it, may be silent for half a minute, and may lead elsewhere five
/// times, never from https away.
pub fn fetch(location: &Location, limit: u64) -> Result<Vec<u8>, FetchError> {
    let content = match location {
        Location::File(path) => from_disk(path, limit),
        Location::Web(address) => from_web(address, limit),
    };
    content.map_err(|problem| FetchError {
        location: location.clone(),
        problem,
    })
}

/// As [`fetch`], and `None` where there is nothing.
///
/// # Errors
/// Those of [`fetch`], except for what is not there.
pub fn fetch_if_there(location: &Location, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
    match fetch(location, limit) {
        Ok(content) => Ok(Some(content)),
        Err(error) => match error.problem {
            FetchProblem::Missing | FetchProblem::Status(404 | 410) => Ok(None),
            _ => Err(error),
        },
    }
}

fn from_disk(path: &Path, limit: u64) -> Result<Vec<u8>, FetchProblem> {
    // Asked before opening: opening a named pipe would wait for its other end.
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(FetchProblem::NotAFile);
    }
    if metadata.len() > limit {
        return Err(FetchProblem::TooLarge { limit });
    }
    let mut content = Vec::new();
    File::open(path)?
        .take(limit + 1)
        .read_to_end(&mut content)?;
    match content.len() as u64 > limit {
        true => Err(FetchProblem::TooLarge { limit }),
        false => Ok(content),
    }
}

fn from_web(address: &str, limit: u64) -> Result<Vec<u8>, FetchProblem> {
    let is_https = address.starts_with("https://");
    let mut config = Agent::config_builder()
        .https_only(is_https)
        .max_redirects(REDIRECTS)
        .timeout_connect(Some(CONNECT))
        .timeout_per_read(Some(SILENCE))
        .timeout_global(Some(WHOLE))
        .user_agent(concat!("dapter/", env!("CARGO_PKG_VERSION")));
    if is_https {
        config = config.tls_config(tls()?);
    }
    let config: Config = config.build();
    let answer = config.new_agent().get(address).call();
    let mut answer = answer.map_err(|error| problem(&error, limit))?;
    // Who says beforehand that it is too much need not send it.
    if answer
        .body()
        .content_length()
        .is_some_and(|length| length > limit)
    {
        return Err(FetchProblem::TooLarge { limit });
    }
    answer
        .body_mut()
        .with_config()
        .limit(limit)
        .read_to_vec()
        .map_err(|error| problem(&error, limit))
}

/// The system's certificates, checked by the same library as the connections of plugins.
fn tls() -> Result<TlsConfig, FetchProblem> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err(FetchProblem::NoCertificates);
    }
    let certificates: Vec<_> = found
        .certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&certificates))
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build())
}

fn problem(error: &ureq::Error, limit: u64) -> FetchProblem {
    match error {
        ureq::Error::StatusCode(status) => FetchProblem::Status(*status),
        ureq::Error::BodyExceedsLimit(_) => FetchProblem::TooLarge { limit },
        ureq::Error::RequireHttpsOnly(_) => FetchProblem::Downgrade,
        ureq::Error::Io(error) => FetchProblem::Io(crate::plugin::id::shown(&error.to_string())),
        other => FetchProblem::Io(crate::plugin::id::shown(&other.to_string())),
    }
}

impl From<io::Error> for FetchProblem {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io(error.to_string()),
        }
    }
}
