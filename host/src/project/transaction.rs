//! How much of a run one transaction covers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::InvalidValue;

/// How much of a run one transaction covers, on a database that can roll back schema changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransactionMode {
    /// One transaction per revision (the default).
    #[default]
    Each,
    /// One transaction around the whole run.
    All,
    /// No transaction.
    None,
}

impl TransactionMode {
    /// Every mode, in the order they are documented.
    pub const ALL: [Self; 3] = [Self::Each, Self::All, Self::None];

    /// The word that stands for the mode in `dapter.toml` and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::All => "all",
            Self::None => "none",
        }
    }
}

impl fmt::Display for TransactionMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for TransactionMode {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or_else(|| {
                InvalidValue::new(
                    format!("unknown transaction mode `{}`", text.escape_debug()),
                    "write `each`, `all` or `none`",
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_modes_match() {
        for mode in TransactionMode::ALL {
            assert_eq!(mode.to_string().parse(), Ok(mode));
        }
        let error = "eech".parse::<TransactionMode>().unwrap_err();
        assert_eq!(error.to_string(), "unknown transaction mode `eech`");
        assert_eq!(error.hint(), "write `each`, `all` or `none`");
    }
}
