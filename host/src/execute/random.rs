//! Random words.

use dapter_plugin_api::{AdapterError, ErrorKind, Result};

/// So many random bytes of the system, as hexadecimal digits.
pub(crate) fn random_hex(bytes: usize) -> Result<String> {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer).map_err(|error| {
        AdapterError::new(
            ErrorKind::Other,
            format!("the system has no random numbers: {error}"),
        )
    })?;
    Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
}
