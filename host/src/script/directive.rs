//! Directives: comment lines that speak to dapter.

use crate::suggest::did_you_mean;

/// The comment markers a directive may follow.
pub(super) const MARKERS: [&str; 3] = ["--", "#", "//"];

/// What follows the comment marker of a directive.
pub(super) const PREFIX: &str = "dapter:";

/// The directives there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DirectiveName {
    Revision,
    Repeatable,
    Revises,
    Created,
    Branch,
    DependsOn,
    Alias,
    Replaces,
    Transaction,
    LockTimeout,
    StatementTimeout,
    Irreversible,
    Variables,
    Allow,
    Upgrade,
    Downgrade,
    Statement,
    End,
}

impl DirectiveName {
    /// Every directive, those of the header first.
    pub(super) const ALL: [Self; 18] = [
        Self::Revision,
        Self::Repeatable,
        Self::Revises,
        Self::Created,
        Self::Branch,
        Self::DependsOn,
        Self::Alias,
        Self::Replaces,
        Self::Transaction,
        Self::LockTimeout,
        Self::StatementTimeout,
        Self::Irreversible,
        Self::Variables,
        Self::Allow,
        Self::Upgrade,
        Self::Downgrade,
        Self::Statement,
        Self::End,
    ];

    /// The word in the script.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Revision => "revision",
            Self::Repeatable => "repeatable",
            Self::Revises => "revises",
            Self::Created => "created",
            Self::Branch => "branch",
            Self::DependsOn => "depends-on",
            Self::Alias => "alias",
            Self::Replaces => "replaces",
            Self::Transaction => "transaction",
            Self::LockTimeout => "lock-timeout",
            Self::StatementTimeout => "statement-timeout",
            Self::Irreversible => "irreversible",
            Self::Variables => "variables",
            Self::Allow => "allow",
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
            Self::Statement => "statement",
            Self::End => "end",
        }
    }

    /// The directive of that very name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|directive| directive.as_str() == name)
    }

    /// The directive that a misspelt name probably means.
    pub(super) fn nearest(name: &str) -> Option<Self> {
        let name = name.replace('_', "-");
        did_you_mean(&name, Self::ALL.iter().map(|directive| directive.as_str()))
            .and_then(Self::named)
    }
}

/// A line that is a directive, known or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Directive<'text> {
    /// What follows `dapter:` up to the first blank.
    pub(super) name: &'text str,
    /// The rest of the line without the blanks around it; empty where there is none.
    pub(super) value: &'text str,
}

impl<'text> Directive<'text> {
    /// Reads a comment (what [`comment_text`] returned) as a directive.
    pub(super) fn of_comment(comment: &'text str) -> Option<Self> {
        let text = comment.strip_prefix(PREFIX)?;
        let (name, value) = text.split_once([' ', '\t']).unwrap_or((text, ""));
        Some(Self {
            name,
            value: value.trim(),
        })
    }
}

/// The text of a comment line, without its marker and the blanks around it; `None` for any other line.
pub(super) fn comment_text(line: &str) -> Option<&str> {
    let line = line.trim_ascii_start();
    MARKERS
        .into_iter()
        .find_map(|marker| line.strip_prefix(marker))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::{Directive, DirectiveName, comment_text};

    fn directive(line: &str) -> Option<(&str, &str)> {
        comment_text(line)
            .and_then(Directive::of_comment)
            .map(|directive| (directive.name, directive.value))
    }

    #[test]
    fn a_directive_is_a_comment_line_that_starts_with_the_prefix() {
        for (line, expected) in [
            ("-- dapter:upgrade", Some(("upgrade", ""))),
            (
                "--dapter:upgrade postgresql",
                Some(("upgrade", "postgresql")),
            ),
            (
                "  \t# \t dapter:revises \t a, b \t",
                Some(("revises", "a, b")),
            ),
            ("// dapter:end", Some(("end", ""))),
            ("//dapter:end\t", Some(("end", ""))),
            ("-- dapter: end", Some(("", "end"))),
            ("-- dapter:", Some(("", ""))),
            ("-- a dapter:end", None),
            ("-- Dapter:end", None),
            ("---- dapter:end", None),
            ("SELECT 1; -- dapter:end", None),
            ("- dapter:end", None),
            ("dapter:end", None),
            ("", None),
        ] {
            assert_eq!(directive(line), expected, "{line:?}");
        }
    }

    #[test]
    fn every_directive_is_found_by_its_name() {
        for name in DirectiveName::ALL {
            assert_eq!(DirectiveName::named(name.as_str()), Some(name));
            assert_eq!(DirectiveName::nearest(name.as_str()), Some(name));
        }
    }

    #[test]
    fn a_misspelt_name_is_recognised_and_a_foreign_one_is_not() {
        for (name, expected) in [
            ("revison", Some(DirectiveName::Revision)),
            ("revise", Some(DirectiveName::Revises)),
            ("Upgrade", Some(DirectiveName::Upgrade)),
            ("upgarde", Some(DirectiveName::Upgrade)),
            ("dwongrade", Some(DirectiveName::Downgrade)),
            ("depends_on", Some(DirectiveName::DependsOn)),
            ("ends", Some(DirectiveName::End)),
            ("rollback", None),
            ("up", Some(DirectiveName::Upgrade)),
            ("", None),
        ] {
            assert_eq!(DirectiveName::nearest(name), expected, "{name:?}");
        }
    }
}
