//! What both client libraries share when a connection is made: encryption, and why it failed.

use crate::connect::Address;
use dapter_plugin_api::{AdapterError, ErrorKind};
use std::error::Error;
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

/// Whether encryption is at the bottom of an error.
pub(crate) fn is_fault(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if error.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        next = error.source();
    }
    false
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
