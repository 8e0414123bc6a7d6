//! A migration of another tool, and all that its directory holds.

use crate::diagnostic::Diagnostic;
use crate::script::ScriptTransaction;

/// A migration of another tool, as its files say it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Migration {
    /// What the tool's table calls it: a version or a name.
    pub key: String,
    /// What its files are called, without what tells up from down and without the extension.
    pub name: String,
    /// The file to show for it, below the directory.
    pub file: String,
    /// What it does, in one line.
    pub message: String,
    /// When it was made, as RFC 3339, where the tool says it.
    pub created: Option<String>,
    /// The statements of the upgrade, word for word.
    pub upgrade: String,
    /// Those of the way back; `None` if there is none.
    pub downgrade: Option<String>,
    /// How the upgrade wants to be run.
    pub upgrade_transaction: ScriptTransaction,
    /// How the way back wants to be run.
    pub downgrade_transaction: ScriptTransaction,
    /// Its parents by key, where the tool has a graph; otherwise it comes behind the one before it.
    pub parents: Option<Vec<String>>,
    /// What it depends on besides, by key or label.
    pub depends_on: Vec<String>,
    /// The branch labels that it declares.
    pub labels: Vec<String>,
    /// What the tool's table may hold as its checksum: one for each kind of line end.
    pub checksums: Vec<String>,
}

/// What the directory of a tool holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    /// The migrations, in the order in which the tool runs them.
    pub migrations: Vec<Migration>,
    /// What is wrong with it, all of it.
    pub problems: Vec<Diagnostic>,
    /// What is not taken over, or not as it was.
    pub notes: Vec<String>,
}

impl Directory {
    /// Adds the problem of keys that are used twice.
    pub(crate) fn checked(mut self) -> Self {
        let mut seen: std::collections::HashMap<&str, &str> = std::collections::HashMap::new();
        for migration in &self.migrations {
            if let Some(first) = seen.insert(&migration.key, &migration.file) {
                self.problems.push(Diagnostic {
                    path: migration.file.clone().into(),
                    line: None,
                    message: format!("version {} is that of {first} too", migration.key),
                    hint: Some("give one of them another version".to_owned()),
                });
            }
        }
        self.problems.sort_by(|one, other| {
            (&one.path, one.line, &one.message).cmp(&(&other.path, other.line, &other.message))
        });
        self.problems.dedup();
        self
    }
}

/// How what wants no transaction, or one as usual, is to be run.
pub(super) fn alone(wants_none: bool) -> ScriptTransaction {
    match wants_none {
        true => ScriptTransaction::None,
        false => ScriptTransaction::Default,
    }
}
