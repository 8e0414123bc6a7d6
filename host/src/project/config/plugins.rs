//! `[plugins]`.

use toml::Spanned;
use toml::de::DeValue;

use super::Reader;
use crate::project::plugins::PluginSettings;
use crate::project::size::parse_size;

const SETTINGS: [&str; 4] = ["answer_limit", "isolation", "memory_limit", "operation_limit"];

impl Reader<'_> {
    pub(super) fn plugins(&mut self, value: &Spanned<DeValue<'_>>) -> PluginSettings {
        let mut settings = PluginSettings::default();
        for (name, value) in self.table(value, "plugins").into_iter().flatten() {
            let key = format!("plugins.{}", name.get_ref());
            match name.get_ref().as_ref() {
                "isolation" => {
                    let mode = self.string(value, &key).map(str::parse);
                    let mode = mode.and_then(|mode| self.check(mode, value.span(), &key));
                    settings.isolation = mode.map(|mode| mode.value);
                }
                "answer_limit" => {
                    settings.answer_limit = self.duration(value, &key).map(|limit| limit.value);
                }
                "operation_limit" => {
                    settings.operation_limit = self.duration(value, &key).map(|limit| limit.value);
                }
                "memory_limit" => {
                    let size = self.string(value, &key).map(parse_size);
                    let size = size.and_then(|size| self.check(size, value.span(), &key));
                    settings.memory_limit = size.map(|size| size.value);
                }
                _ => self.unknown(name, "plugins", &SETTINGS),
            }
        }
        settings
    }
}
