//! A project folder: finds `dapter.toml`, chooses the target.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::config::{Config, TargetTable, TenantNames};
use super::error::ConfigError;
use super::layers::{
    Environment, Origin, Overrides, Resolved, VARIABLE_DATABASE_URL, VARIABLE_TARGET, variable,
};
use super::target::{Layers, Target, expand};
use super::tenants::{SEPARATOR, TenantSource, single_name};
use super::url::DatabaseUrl;
use crate::script::ScriptFormat;

/// The name of the configuration file.
pub const CONFIG_FILE_NAME: &str = "dapter.toml";

/// The name of the target that is chosen when none is named.
const DEFAULT_TARGET: &str = "default";

/// A working directory and the `dapter.toml` that rules it, if there is one.
#[derive(Debug)]
pub struct Project {
    working_directory: PathBuf,
    file: Option<ConfigFile>,
}

/// A configuration file that was read.
#[derive(Debug)]
struct ConfigFile {
    path: PathBuf,
    /// The path as short as it can be said from the working directory.
    shown: PathBuf,
    folder: PathBuf,
    config: Config,
}

impl Project {
    /// Looks for `dapter.toml` in the working directory and in the folders above it.
    ///
    /// # Errors
    /// When the file that was found cannot be read or has mistakes in it. Finding none is no error.
    pub fn discover(working_directory: &Path) -> Result<Self, ConfigError> {
        let mut project = Self::without_config(working_directory)?;
        for folder in project.working_directory.ancestors() {
            let path = folder.join(CONFIG_FILE_NAME);
            if path.is_file() {
                project.file = Some(ConfigFile::read(path, &project.working_directory)?);
                break;
            }
        }
        Ok(project)
    }

    /// Reads the given configuration file, relative to the working directory.
    ///
    /// # Errors
    /// When the file does not exist, cannot be read or has mistakes in it.
    pub fn open(path: &Path, working_directory: &Path) -> Result<Self, ConfigError> {
        let mut project = Self::without_config(working_directory)?;
        let path = project.working_directory.join(path);
        project.file = Some(ConfigFile::read(path, &project.working_directory)?);
        Ok(project)
    }

    /// A project without a configuration file: command line and environment say everything.
    ///
    /// # Errors
    /// When the path is empty, or relative and the current folder of the process is unknown.
    pub fn without_config(working_directory: &Path) -> Result<Self, ConfigError> {
        Ok(Self {
            working_directory: std::path::absolute(working_directory)
                .map_err(ConfigError::WorkingDirectory)?,
            file: None,
        })
    }

    /// The configuration file, absolute.
    #[must_use]
    pub fn config_path(&self) -> Option<&Path> {
        self.file.as_ref().map(|file| file.path.as_path())
    }

    /// The names of the configured targets, sorted.
    #[must_use]
    pub fn target_names(&self) -> Vec<&str> {
        let targets = self.file.iter().flat_map(|file| file.config.targets.keys());
        targets.map(String::as_str).collect()
    }

    /// The extra plugin folders of `[defaults] plugin_path`, absolute.
    ///
    /// # Errors
    /// When one needs an environment variable that is not set.
    pub fn plugin_path(&self, environment: Environment<'_>) -> Result<Vec<PathBuf>, ConfigError> {
        let Some(file) = &self.file else {
            return Ok(Vec::new());
        };
        let mut problems = Vec::new();
        let folders = file.config.plugin_path.iter();
        let folders = folders
            .filter_map(|folder| expand(folder, environment, &mut problems))
            .map(|folder| file.folder.join(folder.value))
            .collect();
        if problems.is_empty() {
            Ok(folders)
        } else {
            Err(ConfigError::Invalid(problems))
        }
    }

    /// Everything a command must know about the database it works on.
    ///
    /// The target is the one named by [`Overrides::target`] or `DAPTER_TARGET`, else `default`, else the only
    /// one. `DAPTER_DATABASE_URL` and `DAPTER_DIRECTORY` count unless the command line names a target, and
    /// `DATABASE_URL` counts only without a `dapter.toml`: neither may redirect a target that was asked for.
    /// Where none can be chosen, a URL of the command line or of `DAPTER_DATABASE_URL` is enough: then no target's
    /// settings apply, only those outside of `[targets]`.
    ///
    /// # Errors
    /// When the target cannot be chosen, no layer gives its URL, or a value of it is wrong; values of other
    /// targets do not matter.
    pub fn target(
        &self,
        overrides: &Overrides,
        environment: Environment<'_>,
    ) -> Result<Target, ConfigError> {
        self.layers(overrides, environment)?.target()
    }

    /// The folder of the scripts alone, for commands that need no database.
    ///
    /// # Errors
    /// As [`Project::target`], but the URL may be missing or wrong.
    pub fn directory(
        &self,
        overrides: &Overrides,
        environment: Environment<'_>,
    ) -> Result<Resolved<PathBuf>, ConfigError> {
        self.layers(overrides, environment)?.directory_alone()
    }

    /// What new scripts of a target are written in, whether or not there is a URL for it.
    ///
    /// # Errors
    /// When no target can be chosen.
    pub fn script_format(
        &self,
        overrides: &Overrides,
        environment: Environment<'_>,
    ) -> Result<ScriptFormat, ConfigError> {
        Ok(self.layers(overrides, environment)?.format_alone())
    }

    /// Where the names of a target's tenants come from; `None` of a target that is one database.
    ///
    /// Each of them is a target of its own: `TARGET/TENANT`.
    ///
    /// # Errors
    /// When there is no such target, or a value of it is wrong.
    pub fn tenants(
        &self,
        name: &str,
        environment: Environment<'_>,
    ) -> Result<Option<Resolved<TenantSource>>, ConfigError> {
        let overrides = Overrides {
            target: Some(name.to_owned()),
            ..Overrides::default()
        };
        self.layers(&overrides, environment)?.tenants()
    }

    /// The name of the target that [`Project::target`] would choose.
    ///
    /// # Errors
    /// When none can be chosen.
    pub fn target_name(
        &self,
        overrides: &Overrides,
        environment: Environment<'_>,
    ) -> Result<String, ConfigError> {
        Ok(self.select(overrides, environment)?.name)
    }

    fn layers<'a>(
        &'a self,
        overrides: &'a Overrides,
        environment: Environment<'a>,
    ) -> Result<Layers<'a>, ConfigError> {
        let Selected {
            name,
            table,
            tenant,
        } = self.select(overrides, environment)?;
        Ok(Layers {
            name,
            tenant,
            table,
            defaults: self.file.as_ref().map(|file| &file.config.defaults),
            variables_of_all: self.file.as_ref().map(|file| &file.config.variables),
            hooks_of_all: self.file.as_ref().map(|file| &file.config.hooks),
            config_path: self.file.as_ref().map(|file| file.shown.as_path()),
            project_directory: match &self.file {
                Some(file) => &file.folder,
                None => &self.working_directory,
            },
            working_directory: &self.working_directory,
            overrides,
            environment,
        })
    }

    fn select<'a>(
        &'a self,
        overrides: &Overrides,
        environment: Environment<'_>,
    ) -> Result<Selected<'a>, ConfigError> {
        let targets = self.file.as_ref().map(|file| &file.config.targets);
        let known = || self.target_names().into_iter().map(str::to_owned).collect();
        let named = match &overrides.target {
            Some(name) => Some(Resolved::new(name.clone(), Origin::CommandLine)),
            None => variable(VARIABLE_TARGET, environment),
        };
        if let Some(Resolved {
            value: name,
            origin,
        }) = named
        {
            if let Some(table) = targets.and_then(|targets| targets.get(&name)) {
                return Ok(Selected::one(name, Some(table)));
            }
            if let Some((table, tenant)) = self.tenant(&name) {
                return Ok(Selected {
                    tenant: Some(tenant),
                    ..Selected::one(name, Some(table))
                });
            }
            return Err(ConfigError::UnknownTarget {
                known: self.known_beside(&name, known()),
                // Somebody may have put a URL here, with a password in it.
                name: DatabaseUrl::parse(&name).map_or(name, |url| url.to_string()),
                origin,
            });
        }
        let mut targets = targets.into_iter().flatten();
        let chosen = match (targets.next(), targets.next()) {
            (only, None) => only,
            (first, Some(second)) => {
                let mut all = first.into_iter().chain([second]).chain(targets);
                let default = all.find(|(name, _)| *name == DEFAULT_TARGET);
                let has_url = overrides.url.is_some()
                    || variable(VARIABLE_DATABASE_URL, environment).is_some();
                if default.is_none() && !has_url {
                    return Err(ConfigError::AmbiguousTarget { known: known() });
                }
                default
            }
        };
        Ok(match chosen {
            Some((name, table)) => Selected::one(name.clone(), Some(table)),
            None => Selected::one(DEFAULT_TARGET.to_owned(), None),
        })
    }

    /// The targets that could have been meant by a name: where it begins with one that lists its tenants, these too.
    fn known_beside(&self, name: &str, mut known: Vec<String>) -> Vec<String> {
        let target = name.split_once(SEPARATOR).map(|(target, _)| target);
        let tables = self.file.iter().flat_map(|file| &file.config.targets);
        for (of, table) in tables.filter(|(of, _)| Some(of.as_str()) == target) {
            if let Some(TenantNames::Listed(names)) = table.tenants.as_ref().map(|t| &t.value) {
                known.extend(names.iter().map(|name| format!("{of}{SEPARATOR}{name}")));
            }
        }
        known
    }

    /// The target and the tenant that `TARGET/TENANT` names; that the tenant exists is known only of those that are
    /// written in the file.
    fn tenant(&self, name: &str) -> Option<(&TargetTable, String)> {
        let (target, tenant) = name.split_once(SEPARATOR)?;
        let table = self.file.as_ref()?.config.targets.get(target)?;
        let exists = match &table.tenants.as_ref()?.value {
            TenantNames::Listed(names) => names.iter().any(|name| name == tenant),
            TenantNames::Query { .. } | TenantNames::Command(_) => single_name(tenant).is_ok(),
        };
        exists.then(|| (table, tenant.to_owned()))
    }
}

/// A target, chosen.
struct Selected<'a> {
    name: String,
    table: Option<&'a TargetTable>,
    tenant: Option<String>,
}

impl<'a> Selected<'a> {
    fn one(name: String, table: Option<&'a TargetTable>) -> Self {
        Self {
            name,
            table,
            tenant: None,
        }
    }
}

impl ConfigFile {
    fn read(path: PathBuf, working_directory: &Path) -> Result<Self, ConfigError> {
        let shown = path
            .strip_prefix(working_directory)
            .unwrap_or(&path)
            .to_owned();
        let unreadable = |source: io::Error| ConfigError::Unreadable {
            path: shown.clone(),
            source,
        };
        let text = fs::read_to_string(&path).map_err(unreadable)?;
        let config = Config::parse(&text, &shown).map_err(ConfigError::Invalid)?;
        let folder = path.parent().unwrap_or(working_directory).to_owned();
        Ok(Self {
            path,
            shown,
            folder,
            config,
        })
    }
}
