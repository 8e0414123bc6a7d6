//! The text of a statement, as a stretch of its script.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::script::Substitution;

/// The text of a statement: a stretch of the script it stands in, which all its statements share. So a script of a
/// hundred megabytes is in memory once, however many statements it has.
#[derive(Clone)]
pub struct StatementText {
    script: Arc<String>,
    range: Range<usize>,
    /// What was filled into the script, if anything was.
    substitution: Option<Arc<Substitution>>,
}

impl StatementText {
    /// A stretch of a script; `None` if the range is none of it.
    #[must_use]
    pub fn of(script: &Arc<String>, range: Range<usize>) -> Option<Self> {
        script.get(range.clone())?;
        Some(Self {
            script: Arc::clone(script),
            range,
            substitution: None,
        })
    }

    /// The same in a script that variables were filled into.
    #[must_use]
    pub(crate) fn filled_in(mut self, substitution: Option<&Arc<Substitution>>) -> Self {
        self.substitution = substitution.cloned();
        self
    }

    /// The text for people: secret values are masked.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        match &self.substitution {
            None => Cow::Borrowed(self),
            Some(made) => Cow::Owned(made.shown(&self.script, &self.range)),
        }
    }

    /// The text as it was written, with the names of variables.
    #[must_use]
    pub fn written(&self) -> &str {
        match &self.substitution {
            None => self,
            Some(made) => made.written(&self.range),
        }
    }

    /// Whether an adapter has made it of a portable operation.
    #[must_use]
    pub fn is_made(&self) -> bool {
        let substitution = self.substitution.as_ref();
        substitution.is_some_and(|made| made.is_whole())
    }

    /// Where a place of the text, in bytes, is in the text as it was written.
    #[must_use]
    pub fn written_offset(&self, offset: usize) -> usize {
        match &self.substitution {
            None => offset,
            Some(made) => made.distance(self.range.start, self.range.start + offset),
        }
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
            substitution: None,
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
        fmt::Debug::fmt(&*self.shown(), f)
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
        serializer.serialize_str(&self.shown())
    }
}
