//! Names in the graph: revision ids and branch labels.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

/// The greatest length of an id or a label, in characters.
pub(super) const MAX_LENGTH: usize = 64;

/// The greatest length of an alias, in characters: that of a file name.
const MAX_ALIAS_LENGTH: usize = 255;

/// Words of the expression language, which therefore name no revision.
pub(super) const RESERVED: [&str; 4] = ["base", "head", "heads", "current"];

/// The id of a revision, valid by construction.
///
/// An id is 1 to 64 characters, has no whitespace, no control character and none of `@ - + : ,`,
/// and is not one of the words `base`, `head`, `heads` and `current`. Cloning copies a pointer.
///
/// A script that runs again whenever its text changes is remembered under such an id too, `repeatable:NAME`: one that
/// cannot be parsed, so nobody can mean it where a revision is meant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(Arc<str>);

/// What the ids of repeatable scripts begin with; no id that is parsed holds its colon.
const REPEATABLE: &str = "repeatable:";

/// A name for a branch, valid by construction.
///
/// The rules are those of [`RevisionId`], except that a hyphen is allowed after the first
/// character (`payments-eu`): a label stands before an `@`, where no sign can be meant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchLabel(Arc<str>);

/// Another name of a revision, valid by construction: what another tool called it.
///
/// The rules are those of [`BranchLabel`], for up to 255 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alias(Arc<str>);

/// Why a text is no revision id or branch label.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidId {
    /// The text is empty.
    #[error("the name is empty")]
    Empty,
    /// The text is longer than it may be.
    #[error("`{text}` has {length} characters, more than the {most} allowed")]
    TooLong {
        /// The text, shortened.
        text: String,
        /// Its length in characters.
        length: usize,
        /// The greatest length.
        most: usize,
    },
    /// The text is a word of the expression language.
    #[error("`{word}` is a reserved word")]
    Reserved {
        /// The word.
        word: String,
    },
    /// The text holds a character that ids must not hold.
    #[error("`{}` holds the character {character:?}, which is not allowed", text.escape_debug())]
    Character {
        /// The text.
        text: String,
        /// Its first forbidden character.
        character: char,
    },
}

impl InvalidId {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Empty => "write an id such as `ae1027a6acf0`".to_owned(),
            Self::TooLong { most, .. } => format!("choose a name of at most {most} characters"),
            Self::Reserved { .. } => {
                "choose another name: base, head, heads and current have a meaning of their own"
                    .to_owned()
            }
            Self::Character { .. } => {
                "use letters, digits and underscores; blanks and @ - + : , have a meaning of their own"
                    .to_owned()
            }
        }
    }
}

impl RevisionId {
    /// Checks a text and makes it an id.
    ///
    /// # Errors
    /// [`InvalidId`] names the rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        check(text, MAX_LENGTH, |character| character == '-')?;
        Ok(Self(Arc::from(text)))
    }

    /// The id of the repeatable script of this name, whose rules are those of [`BranchLabel`].
    ///
    /// # Errors
    /// [`InvalidId`] names the rule that the name breaks.
    pub fn of_repeatable(name: &str) -> Result<Self, InvalidId> {
        check_name(name)?;
        Ok(Self(Arc::from(format!("{REPEATABLE}{name}"))))
    }

    /// The name of the repeatable script; `None` for a revision.
    #[must_use]
    pub fn repeatable_name(&self) -> Option<&str> {
        self.0.strip_prefix(REPEATABLE)
    }

    /// What it names, for a sentence: `revision ae1027a6acf0`, `repeatable script active_users`.
    #[must_use]
    pub fn described(&self) -> String {
        match self.repeatable_name() {
            Some(name) => format!("repeatable script {name}"),
            None => format!("revision {self}"),
        }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl BranchLabel {
    /// Checks a text and makes it a label.
    ///
    /// # Errors
    /// [`InvalidId`] names the rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        check_start(text)?;
        check(text, MAX_LENGTH, |_| false)?;
        Ok(Self(Arc::from(text)))
    }

    /// The label as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Alias {
    /// Checks a text and makes it an alias.
    ///
    /// # Errors
    /// [`InvalidId`] names the rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        check_name(text)?;
        Ok(Self(Arc::from(text)))
    }

    /// The alias as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks a text that may be an id, a label or an alias: the rules of aliases, which are the widest ones.
pub(super) fn check_name(text: &str) -> Result<(), InvalidId> {
    check_start(text)?;
    check(text, MAX_ALIAS_LENGTH, |_| false)
}

fn check_start(text: &str) -> Result<(), InvalidId> {
    match text.starts_with('-') {
        true => Err(forbidden(text, '-')),
        false => Ok(()),
    }
}

fn check(text: &str, most: usize, also_forbidden: impl Fn(char) -> bool) -> Result<(), InvalidId> {
    if text.is_empty() {
        return Err(InvalidId::Empty);
    }
    let length = text.chars().count();
    if length > most {
        let mut shortened: String = text.chars().take(16).collect();
        shortened.push('…');
        return Err(InvalidId::TooLong {
            text: shortened,
            length,
            most,
        });
    }
    let is_forbidden = |character: char| {
        character.is_whitespace()
            || character.is_control()
            || matches!(character, '@' | '+' | ':' | ',')
            || also_forbidden(character)
    };
    if let Some(character) = text.chars().find(|character| is_forbidden(*character)) {
        return Err(forbidden(text, character));
    }
    if RESERVED.contains(&text) {
        return Err(InvalidId::Reserved {
            word: text.to_owned(),
        });
    }
    Ok(())
}

fn forbidden(text: &str, character: char) -> InvalidId {
    InvalidId::Character {
        text: text.to_owned(),
        character,
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for RevisionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, formatter)
    }
}

impl fmt::Display for BranchLabel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for BranchLabel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, formatter)
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for Alias {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, formatter)
    }
}

impl Borrow<str> for Alias {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for RevisionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for BranchLabel {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for RevisionId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for BranchLabel {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for RevisionId {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl FromStr for RevisionId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl FromStr for BranchLabel {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl serde::Serialize for RevisionId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl serde::Serialize for BranchLabel {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
