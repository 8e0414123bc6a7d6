//! A target: the settings of all layers laid over one another.

mod tenants;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::config::{Connection, Settings, TargetTable, VariableTemplates};
use super::destroy_data::DestroyData;
use super::duration::parse_duration;
use super::error::{ConfigError, InvalidValue, Problem};
use super::hooks::{HookAction, HookActions};
use super::interpolate::Template;
use super::layers::{
    Environment, Origin, Overrides, Resolved, VARIABLE_DATABASE_URL, VARIABLE_DIRECTORY,
    VARIABLE_LOCK_TIMEOUT, VARIABLE_LOCK_WAIT, VARIABLE_STATEMENT_TIMEOUT, VARIABLE_TRANSACTION,
    VARIABLE_YES, variable,
};
use super::model_source::ModelSource;
use super::redact::is_secret_name;
use super::transaction::TransactionMode;
use super::url::{DatabaseUrl, Parts, encode};
use super::variables::{Variable, Variables};
use crate::script::ScriptFormat;

/// The folder of the scripts when nobody names another.
pub const DEFAULT_DIRECTORY: &str = "migrations";
/// How long to wait for another deployer when nobody says otherwise.
pub const DEFAULT_LOCK_WAIT: Duration = Duration::from_mins(1);
/// How long a statement waits for others when nobody says otherwise: short, because whoever comes after it waits too.
pub const DEFAULT_LOCK_TIMEOUT: Duration = Duration::from_secs(1);

/// The variable of many tools, which counts only where nothing is configured.
const VARIABLE_COMMON_URL: &str = "DATABASE_URL";

/// A database and how to migrate it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name; `default` where nothing is configured.
    pub name: String,
    /// Where the database is.
    pub url: Resolved<DatabaseUrl>,
    /// What relative paths in the URL are relative to, absolute: the folder of `dapter.toml` where the
    /// URL was written there, else the working directory.
    pub base_directory: PathBuf,
    /// The folder of the scripts, absolute.
    pub directory: Resolved<PathBuf>,
    /// Where the models are that the database is to be like, if there are any.
    pub models: Option<Resolved<ModelSource>>,
    /// What `[targets.NAME.options]` hands to the adapter.
    pub options: TargetOptions,
    /// What one transaction covers.
    pub transaction: Resolved<TransactionMode>,
    /// How long to wait for others: for another deployer, and for whoever is in the way of a statement, which is tried
    /// again until then. Zero does not wait.
    pub lock_wait: Resolved<Duration>,
    /// How long a single attempt of a statement waits for others; zero is as long as it takes.
    pub lock_timeout: Resolved<Duration>,
    /// How long a statement may run; zero is as long as it takes.
    pub statement_timeout: Resolved<Duration>,
    /// Whether statements may destroy data without a question.
    pub destroy_data: Resolved<DestroyData>,
    /// What runs before and after; the files of hooks with absolute paths.
    pub hooks: HookActions,
    /// The variables of scripts.
    pub variables: Variables,
    /// The folder that the commands of hooks run in: that of `dapter.toml`.
    pub project_directory: PathBuf,
}

impl Target {
    /// Takes the secrets of the URL and of the options out of a text of somebody else.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut redactor = self.url.value.redactor();
        for (name, value) in self.options.expose() {
            if is_secret_name(name) {
                redactor.hide(value);
            }
        }
        redactor.apply(text)
    }
}

/// Options of a target, handed to the adapter as they are.
///
/// Any of them may be secret, so `Debug` shows only their names.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TargetOptions(BTreeMap<String, String>);

impl TargetOptions {
    /// The options with their values, for the adapter and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

impl From<BTreeMap<String, String>> for TargetOptions {
    fn from(options: BTreeMap<String, String>) -> Self {
        Self(options)
    }
}

impl fmt::Debug for TargetOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TargetOptions")?;
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// All that bears on one target.
pub(super) struct Layers<'a> {
    pub(super) name: String,
    /// The tenant whose database it is, of a target that stands for many.
    pub(super) tenant: Option<String>,
    pub(super) table: Option<&'a TargetTable>,
    pub(super) defaults: Option<&'a Settings>,
    pub(super) hooks_of_all: Option<&'a HookActions>,
    pub(super) variables_of_all: Option<&'a VariableTemplates>,
    pub(super) config_path: Option<&'a Path>,
    /// The folder of `dapter.toml`, else the working directory.
    pub(super) project_directory: &'a Path,
    pub(super) working_directory: &'a Path,
    pub(super) overrides: &'a Overrides,
    pub(super) environment: Environment<'a>,
}

impl Layers<'_> {
    pub(super) fn target(self) -> Result<Target, ConfigError> {
        let mut problems = Vec::new();
        let url = self.url(&mut problems);
        if self.is_of_many()
            && let Some(Origin::File { .. }) = url.as_ref().map(|url| &url.origin)
        {
            return Err(ConfigError::ManyDatabases { target: self.name });
        }
        self.check_place(&mut problems);
        let directory = self.directory(&mut problems);
        let models = self.models(&mut problems);
        let options = self.options(&mut problems);
        let transaction = self.transaction(&mut problems);
        let lock_wait = self.lock_wait(&mut problems);
        let lock_timeout = self.lock_timeout(&mut problems);
        let statement_timeout = self.statement_timeout(&mut problems);
        let destroy_data = self.destroy_data(&mut problems);
        let variables = self.variables(&mut problems);
        let times = lock_wait.zip(lock_timeout).zip(statement_timeout);
        match (url, directory, transaction.zip(destroy_data), times) {
            (
                Some(url),
                Some(directory),
                Some((transaction, destroy_data)),
                Some(((lock_wait, lock_timeout), statement_timeout)),
            ) if problems.is_empty() => Ok(Target {
                name: self.name.clone(),
                base_directory: match url.origin {
                    Origin::File { .. } => self.project_directory.to_owned(),
                    _ => self.working_directory.to_owned(),
                },
                url,
                directory,
                models,
                options,
                transaction,
                lock_wait,
                lock_timeout,
                statement_timeout,
                destroy_data,
                hooks: self.hooks(),
                variables,
                project_directory: self.project_directory.to_owned(),
            }),
            _ if problems.is_empty() => Err(self.missing_url()),
            _ => Err(ConfigError::Invalid(problems)),
        }
    }

    /// The variables of all targets, then those of the target, then those of the command line.
    fn variables(&self, problems: &mut Vec<Problem>) -> Variables {
        let mut variables = Variables::default();
        let of_all = self.variables_of_all.into_iter().flatten();
        let own = self.table.into_iter().flat_map(|table| &table.variables);
        let templates: VariableTemplates = of_all
            .chain(own)
            .map(|(name, variable)| (name.clone(), variable.clone()))
            .collect();
        for (name, variable) in &templates {
            let value = match self.overrides.variables.get(name) {
                Some(overriding) => Some(overriding.value.clone()),
                None => expand(&variable.value, self.environment, problems)
                    .map(|value| self.with_tenant(value, str::to_owned).value),
            };
            if let Some(value) = value {
                let is_secret = variable.is_secret;
                variables.put(name, Variable { value, is_secret });
            }
        }
        for (name, overriding) in self.overrides.variables.iter() {
            if variables.get(name).is_none() {
                variables.put(name, overriding.clone());
            }
        }
        variables
    }

    /// The hooks of the target, and for a point that it says nothing of those of all targets.
    fn hooks(&self) -> HookActions {
        if self.overrides.without_hooks {
            return HookActions::new();
        }
        let mut hooks = self.hooks_of_all.cloned().unwrap_or_default();
        if let Some(table) = self.table {
            hooks.extend(table.hooks.clone());
        }
        for action in hooks.values_mut().flatten() {
            if let HookAction::File(path) = action {
                *path = self.project_directory.join(&*path);
            }
        }
        hooks
    }

    fn missing_url(&self) -> ConfigError {
        ConfigError::MissingUrl {
            target: self.name.clone(),
            config: self.config_path.map(Path::to_owned),
        }
    }

    pub(super) fn directory_alone(self) -> Result<Resolved<PathBuf>, ConfigError> {
        let mut problems = Vec::new();
        self.directory(&mut problems)
            .ok_or(ConfigError::Invalid(problems))
    }

    /// What new scripts are written in, which the URL has nothing to do with.
    pub(super) fn format_alone(&self) -> ScriptFormat {
        let configured = self.setting(|settings| settings.format.as_ref());
        configured.map(|format| format.value).unwrap_or_default()
    }

    /// The URL of the strongest layer; `None` without a problem means that no layer has one.
    fn url(&self, problems: &mut Vec<Problem>) -> Option<Resolved<DatabaseUrl>> {
        if let Some(url) = &self.overrides.url {
            return Some(Resolved::new(url.clone(), Origin::CommandLine));
        }
        let configured = self.table.and_then(|table| table.connection.as_ref());
        let text = match (self.redirection(VARIABLE_DATABASE_URL), configured) {
            (Some(url), _) => url,
            (None, Some(Connection::Url(url))) => {
                let url = expand(url, self.environment, problems)?;
                self.with_tenant(url, encode)
            }
            (None, Some(Connection::Fields(fields))) => {
                let parts = self.parts(&fields.value, problems)?;
                return accept(
                    DatabaseUrl::from_parts(&parts),
                    fields.origin.clone(),
                    problems,
                );
            }
            (None, None) if self.config_path.is_none() => {
                variable(VARIABLE_COMMON_URL, self.environment)?
            }
            (None, None) => return None,
        };
        accept(DatabaseUrl::parse(&text.value), text.origin, problems)
    }

    fn parts(
        &self,
        fields: &BTreeMap<&'static str, Resolved<Template>>,
        problems: &mut Vec<Problem>,
    ) -> Option<Parts> {
        let problems_before = problems.len();
        let mut parts = Parts::default();
        for (name, template) in fields {
            let Some(field) = expand(template, self.environment, problems) else {
                continue;
            };
            let field = self.with_tenant(field, str::to_owned);
            match *name {
                "scheme" => parts.scheme = field.value,
                "host" => parts.host = Some(field.value),
                "user" => parts.user = Some(field.value),
                "password" => parts.password = Some(field.value),
                "database" => parts.database = Some(field.value),
                _ => {
                    let port = field.value.parse().ok().filter(|port| *port > 0);
                    let port = port.ok_or_else(|| {
                        InvalidValue::new("this is no TCP port", "write a number from 1 to 65535")
                    });
                    parts.port = accept(port, field.origin, problems).map(|port| port.value);
                }
            }
        }
        (problems.len() == problems_before).then_some(parts)
    }

    fn directory(&self, problems: &mut Vec<Problem>) -> Option<Resolved<PathBuf>> {
        if let Some(directory) = &self.overrides.directory {
            let directory = self.working_directory.join(directory);
            return Some(Resolved::new(directory, Origin::CommandLine));
        }
        if let Some(Resolved { value, origin }) = self.redirection(VARIABLE_DIRECTORY) {
            return Some(Resolved::new(self.working_directory.join(value), origin));
        }
        let Some(template) = self.setting(|settings| settings.directory.as_ref()) else {
            let directory = self.project_directory.join(DEFAULT_DIRECTORY);
            return Some(Resolved::new(directory, Origin::BuiltIn));
        };
        let Resolved { value, origin } = expand(template, self.environment, problems)?;
        let directory = if value.is_empty() {
            Err(InvalidValue::new(
                "the folder of the scripts is empty",
                "name a folder, or `.` for the one of dapter.toml",
            ))
        } else {
            Ok(self.project_directory.join(value))
        };
        accept(directory, origin, problems)
    }

    fn models(&self, problems: &mut Vec<Problem>) -> Option<Resolved<ModelSource>> {
        let template = self.setting(|settings| settings.models.as_ref())?;
        let Resolved { value, origin } = expand(template, self.environment, problems)?;
        let source = ModelSource::parse(&value);
        let source = source.map(|source| source.within(self.project_directory));
        accept(source, origin, problems)
    }

    fn options(&self, problems: &mut Vec<Problem>) -> TargetOptions {
        let options = self.table.into_iter().flat_map(|table| &table.options);
        TargetOptions(
            options
                .filter_map(|(name, template)| {
                    let option = expand(template, self.environment, problems)?;
                    let option = self.with_tenant(option, str::to_owned);
                    Some((name.clone(), option.value))
                })
                .collect(),
        )
    }

    fn transaction(&self, problems: &mut Vec<Problem>) -> Option<Resolved<TransactionMode>> {
        if let Some(mode) = self.overrides.transaction {
            return Some(Resolved::new(mode, Origin::CommandLine));
        }
        if let Some(mode) = variable(VARIABLE_TRANSACTION, self.environment) {
            return accept(mode.value.parse(), mode.origin, problems);
        }
        let configured = self.setting(|settings| settings.transaction.as_ref());
        let built_in = || Resolved::new(TransactionMode::default(), Origin::BuiltIn);
        Some(configured.cloned().unwrap_or_else(built_in))
    }

    fn destroy_data(&self, problems: &mut Vec<Problem>) -> Option<Resolved<DestroyData>> {
        if let Some(destroys) = self.overrides.destroy_data {
            return Some(Resolved::new(destroys, Origin::CommandLine));
        }
        if let Some(yes) = variable(VARIABLE_YES, self.environment) {
            return accept(DestroyData::of_variable(&yes.value), yes.origin, problems);
        }
        let configured = self.setting(|settings| settings.destroy_data.as_ref());
        let built_in = || Resolved::new(DestroyData::default(), Origin::BuiltIn);
        Some(configured.cloned().unwrap_or_else(built_in))
    }

    fn lock_wait(&self, problems: &mut Vec<Problem>) -> Option<Resolved<Duration>> {
        let configured = self.setting(|settings| settings.lock_wait.as_ref());
        self.duration(
            self.overrides.lock_wait,
            VARIABLE_LOCK_WAIT,
            configured,
            DEFAULT_LOCK_WAIT,
            problems,
        )
    }

    fn lock_timeout(&self, problems: &mut Vec<Problem>) -> Option<Resolved<Duration>> {
        let configured = self.setting(|settings| settings.lock_timeout.as_ref());
        self.duration(
            self.overrides.lock_timeout,
            VARIABLE_LOCK_TIMEOUT,
            configured,
            DEFAULT_LOCK_TIMEOUT,
            problems,
        )
    }

    fn statement_timeout(&self, problems: &mut Vec<Problem>) -> Option<Resolved<Duration>> {
        let configured = self.setting(|settings| settings.statement_timeout.as_ref());
        self.duration(
            self.overrides.statement_timeout,
            VARIABLE_STATEMENT_TIMEOUT,
            configured,
            Duration::ZERO,
            problems,
        )
    }

    fn duration(
        &self,
        overriding: Option<Duration>,
        name: &str,
        configured: Option<&Resolved<Duration>>,
        built_in: Duration,
        problems: &mut Vec<Problem>,
    ) -> Option<Resolved<Duration>> {
        if let Some(duration) = overriding {
            return Some(Resolved::new(duration, Origin::CommandLine));
        }
        if let Some(duration) = variable(name, self.environment) {
            return accept(parse_duration(&duration.value), duration.origin, problems);
        }
        let built_in = || Resolved::new(built_in, Origin::BuiltIn);
        Some(configured.cloned().unwrap_or_else(built_in))
    }

    /// A variable that would lead elsewhere than the target says: not when the command line names the target.
    fn redirection(&self, name: &str) -> Option<Resolved<String>> {
        match self.overrides.target {
            Some(_) => None,
            None => variable(name, self.environment),
        }
    }

    /// A setting of the target, else of `[defaults]`.
    fn setting<T>(&self, get: impl Fn(&Settings) -> Option<&T>) -> Option<&T> {
        let target = self.table.map(|table| &table.settings);
        target
            .and_then(&get)
            .or_else(|| self.defaults.and_then(&get))
    }
}

/// Fills in the variables of a value from `dapter.toml`.
pub(super) fn expand(
    template: &Resolved<Template>,
    environment: Environment<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Resolved<String>> {
    match template.value.expand(environment) {
        Ok(text) => Some(Resolved::new(text, template.origin.clone())),
        Err(unset) => {
            problems.extend(
                unset
                    .iter()
                    .map(|name| unset_variable(name, &template.origin)),
            );
            None
        }
    }
}

fn unset_variable(name: &str, origin: &Origin) -> Problem {
    let needed_by = match origin {
        Origin::File { key, .. } => format!(", and `{key}` needs it"),
        _ => String::new(),
    };
    Problem {
        origin: origin.clone(),
        message: format!("environment variable `{name}` is not set{needed_by}"),
        hint: Some(format!("set {name}, or give a default: ${{{name}:-…}}")),
    }
}

fn accept<T>(
    value: Result<T, InvalidValue>,
    origin: Origin,
    problems: &mut Vec<Problem>,
) -> Option<Resolved<T>> {
    match value {
        Ok(value) => Some(Resolved::new(value, origin)),
        Err(error) => {
            problems.push(Problem::invalid(origin, &error));
            None
        }
    }
}
