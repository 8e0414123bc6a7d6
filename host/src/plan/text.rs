//! The text of a statement, as a stretch of its script.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// The text of a statement: a stretch of the script it stands in, which all its statements share. So a script of a
/// hundred megabytes is in memory once, however many statements it has.
#[derive(Clone)]
pub struct StatementText {
    script: Arc<String>,
    range: Range<usize>,
}

impl StatementText {
    /// A stretch of a script; `None` if the range is none of it.
    #[must_use]
    pub fn of(script: &Arc<String>, range: Range<usize>) -> Option<Self> {
        script.get(range.clone())?;
        Some(Self {
            script: Arc::clone(script),
            range,
        })
    }

    /// The whole script that it is a stretch of.
    #[must_use]
    pub fn script(&self) -> &str {
        &self.script
    }

    /// Where it lies in its script, in bytes.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }
}

impl From<&str> for StatementText {
    fn from(text: &str) -> Self {
        Self {
            script: Arc::new(text.to_owned()),
            range: 0..text.len(),
        }
    }
}

impl Deref for StatementText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.script[self.range.clone()]
    }
}

impl fmt::Debug for StatementText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl PartialEq for StatementText {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for StatementText {}

impl Serialize for StatementText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}
