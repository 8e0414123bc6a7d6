//! What both client libraries share when a connection is made: encryption, and why it failed.

use crate::connect::Address;
use dapter_plugin_api::{AdapterError, ErrorKind};
use std::io;

/// Makes ring the library's cryptography, whatever else is linked into the same program.
pub(crate) fn install_provider() {
    // An error says that it is installed already.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// The server cannot encrypt.
pub(crate) fn missing() -> AdapterError {
    AdapterError::new(
        ErrorKind::Connect,
        "the server does not encrypt connections",
    )
    .with_hint("give it a certificate, or write `ssl_mode=DISABLED` where the network is trusted")
}

/// The encryption failed.
pub(crate) fn refused(why: &str) -> AdapterError {
    AdapterError::new(
        ErrorKind::Connect,
        format!("no encrypted connection could be made: {why}"),
    )
    .with_hint(
        "check `ssl_mode`, `ssl_ca`, `ssl_cert` and `ssl_key`, and the host's name in the URL",
    )
}

/// Whether an error of reading or writing is one of the encryption.
pub(crate) fn is_fault(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>())
}

/// Nobody answers.
pub(crate) fn unreachable(address: &Address, why: &str) -> AdapterError {
    let place = match address {
        Address::Tcp { host, port } if host.contains(':') => format!("[{host}]:{port}"),
        Address::Tcp { host, port } => format!("{host}:{port}"),
        Address::Socket(path) => path.clone(),
    };
    let mut error = AdapterError::new(
        ErrorKind::Connect,
        format!("cannot connect to {place}: {why}"),
    )
    .with_hint("check the address, and whether the server runs; `--wait` waits until it does");
    error.retryable = true;
    error
}
