//! Files that somebody names one by one.

use std::fs;
use std::path::Path;

use super::body::ScriptBody;
use super::directive::{Directive, DirectiveName, comment_text};
use super::error::ScriptError;
use super::parse::parse_owned;

/// A file that may be a script.
#[derive(Debug)]
pub enum LooseFile {
    /// A script.
    Script(Box<ScriptBody>),
    /// A text without any directive but `allow`: statements in an adapter's own language.
    Text(String),
}

impl LooseFile {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`ScriptError::Io`], and [`ScriptError::Invalid`] with every problem of a script.
    pub fn read(path: &Path) -> Result<Self, ScriptError> {
        let bytes = fs::read(path).map_err(|source| ScriptError::Io {
            action: "read",
            path: path.to_owned(),
            source,
        })?;
        let text = str::from_utf8(&bytes);
        if let Ok(text) = text
            && !text.lines().any(is_directive)
        {
            return Ok(Self::Text(text.to_owned()));
        }
        Ok(Self::Script(Box::new(parse_owned(path, bytes)?)))
    }
}

/// Whether a line makes a file a script. Other texts may allow findings too.
fn is_directive(line: &str) -> bool {
    comment_text(line)
        .and_then(Directive::of_comment)
        .is_some_and(|directive| directive.name != DirectiveName::Allow.as_str())
}
