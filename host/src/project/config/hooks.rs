//! `[hooks]`, of all targets or of one.

use std::path::PathBuf;

use toml::Spanned;
use toml::de::DeValue;

use super::Reader;
use crate::project::hooks::{HookAction, HookActions, HookPoint};
use crate::project::layers::Resolved;

const KEYS: [&str; 3] = ["command", "file", "sql"];

impl Reader<'_> {
    /// The hooks of a table; the paths of their files are as they were written.
    pub(super) fn hooks(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> HookActions {
        let mut hooks = HookActions::new();
        for (name, value) in self.table(value, key).into_iter().flatten() {
            let text = name.get_ref().as_ref();
            let Some(point) = HookPoint::ALL
                .into_iter()
                .find(|point| point.name() == text)
            else {
                self.unknown(name, key, &HookPoint::ALL.map(HookPoint::name));
                continue;
            };
            let key = format!("{key}.{text}");
            let actions = match value.get_ref() {
                DeValue::Array(items) => items.iter().collect(),
                DeValue::Table(_) => vec![value],
                _ => {
                    let expected = "a table with `sql`, `file` or `command`, or an array of such";
                    self.wrong_type(value, &key, expected);
                    continue;
                }
            };
            let actions = actions
                .into_iter()
                .filter_map(|action| self.hook(action, &key));
            hooks.insert(point, actions.collect());
        }
        hooks
    }

    fn hook(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<HookAction> {
        let mut actions = Vec::new();
        for (name, value) in self.table(value, key)? {
            let text = name.get_ref().as_ref();
            let at = format!("{key}.{text}");
            let action = match text {
                "sql" => self
                    .string(value, &at)
                    .map(str::to_owned)
                    .map(|sql| HookAction::Sql(Resolved::new(sql, self.origin(value.span(), &at)))),
                "file" => self
                    .string(value, &at)
                    .map(|path| HookAction::File(PathBuf::from(path))),
                "command" => self.command(value, &at),
                _ => {
                    self.unknown(name, key, &KEYS);
                    None
                }
            };
            actions.push(action);
        }
        if actions.len() != 1 {
            let message = format!("a hook of `{key}` does not do one thing");
            let hint = "write { sql = \"…\" }, { file = \"…\" } or { command = [\"…\"] } for each thing to do";
            self.report(value.span(), key, &message, Some(hint.to_owned()));
        }
        actions.into_iter().next()?
    }

    fn command(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<HookAction> {
        let Some(items) = value.get_ref().as_array().filter(|items| !items.is_empty()) else {
            self.wrong_type(value, key, "an array of a program and its arguments");
            return None;
        };
        let words: Vec<_> = items.iter().map(|item| self.string(item, key)).collect();
        let words: Option<Vec<_>> = words.into_iter().collect();
        Some(HookAction::Command(
            words?.into_iter().map(str::to_owned).collect(),
        ))
    }
}
