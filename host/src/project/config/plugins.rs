//! `[plugins]`: which versions of which plugins a project wants, and what for.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::Reader;
use crate::plugin::{PluginId, Requirement, requirement};
use crate::project::layers::Origin;

const KEYS: [&str; 2] = ["schemes", "version"];

impl Reader<'_> {
    /// `"acme/oracle" = "^1.2"`, or a table with `version` and `schemes`.
    pub(super) fn plugins(
        &mut self,
        value: &Spanned<DeValue<'_>>,
    ) -> BTreeMap<PluginId, Requirement> {
        let mut plugins: BTreeMap<PluginId, Requirement> = BTreeMap::new();
        for (name, value) in self.table(value, "plugins").into_iter().flatten() {
            let key = format!("plugins.{}", name.get_ref());
            let id = match name.get_ref().parse::<PluginId>() {
                Ok(id) => id,
                Err(error) => {
                    let hint = error.hint().to_owned();
                    self.report(name.span(), &key, &error.to_string(), Some(hint));
                    continue;
                }
            };
            if let Some(requirement) = self.plugin(value, &key) {
                self.check_schemes(&requirement, &plugins, value, &key);
                plugins.insert(id, requirement);
            }
        }
        plugins
    }

    fn plugin(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<Requirement> {
        let origin = match self.origin(value.span(), key) {
            Origin::File { path, line, .. } => format!("{}:{line}", path.display()),
            other => other.to_string(),
        };
        let mut plugin = Requirement {
            version: None,
            schemes: Vec::new(),
            origin,
        };
        match value.get_ref() {
            DeValue::String(_) => plugin.version = self.plugin_version(value, key),
            DeValue::Table(table) => {
                for (name, value) in table {
                    let at = format!("{key}.{}", name.get_ref());
                    match name.get_ref().as_ref() {
                        "version" => plugin.version = self.plugin_version(value, &at),
                        "schemes" => plugin.schemes = self.schemes(value, &at),
                        _ => self.unknown(name, key, &KEYS),
                    }
                }
            }
            _ => {
                self.wrong_type(
                    value,
                    key,
                    "a version, or a table with `version` and `schemes`",
                );
                return None;
            }
        }
        Some(plugin)
    }

    fn plugin_version(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
    ) -> Option<semver::VersionReq> {
        match requirement(self.string(value, key)?) {
            Ok(version) => Some(version),
            Err(error) => {
                let hint = error.hint().to_owned();
                self.report(value.span(), key, &error.to_string(), Some(hint));
                None
            }
        }
    }

    fn schemes(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Vec<String> {
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(value, key, "an array of URL schemes");
            return Vec::new();
        };
        let schemes = items.iter().filter_map(|item| self.string(item, key));
        schemes.map(str::to_ascii_lowercase).collect()
    }

    /// A scheme leads to one plugin.
    fn check_schemes(
        &mut self,
        new: &Requirement,
        others: &BTreeMap<PluginId, Requirement>,
        value: &Spanned<DeValue<'_>>,
        key: &str,
    ) {
        for scheme in &new.schemes {
            let mut others = others.iter();
            let taken = others.find(|(_, other)| other.schemes.contains(scheme));
            if let Some((id, other)) = taken {
                let message = format!(
                    "`{key}` serves `{scheme}`, and so does `{id}` ({})",
                    other.origin
                );
                let hint = "let one of them serve it".to_owned();
                self.report(value.span(), key, &message, Some(hint));
            }
        }
    }
}
