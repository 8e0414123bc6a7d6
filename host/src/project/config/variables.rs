//! `[variables]`, of all targets or of one.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::{Reader, Resolved, Template};
use crate::project::error::Problem;
use crate::project::redact::is_secret_name;
use crate::project::variables::check_name;

/// A value with what the environment fills in, and whether nobody may see it.
#[derive(Debug, Clone)]
pub(in crate::project) struct VariableTemplate {
    pub(in crate::project) value: Resolved<Template>,
    pub(in crate::project) is_secret: bool,
}

/// Variables by their names.
pub(in crate::project) type VariableTemplates = BTreeMap<String, VariableTemplate>;

impl Reader<'_> {
    pub(super) fn variables(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
    ) -> VariableTemplates {
        let mut variables = VariableTemplates::new();
        for (name, value) in self.table(value, key).into_iter().flatten() {
            let text = name.get_ref().as_ref();
            let key = format!("{key}.{text}");
            if let Err(error) = check_name(text) {
                let origin = self.origin(name.span(), &key);
                self.problems.push(Problem::invalid(origin, &error));
                continue;
            }
            if let Some(variable) = self.variable(text, value, &key) {
                variables.insert(text.to_owned(), variable);
            }
        }
        variables
    }

    fn variable(
        &mut self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        key: &str,
    ) -> Option<VariableTemplate> {
        let mut is_secret = is_secret_name(name);
        let mut template = None;
        match value.get_ref() {
            DeValue::String(_) => template = self.template(value, key),
            DeValue::Integer(_) => {
                let number = Template::literal(self.integer(value, key)?);
                template = Some(Resolved::new(number, self.origin(value.span(), key)));
            }
            DeValue::Table(table) if table.contains_key("value") => {
                for (name, value) in table {
                    match (name.get_ref().as_ref(), value.get_ref()) {
                        ("value", _) => template = self.template(value, &format!("{key}.value")),
                        ("secret", DeValue::Boolean(secret)) => is_secret = *secret,
                        ("secret", _) => self.wrong_type(value, key, "true or false"),
                        _ => self.unknown(name, key, &["secret", "value"]),
                    }
                }
            }
            _ => {
                let expected = "a string, an integer, or { value = \"…\", secret = true }";
                self.wrong_type(value, key, expected);
            }
        }
        Some(VariableTemplate {
            value: template?,
            is_secret,
        })
    }
}
