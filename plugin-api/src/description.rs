//! What an adapter says of itself before it runs.

use crate::Capability;

/// What an adapter is called and can do.
///
/// It is a constant: [`export_adapter!`](crate::export_adapter) writes it into a section of the library, so that a
/// host knows what a file offers without running any of it. Text must be lower-case ASCII letters, digits, `+`, `-`, `.`
/// and `_`; anything else does not compile.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// The adapter's name, unique within the plugin.
    pub key: &'static str,
    /// The name of its scripts' language: what `-- dapter:upgrade DIALECT` names. It is the key unless said otherwise;
    /// adapters for the same databases share it.
    pub dialect: &'static str,
    /// The URL schemes that choose this adapter, such as `postgres` and `postgresql`.
    pub schemes: &'static [&'static str],
    /// The extension of its script files, without the dot: `sql` unless said otherwise.
    pub extension: &'static str,
    /// How a comment line of its language begins: `--`, `#` or `//`. Directives are written behind it.
    pub comment: Comment,
    /// What it can do beyond what is required.
    pub capabilities: &'static [Capability],
}

/// How a comment line of a script's language begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comment {
    /// `--`, as in SQL.
    Dashes,
    /// `#`, as in shells and configuration files.
    Hash,
    /// `//`, as in C and JavaScript.
    Slashes,
}

impl Comment {
    /// The marker itself.
    pub const fn marker(self) -> &'static str {
        match self {
            Comment::Dashes => "--",
            Comment::Hash => "#",
            Comment::Slashes => "//",
        }
    }
}

impl Description {
    /// A description with this key, no URL scheme, SQL scripts and no capability: the base for a struct update.
    pub const fn new(key: &'static str) -> Self {
        Description {
            key,
            dialect: key,
            schemes: &[],
            extension: "sql",
            comment: Comment::Dashes,
            capabilities: &[],
        }
    }

    /// Whether the capability is declared.
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }
}
