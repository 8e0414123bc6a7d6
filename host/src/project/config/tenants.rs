//! `tenants` of a target: where the names of its databases come from.

use toml::Spanned;
use toml::de::DeValue;

use super::{Reader, Resolved, Template};
use crate::project::error::Problem;
use crate::project::tenants::{check_names, single_name};

const KEYS: [&str; 3] = ["command", "query", "url"];

/// Where the names of a target's tenants come from, with variables not yet filled in.
#[derive(Debug)]
pub(in crate::project) enum TenantNames {
    /// They are written down.
    Listed(Vec<String>),
    /// A database is asked: the target's own, if no URL names another.
    Query {
        statement: Resolved<Template>,
        url: Option<Resolved<Template>>,
    },
    /// A command prints them.
    Command(Resolved<Template>),
}

impl Reader<'_> {
    pub(super) fn tenants(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
    ) -> Option<Resolved<TenantNames>> {
        let names = match value.get_ref() {
            DeValue::Array(items) => TenantNames::Listed(self.listed(items, value, key)?),
            DeValue::Table(_) => self.asked(value, key)?,
            _ => {
                let expected = "an array of names, or a table with `query` or `command`";
                self.wrong_type(value, key, expected);
                return None;
            }
        };
        Some(Resolved::new(names, self.origin(value.span(), key)))
    }

    fn listed(
        &mut self,
        items: &[Spanned<DeValue<'_>>],
        value: &Spanned<DeValue<'_>>,
        key: &str,
    ) -> Option<Vec<String>> {
        let problems_before = self.problems.len();
        let mut names = Vec::new();
        for item in items {
            let Some(name) = self.string(item, key) else {
                continue;
            };
            // Where it stands says more than where the list begins.
            if let Err(error) = single_name(name) {
                let origin = self.origin(item.span(), key);
                self.problems.push(Problem::invalid(origin, &error));
            } else {
                names.push(name.to_owned());
            }
        }
        if self.problems.len() == problems_before
            && let Err(error) = check_names(&names)
        {
            let origin = self.origin(value.span(), key);
            self.problems.push(Problem::invalid(origin, &error));
        }
        (self.problems.len() == problems_before).then_some(names)
    }

    fn asked(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<TenantNames> {
        let (mut query, mut url, mut command) = (None, None, None);
        let problems_before = self.problems.len();
        for (name, value) in self.table(value, key)? {
            let text = name.get_ref().as_ref();
            let key = format!("{key}.{text}");
            match text {
                "query" => query = self.template(value, &key),
                "url" => url = self.template(value, &key),
                "command" => command = self.template(value, &key),
                _ => self.unknown(name, key.trim_end_matches(&format!(".{text}")), &KEYS),
            }
        }
        if self.problems.len() > problems_before {
            return None;
        }
        let message = match (query, url, command) {
            (Some(statement), url, None) => return Some(TenantNames::Query { statement, url }),
            (None, None, Some(command)) => return Some(TenantNames::Command(command)),
            (Some(_), _, Some(_)) => format!("`{key}` has both `query` and `command`"),
            (None, Some(_), Some(_)) => format!("`{key}` has a `url`, and `command` asks none"),
            (None, _, None) => format!("`{key}` has neither `query` nor `command`"),
        };
        let hint = "write { query = \"…\", url = \"…\" }, or { command = \"…\" } that prints a name a line";
        self.report(value.span(), key, &message, Some(hint.to_owned()));
        None
    }
}
