//! `[isolation]`.

use toml::Spanned;
use toml::de::DeValue;

use super::Reader;
use crate::project::isolation::IsolationSettings;
use crate::project::size::parse_size;

const SETTINGS: [&str; 4] = ["answer_limit", "memory_limit", "operation_limit", "plugins"];

impl Reader<'_> {
    pub(super) fn isolation(&mut self, value: &Spanned<DeValue<'_>>) -> IsolationSettings {
        let mut settings = IsolationSettings::default();
        for (name, value) in self.table(value, "isolation").into_iter().flatten() {
            let key = format!("isolation.{}", name.get_ref());
            match name.get_ref().as_ref() {
                "plugins" => {
                    let place = self.string(value, &key).map(str::parse);
                    let place = place.and_then(|place| self.check(place, value.span(), &key));
                    settings.plugins = place.map(|place| place.value);
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
                _ => self.unknown(name, "isolation", &SETTINGS),
            }
        }
        settings
    }
}
