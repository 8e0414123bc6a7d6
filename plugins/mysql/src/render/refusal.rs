//! What MySQL and MariaDB cannot do.

use dapter_plugin_api::{AdapterError, ErrorKind, SchemaObject};

/// The error for something that an object would need.
pub(super) fn cannot(object: &SchemaObject, what: &str) -> AdapterError {
    AdapterError::new(
        ErrorKind::Unsupported,
        format!(
            "{} {}: MySQL and MariaDB have no {what}",
            object.kind, object.name
        ),
    )
    .with_hint("leave it out, or write the statements for this database by hand")
}
