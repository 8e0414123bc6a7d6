//! Whether statements may destroy data without anybody being asked.

use std::str::FromStr;

use super::error::InvalidValue;

/// Whether statements that destroy data run without a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DestroyData {
    /// Somebody has to agree first (the default).
    #[default]
    Ask,
    /// They run like any other: for databases whose data is worth nothing, as those of tests are.
    Allow,
}

impl FromStr for DestroyData {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ask" => Ok(Self::Ask),
            "allow" => Ok(Self::Allow),
            _ => Err(InvalidValue::new(
                format!("`destroy_data` cannot be `{}`", text.escape_debug()),
                "write `ask` or `allow`",
            )),
        }
    }
}

impl DestroyData {
    /// What the variable `DAPTER_YES` says.
    pub(super) fn of_variable(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "1" => Ok(Self::Allow),
            "0" => Ok(Self::Ask),
            _ => Err(InvalidValue::new(
                format!("`{}` is neither yes nor no", text.escape_debug()),
                "write 1 for yes, or 0 for no",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_understood_and_others_refused() {
        assert_eq!("ask".parse(), Ok(DestroyData::Ask));
        assert_eq!("allow".parse(), Ok(DestroyData::Allow));
        assert!("yes".parse::<DestroyData>().is_err());
        assert_eq!(DestroyData::of_variable("1"), Ok(DestroyData::Allow));
        assert_eq!(DestroyData::of_variable("0"), Ok(DestroyData::Ask));
        assert!(DestroyData::of_variable("maybe").is_err());
    }
}
