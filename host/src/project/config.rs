//! Reads `dapter.toml`, and reports every mistake in it at once.

mod hooks;
mod tenants;
mod variables;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::destroy_data::DestroyData;
use super::duration::parse_duration;
use super::error::{InvalidValue, Problem};
use super::hooks::HookActions;
use super::interpolate::Template;
use super::layers::{Origin, Resolved};
use super::script_format::format_of;
use super::transaction::TransactionMode;
use crate::script::ScriptFormat;
use crate::suggest::did_you_mean;

pub(super) use tenants::TenantNames;
pub(super) use variables::VariableTemplates;

const SETTINGS: [&str; 8] = [
    "destroy_data",
    "directory",
    "format",
    "lock_timeout",
    "lock_wait",
    "models",
    "statement_timeout",
    "transaction",
];
const FIELDS: [&str; 6] = ["database", "host", "password", "port", "scheme", "user"];
const TABLES: [&str; 4] = ["defaults", "hooks", "targets", "variables"];

/// What `dapter.toml` says, with variables not yet filled in.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub(super) defaults: Settings,
    pub(super) plugin_path: Vec<Resolved<Template>>,
    pub(super) targets: BTreeMap<String, TargetTable>,
    /// Those of every target that has none of its own for a point.
    pub(super) hooks: HookActions,
    /// Those of every target that does not say otherwise.
    pub(super) variables: VariableTemplates,
}

/// The settings that `[defaults]` and every target may have.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) directory: Option<Resolved<Template>>,
    pub(super) models: Option<Resolved<Template>>,
    pub(super) format: Option<Resolved<ScriptFormat>>,
    pub(super) transaction: Option<Resolved<TransactionMode>>,
    pub(super) destroy_data: Option<Resolved<DestroyData>>,
    pub(super) lock_wait: Option<Resolved<Duration>>,
    pub(super) lock_timeout: Option<Resolved<Duration>>,
    pub(super) statement_timeout: Option<Resolved<Duration>>,
}

/// A `[targets.NAME]` table.
#[derive(Debug)]
pub(super) struct TargetTable {
    pub(super) connection: Option<Connection>,
    pub(super) settings: Settings,
    pub(super) options: BTreeMap<String, Resolved<Template>>,
    pub(super) hooks: HookActions,
    pub(super) variables: VariableTemplates,
    /// Of a target that stands for many databases.
    pub(super) tenants: Option<Resolved<TenantNames>>,
}

/// How a target says where its database is.
#[derive(Debug, Clone)]
pub(super) enum Connection {
    Url(Resolved<Template>),
    /// Separate fields; `scheme` is among them. The origin is that of the table.
    Fields(Resolved<BTreeMap<&'static str, Resolved<Template>>>),
}

impl Config {
    /// Reads the text of a configuration file; `path` is the name that problems call it by.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader {
            text,
            path,
            problems: Vec::new(),
        };
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            reader.report(error.span().unwrap_or_default(), "", error.message(), None);
        }
        // After a syntax error the rest may be misread: its other mistakes would mislead.
        let config = if reader.problems.is_empty() {
            reader.config(document.get_ref())
        } else {
            Self::default()
        };
        let mut problems = reader.problems;
        if problems.is_empty() {
            return Ok(config);
        }
        problems.sort_by_key(|problem| match problem.origin {
            Origin::File { line, column, .. } => (line, column),
            _ => (0, 0),
        });
        Err(problems)
    }
}

struct Reader<'a> {
    text: &'a str,
    path: &'a Path,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn config(&mut self, document: &DeTable<'_>) -> Config {
        let mut config = Config::default();
        for (name, value) in document {
            match name.get_ref().as_ref() {
                "defaults" => self.defaults(value, &mut config),
                "hooks" => config.hooks = self.hooks(value, "hooks"),
                "variables" => config.variables = self.variables(value, "variables"),
                "targets" => {
                    for (name, value) in self.table(value, "targets").into_iter().flatten() {
                        if let Some(target) = self.target(name, value) {
                            config.targets.insert(name.get_ref().to_string(), target);
                        }
                    }
                }
                _ => self.unknown(name, "", &TABLES),
            }
        }
        config
    }

    fn defaults(&mut self, value: &Spanned<DeValue<'_>>, config: &mut Config) {
        for (name, value) in self.table(value, "defaults").into_iter().flatten() {
            let key = format!("defaults.{}", name.get_ref());
            match name.get_ref().as_ref() {
                "plugin_path" => config.plugin_path = self.templates(value, &key),
                setting if SETTINGS.contains(&setting) => {
                    self.setting(setting, value, &key, &mut config.defaults);
                }
                _ => self.unknown(
                    name,
                    "defaults",
                    &[&SETTINGS[..], &["plugin_path"]].concat(),
                ),
            }
        }
    }

    fn target(
        &mut self,
        name: &Spanned<impl AsRef<str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<TargetTable> {
        let table_key = format!("targets.{}", name.get_ref().as_ref());
        let mut url = None;
        let mut fields = BTreeMap::new();
        let mut settings = Settings::default();
        let mut options = BTreeMap::new();
        let mut tenants = None;
        let mut hooks = HookActions::new();
        let mut variables = VariableTemplates::new();
        for (name, value) in self.table(value, &table_key)? {
            let key = format!("{table_key}.{}", name.get_ref());
            let text = name.get_ref().as_ref();
            if text == "url" {
                url = Some((name.span(), self.template(value, &key)));
            } else if text == "options" {
                options = self.options(value, &key);
            } else if text == "hooks" {
                hooks = self.hooks(value, &key);
            } else if text == "variables" {
                variables = self.variables(value, &key);
            } else if text == "tenants" {
                tenants = self.tenants(value, &key);
            } else if let Some(field) = FIELDS.into_iter().find(|field| *field == text) {
                fields.insert(field, self.field(field, value, &key));
            } else if SETTINGS.contains(&text) {
                self.setting(text, value, &key, &mut settings);
            } else {
                let known = [
                    &SETTINGS[..],
                    &FIELDS,
                    &["hooks", "options", "tenants", "url", "variables"],
                ]
                .concat();
                self.unknown(name, &table_key, &known);
            }
        }
        let url_span = url.as_ref().map(|(span, _)| span.clone());
        self.check_connection(name.span(), &table_key, url_span, &fields);
        let connection = match url {
            Some((_, url)) => url.map(Connection::Url),
            None if fields.is_empty() => None,
            None => {
                let fields = fields.into_iter();
                let fields = fields.filter_map(|(name, value)| Some((name, value?)));
                let origin = self.origin(name.span(), &table_key);
                Some(Connection::Fields(Resolved::new(fields.collect(), origin)))
            }
        };
        Some(TargetTable {
            connection,
            settings,
            options,
            hooks,
            variables,
            tenants,
        })
    }

    /// A target has a `url` or separate fields, and with these a `scheme`.
    fn check_connection<T>(
        &mut self,
        table_span: Range<usize>,
        table: &str,
        url_span: Option<Range<usize>>,
        fields: &BTreeMap<&str, T>,
    ) {
        let Some(field) = fields.keys().next() else {
            return;
        };
        if let Some(span) = url_span {
            let message = format!("`{table}` has both `url` and `{field}`");
            let hint = "give either `url`, or scheme, host, port, user, password and database";
            self.report(
                span,
                &format!("{table}.url"),
                &message,
                Some(hint.to_owned()),
            );
        } else if !fields.contains_key("scheme") {
            let message = format!("`{table}` has separate fields but no `scheme`");
            let hint = "add the scheme that chooses the adapter: scheme = \"postgresql\"";
            self.report(table_span, table, &message, Some(hint.to_owned()));
        }
    }

    fn setting(
        &mut self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        key: &str,
        settings: &mut Settings,
    ) {
        match name {
            "directory" => settings.directory = self.template(value, key),
            "models" => settings.models = self.template(value, key),
            "format" => {
                let format = self.string(value, key).map(format_of);
                settings.format = format.and_then(|format| self.check(format, value.span(), key));
            }
            "transaction" => {
                let mode = self.string(value, key).map(str::parse);
                settings.transaction = mode.and_then(|mode| self.check(mode, value.span(), key));
            }
            "destroy_data" => {
                let destroys = self.string(value, key).map(str::parse);
                settings.destroy_data =
                    destroys.and_then(|destroys| self.check(destroys, value.span(), key));
            }
            "lock_wait" => settings.lock_wait = self.duration(value, key),
            "lock_timeout" => settings.lock_timeout = self.duration(value, key),
            _ => settings.statement_timeout = self.duration(value, key),
        }
    }

    fn duration(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<Resolved<Duration>> {
        let text = match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            // A bare number is a number of seconds.
            DeValue::Integer(_) => self.integer(value, key),
            _ => {
                self.wrong_type(value, key, "a string or a number of seconds");
                None
            }
        };
        self.check(parse_duration(&text?), value.span(), key)
    }

    fn field(
        &mut self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        key: &str,
    ) -> Option<Resolved<Template>> {
        match value.get_ref() {
            DeValue::Integer(_) if name == "port" => {
                let port = Template::literal(self.integer(value, key)?);
                Some(Resolved::new(port, self.origin(value.span(), key)))
            }
            _ => self.template(value, key),
        }
    }

    fn options(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
    ) -> BTreeMap<String, Resolved<Template>> {
        let mut options = BTreeMap::new();
        for (name, value) in self.table(value, key).into_iter().flatten() {
            let key = format!("{key}.{}", name.get_ref());
            let template = match value.get_ref() {
                DeValue::String(_) => self.template(value, &key).map(|option| option.value),
                DeValue::Integer(_) => self.integer(value, &key).map(Template::literal),
                DeValue::Boolean(flag) => Some(Template::literal(flag.to_string())),
                _ => {
                    self.wrong_type(value, &key, "a string, an integer or a boolean");
                    None
                }
            };
            if let Some(template) = template {
                let origin = self.origin(value.span(), &key);
                options.insert(name.get_ref().to_string(), Resolved::new(template, origin));
            }
        }
        options
    }

    fn templates(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Vec<Resolved<Template>> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(value, key, "an array of strings");
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| self.template(item, key))
            .collect()
    }

    fn template(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<Resolved<Template>> {
        let template = Template::parse(self.string(value, key)?);
        self.check(template, value.span(), key)
    }

    fn table<'v, 'i>(
        &mut self,
        value: &'v Spanned<DeValue<'i>>,
        key: &str,
    ) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, key, "a table");
        }
        table
    }

    fn string<'v>(&mut self, value: &'v Spanned<DeValue<'_>>, key: &str) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(value, key, "a string");
        }
        text
    }

    /// An integer in decimal digits, however it was written.
    fn integer(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<String> {
        let integer = value.get_ref().as_integer()?;
        let number = i64::from_str_radix(integer.as_str(), integer.radix());
        if number.is_err() {
            let message = format!("`{key}` is an integer out of range");
            self.report(value.span(), key, &message, None);
        }
        number.ok().map(|number| number.to_string())
    }

    fn check<T>(
        &mut self,
        value: Result<T, InvalidValue>,
        span: Range<usize>,
        key: &str,
    ) -> Option<Resolved<T>> {
        let origin = self.origin(span, key);
        match value {
            Ok(value) => Some(Resolved::new(value, origin)),
            Err(error) => {
                self.problems.push(Problem::invalid(origin, &error));
                None
            }
        }
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, key: &str, expected: &str) {
        let found = value.get_ref().type_str();
        let message = format!("`{key}` must be {expected}, not of type {found}");
        self.report(value.span(), key, &message, None);
    }

    fn unknown(&mut self, name: &Spanned<impl AsRef<str>>, table: &str, known: &[&str]) {
        let text = name.get_ref().as_ref();
        let (message, key) = if table.is_empty() {
            (format!("unknown key `{text}`"), text.to_owned())
        } else {
            (
                format!("unknown key `{text}` in `{table}`"),
                format!("{table}.{text}"),
            )
        };
        let hint = match did_you_mean(text, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let mut known = known.to_vec();
                known.sort_unstable();
                format!("known here: {}", known.join(", "))
            }
        };
        self.report(name.span(), &key, &message, Some(hint));
    }

    fn report(&mut self, span: Range<usize>, key: &str, message: &str, hint: Option<String>) {
        self.problems.push(Problem {
            origin: self.origin(span, key),
            message: message.to_owned(),
            hint,
        });
    }

    fn origin(&self, span: Range<usize>, key: &str) -> Origin {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Origin::File {
            path: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..]
                .trim_start_matches('\u{feff}')
                .chars()
                .count()
                + 1,
            key: key.to_owned(),
        }
    }
}
