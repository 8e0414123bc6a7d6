//! Values for the `${name}` of scripts.

use std::collections::BTreeMap;
use std::fmt;

use super::error::InvalidValue;
use super::redact::is_secret_name;

/// A value, and whether nobody may see it.
#[derive(Clone, PartialEq, Eq)]
pub struct Variable {
    /// The value, which goes into scripts as it is.
    pub value: String,
    /// Whether outputs hide it: it was marked so, or its name looks like that of a secret.
    pub is_secret: bool,
}

/// The variables of a target by their names. Any of them may be secret, so `Debug` shows only the names.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<String, Variable>);

impl Variables {
    /// Sets a variable; its name tells whether it is secret.
    ///
    /// # Errors
    /// If that cannot be the name of a variable.
    pub fn set(&mut self, name: &str, value: String) -> Result<(), InvalidValue> {
        check_name(name)?;
        let is_secret = is_secret_name(name);
        let variable = Variable { value, is_secret };
        self.0.insert(name.to_owned(), variable);
        Ok(())
    }

    /// Sets a variable whose name was checked.
    pub(crate) fn put(&mut self, name: &str, variable: Variable) {
        self.0.insert(name.to_owned(), variable);
    }

    /// The variable of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.0.get(name)
    }

    /// Names and variables, sorted by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Variable)> {
        let variables = self.0.iter();
        variables.map(|(name, variable)| (name.as_str(), variable))
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The values that outputs hide.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let secret = self.0.values().filter(|variable| variable.is_secret);
        secret.map(|variable| variable.value.clone()).collect()
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Variables")?;
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variable")
            .field("is_secret", &self.is_secret)
            .finish_non_exhaustive()
    }
}

/// Letters, digits and underscores, no digit first.
pub(super) fn check_name(name: &str) -> Result<(), InvalidValue> {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word && !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    Err(InvalidValue::new(
        format!("`{name}` cannot be the name of a variable"),
        "use letters, digits and underscores, and no digit at the beginning",
    ))
}
