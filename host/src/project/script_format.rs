//! What new scripts are written in.

use super::error::InvalidValue;
use crate::script::ScriptFormat;

/// What `format` says.
pub(super) fn format_of(text: &str) -> Result<ScriptFormat, InvalidValue> {
    match text {
        "sql" => Ok(ScriptFormat::Adapter),
        "toml" => Ok(ScriptFormat::Portable),
        _ => Err(InvalidValue::new(
            format!("`format` cannot be `{}`", text.escape_debug()),
            "write `sql`, for the language of the database, or `toml`, for portable operations",
        )),
    }
}
