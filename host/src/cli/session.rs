//! What one run of the program works with: its options, its surroundings, and what it loads on demand.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::UNIX_EPOCH;

use dapter::api::abi::Adapter;
use dapter::diagnostic::Diagnostics;
use dapter::plugin::{Catalog, Choice, Given, PluginId, Requirement, standard_places};
use dapter::project::{
    CONFIG_FILE_NAME, ConfigError, DatabaseUrl, Origin, Overrides, Project, Resolved, Target,
    TenantSource, VARIABLE_DATABASE_URL, VARIABLE_TARGET, Variables,
};
use dapter::revision::ResolveError;
use dapter::script::{ScriptDirectory, ScriptFormat};
use dapter::{MigrationError, MigrationSettings, Migrator, ScriptReading, Scripts};

use super::arguments::Global;
use super::backup::BackupOption;
use super::fleet::{self, pattern};
use super::hooks::hooked;
use super::isolation::{self, Place, Wanted};
use super::output::Failure;
use super::paths::shown;
use super::plugin::books::demands;

/// The extension of scripts when no URL says which adapter reads them.
const DEFAULT_EXTENSION: &str = "sql";

/// One run of the program.
pub(super) struct Session<'a> {
    pub(super) global: &'a Global,
    project: Project,
    overrides: Overrides,
    upgrading: Upgrading,
    /// Where scratch databases are made, if not beside the target.
    scratch_url: Option<DatabaseUrl>,
    /// What was found, once somebody has looked.
    catalog: OnceLock<Arc<Catalog>>,
}

/// What a command may do that changes a database.
#[derive(Debug, Clone, Default)]
pub(super) struct Upgrading {
    /// Make a database that does not exist.
    pub(super) create_database: bool,
    /// Apply revisions that came too late.
    pub(super) out_of_order: bool,
    /// Copy it first.
    pub(super) backup: BackupOption,
}

impl<'a> Session<'a> {
    /// Reads the configuration; nothing else is touched before a command needs it.
    pub(super) fn start(global: &'a Global) -> Result<Self, Failure> {
        let here = env::current_dir()
            .map_err(|error| MigrationError::from(ConfigError::WorkingDirectory(error)))?;
        let project = match &global.config {
            Some(path) if path.is_dir() => {
                let message = format!("--config: {} is a folder", path.display());
                let file = path.join(CONFIG_FILE_NAME);
                return Err(
                    Failure::usage(message).hint(format!("name the file: {}", file.display()))
                );
            }
            Some(path) => Project::open(path, &here),
            None => Project::discover(&here),
        };
        let mut variables = Variables::default();
        for (name, value) in &global.var {
            let set = variables.set(name, value.clone());
            set.map_err(|error| Failure::usage(format!("--var: {error}")).hint(error.hint()))?;
        }
        let url = global.url.as_deref().map(DatabaseUrl::parse).transpose();
        Ok(Self {
            global,
            project: project.map_err(MigrationError::from)?,
            upgrading: Upgrading::default(),
            scratch_url: None,
            catalog: OnceLock::new(),
            overrides: Overrides {
                target: match &global.target[..] {
                    [only] if !pattern::is_one(only) => Some(only.clone()),
                    _ => None,
                },
                url: url.map_err(|error| {
                    Failure::usage(format!("--url: {error}")).hint(error.hint())
                })?,
                directory: global.directory.clone(),
                transaction: None,
                lock_wait: None,
                lock_timeout: None,
                statement_timeout: None,
                destroy_data: None,
                without_hooks: false,
                variables,
            },
        })
    }

    /// The same, for an upgrade.
    pub(super) fn upgrading(self, upgrading: Upgrading) -> Self {
        Self { upgrading, ..self }
    }

    /// The same, with scratch databases on another server.
    pub(super) fn trying_on(self, scratch_url: Option<DatabaseUrl>) -> Self {
        Self {
            scratch_url,
            ..self
        }
    }

    /// The target, with nothing of a run laid over it.
    pub(super) fn target(&self) -> Result<Target, Failure> {
        self.target_with(|_| {})
    }

    /// The target, with the options of a run laid over it.
    pub(super) fn target_with(
        &self,
        lay_over: impl FnOnce(&mut Overrides),
    ) -> Result<Target, Failure> {
        let mut overrides = self.overrides.clone();
        lay_over(&mut overrides);
        let target = self.project.target(&overrides, &variable);
        let target = target.map_err(MigrationError::from)?;
        fleet::check_tenant(&target.name, self)?;
        Ok(target)
    }

    /// A target by its name, which somebody has looked up, with the options of a run laid over it.
    pub(super) fn target_named(
        &self,
        name: &str,
        lay_over: impl FnOnce(&mut Overrides),
    ) -> Result<Target, Failure> {
        let mut overrides = self.overrides.clone();
        lay_over(&mut overrides);
        overrides.target = Some(name.to_owned());
        let target = self.project.target(&overrides, &variable);
        Ok(target.map_err(MigrationError::from)?)
    }

    /// The names of the targets of the configuration file, sorted.
    pub(super) fn target_names(&self) -> Vec<&str> {
        self.project.target_names()
    }

    /// What names the targets to work on, and where it was said: the options, else the variable.
    pub(super) fn named(&self) -> Resolved<Vec<String>> {
        match self.global.target.is_empty() {
            true => Resolved {
                value: variable(VARIABLE_TARGET)
                    .filter(|name| !name.is_empty())
                    .into_iter()
                    .collect(),
                origin: Origin::Environment(VARIABLE_TARGET.to_owned()),
            },
            false => Resolved {
                value: self.global.target.clone(),
                origin: Origin::CommandLine,
            },
        }
    }

    /// The name of the only target to work on, if it can be chosen and nothing but the file says where it is.
    pub(super) fn only_name(&self) -> Option<String> {
        let name = self.project.target_name(&self.overrides, &variable).ok()?;
        (!self.is_redirected()).then_some(name)
    }

    /// Whether something else than the file says where the database is.
    pub(super) fn is_redirected(&self) -> bool {
        self.overrides.url.is_some()
            || self.overrides.target.is_none()
                && variable(VARIABLE_DATABASE_URL).is_some_and(|url| !url.is_empty())
    }

    /// Where the names of a target's tenants come from; `None` of a target that is one database.
    pub(super) fn tenants(&self, name: &str) -> Result<Option<Resolved<TenantSource>>, Failure> {
        let tenants = self.project.tenants(name, &variable);
        Ok(tenants.map_err(MigrationError::from)?)
    }

    /// Where the scripts are, also where no URL is known.
    pub(super) fn directory(&self) -> Result<PathBuf, Failure> {
        let directory = self.project.directory(&self.overrides, &variable);
        Ok(directory.map_err(MigrationError::from)?.value)
    }

    /// What new scripts are written in, unless the command says so.
    pub(super) fn script_format(&self) -> Result<ScriptFormat, Failure> {
        let format = self.project.script_format(&self.overrides, &variable);
        Ok(format.map_err(MigrationError::from)?)
    }

    pub(super) fn config_path(&self) -> Option<&Path> {
        self.project.config_path()
    }

    /// What plugins there are; none of them is loaded. It is looked once: every file is hashed, and so are its copies.
    pub(super) fn catalog(&self) -> Result<Arc<Catalog>, Failure> {
        if let Some(known) = self.catalog.get() {
            return Ok(Arc::clone(known));
        }
        let given = Given {
            files: self.global.plugin.clone(),
            path_variable: env::var_os("DAPTER_PLUGIN_PATH"),
            configured: self
                .project
                .plugin_path(&variable)
                .map_err(MigrationError::from)?,
            user_data: user_data(),
            executable: env::current_exe().ok(),
            library_path: library_path(),
            verified: user_cache().map(|cache| cache.join("verified")),
        };
        let places = standard_places(&given).map_err(MigrationError::from)?;
        let found = Arc::new(Catalog::scan_for(&places, &demands(self)?));
        Ok(Arc::clone(self.catalog.get_or_init(|| found)))
    }

    /// One file that should be a plugin.
    pub(super) fn catalog_of(&self, file: &Path) -> Result<Arc<Catalog>, Failure> {
        let given = Given {
            files: vec![file.to_owned()],
            library_path: library_path(),
            ..Given::default()
        };
        let places = standard_places(&given).map_err(MigrationError::from)?;
        Ok(Arc::new(Catalog::scan_for(&places, &demands(self)?)))
    }

    /// What the project requires of plugins.
    pub(super) fn plugin_requirements(&self) -> BTreeMap<PluginId, Requirement> {
        self.project.plugins()
    }

    /// The folder of `dapter.toml`, or the working directory.
    pub(super) fn project_folder(&self) -> &Path {
        self.project.folder()
    }

    /// The adapter for a target, loaded.
    pub(super) fn adapter(&self, target: &Target) -> Result<Adapter, Failure> {
        self.adapter_of(&target.url.value)
    }

    /// The adapter for a database, loaded.
    pub(super) fn adapter_of(&self, url: &DatabaseUrl) -> Result<Adapter, Failure> {
        let catalog = self.catalog()?;
        let choice = catalog.choose(url.scheme());
        let choice = choice.map_err(MigrationError::from)?;
        isolation::open(&choice, self.place_of(&choice)?, &self.project.isolation())
    }

    /// The adapter for a target in another process than it is loaded in already; `None` if it runs in this one.
    pub(super) fn adapter_apart(&self, target: &Target) -> Result<Option<Adapter>, Failure> {
        let catalog = self.catalog()?;
        let choice = catalog.choose(target.url.value.scheme());
        let choice = choice.map_err(MigrationError::from)?;
        match self.place_of(&choice)? {
            Place::Here => Ok(None),
            Place::Alone => self.open(&choice, Place::Alone).map(Some),
        }
    }

    /// Where the code of a plugin runs.
    pub(super) fn place_of(&self, choice: &Choice<'_>) -> Result<Place, Failure> {
        isolation::place(choice, self.global.isolation, &self.project.isolation())
    }

    /// The places where `plugin test` runs a plugin, in their order.
    pub(super) fn places_of(&self, choice: &Choice<'_>) -> Result<Vec<Place>, Failure> {
        match self.global.isolation {
            Some(Wanted::Both) => Ok(vec![Place::Alone, Place::Here]),
            _ => Ok(vec![self.place_of(choice)?]),
        }
    }

    /// Opens an adapter in a process of its own that writes what it prints into a file.
    #[cfg(unix)]
    pub(super) fn open_printing(
        &self,
        choice: &Choice<'_>,
        into: &Path,
    ) -> Result<Adapter, Failure> {
        isolation::open_printing(choice, &self.project.isolation(), into)
    }

    /// Opens an adapter at a place.
    pub(super) fn open(&self, choice: &Choice<'_>, place: Place) -> Result<Adapter, Failure> {
        isolation::open(choice, place, &self.project.isolation())
    }

    /// What a plugin's process may take.
    #[cfg(unix)]
    pub(super) fn limits(&self) -> dapter::plugin::Limits {
        isolation::limits(&self.project.isolation())
    }

    /// A migrator for a target whose scripts are read while its adapter is loaded: for commands that need them.
    pub(super) fn reading_migrator(
        &self,
        target: &Target,
        load: impl FnOnce(ScriptDirectory) -> Result<Scripts, Diagnostics> + Send + 'static,
    ) -> Result<Migrator, Failure> {
        let catalog = self.catalog()?;
        let choice = catalog.choose(target.url.value.scheme());
        let choice = choice.map_err(MigrationError::from)?;
        let extension = choice.adapter.extension.clone();
        let directory = target.directory.value.clone();
        let reading = ScriptReading::begin(move || {
            let directory = ScriptDirectory::open(&directory, &extension)?;
            let scripts = Arc::new(load(directory).map_err(MigrationError::Scripts)?);
            // They live as long as this process, whose end takes all of them back at once: the allocator does it piece by
            // piece, which takes a tenth of the time of a plan.
            mem::forget(Arc::clone(&scripts));
            Ok(scripts)
        });
        Ok(self.migrator(target)?.with_reading(reading))
    }

    /// A migrator for a target.
    pub(super) fn migrator(&self, target: &Target) -> Result<Migrator, Failure> {
        Ok(self.migrator_with(self.adapter(target)?, target))
    }

    /// A migrator for a target, through its adapter.
    pub(super) fn migrator_with(&self, adapter: Adapter, target: &Target) -> Migrator {
        hooked(Migrator::new(adapter, self.settings(target)), target)
    }

    /// How a target is migrated.
    pub(super) fn settings(&self, target: &Target) -> MigrationSettings {
        let user = variable("USER")
            .or_else(|| variable("USERNAME"))
            .unwrap_or_default();
        let mut settings = MigrationSettings::of_target(target, &user);
        settings.scratch_url.clone_from(&self.scratch_url);
        settings.server_wait = self.global.wait.unwrap_or_default();
        settings.create_database = self.upgrading.create_database;
        settings.out_of_order = self.upgrading.out_of_order;
        let beside = self.config_path().and_then(Path::parent);
        let beside = beside.unwrap_or_else(|| Path::new(""));
        settings.backup = self.upgrading.backup.of(target, beside);
        settings
    }

    /// Where it is remembered what models look like once they are built: by the very file of the plugin that reads them.
    pub(super) fn cache_of(&self, target: &Target) -> Result<Option<PathBuf>, Failure> {
        let catalog = self.catalog()?;
        let choice = catalog.choose(target.url.value.scheme());
        let choice = choice.map_err(MigrationError::from)?;
        let Some(folder) = user_cache() else {
            return Ok(None);
        };
        let modified = std::fs::metadata(&choice.file.path).and_then(|file| file.modified());
        let Ok(Ok(modified)) = modified.map(|time| time.duration_since(UNIX_EPOCH)) else {
            return Ok(None);
        };
        let (name, version) = (&choice.plugin.name, &choice.plugin.version);
        let plugin = format!("{name}-{version}-{:x}", modified.as_millis());
        Ok(Some(folder.join("models").join(plugin)))
    }

    /// The scripts alone, without a database; the URL's scheme tells the extension if there is a URL.
    pub(super) fn scripts(&self) -> Result<Scripts, Failure> {
        let directory = self.directory()?;
        let extension = match self.target() {
            Ok(target) => {
                let catalog = self.catalog()?;
                let choice = catalog
                    .choose(target.url.value.scheme())
                    .map_err(MigrationError::from)?;
                choice.adapter.extension.clone()
            }
            Err(_) => DEFAULT_EXTENSION.to_owned(),
        };
        let directory =
            ScriptDirectory::open(&directory, &extension).map_err(MigrationError::from)?;
        Ok(Scripts::load(directory).map_err(MigrationError::Scripts)?)
    }

    /// The failure with the scripts of the heads that it is about: they are what has to be looked at.
    pub(super) fn with_scripts(&self, mut failure: Failure) -> Failure {
        if let Failure::Migration { error, notes } = &mut failure
            && let MigrationError::NotFound(ResolveError::SeveralHeads { heads, .. }) = &**error
            && let Ok(scripts) = self.scripts()
        {
            let found = heads
                .iter()
                .filter_map(|head| scripts.get(head.id.as_str()));
            notes.extend(found.map(|script| {
                let line = script.lines.revision;
                format!(
                    "{} is in {}:{line}",
                    script.revision.id,
                    shown(&script.path)
                )
            }));
        }
        failure
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// What the system's loader was told when this process started.
fn library_path() -> Option<OsString> {
    Some(env::var_os("LD_LIBRARY_PATH").unwrap_or_default())
}

/// The user's data folder by the conventions of the system (XDG Base Directory Specification elsewhere than on Windows
/// and Apple's systems).
pub(super) fn user_data() -> Option<PathBuf> {
    if cfg!(windows) {
        return folder("LOCALAPPDATA");
    }
    if cfg!(target_vendor = "apple") {
        return Some(folder("HOME")?.join("Library").join("Application Support"));
    }
    folder("XDG_DATA_HOME").or_else(|| Some(folder("HOME")?.join(".local").join("share")))
}

/// The folder of what the user sets up, by the same conventions.
pub(super) fn user_config() -> Option<PathBuf> {
    if cfg!(windows) {
        return folder("APPDATA");
    }
    if cfg!(target_vendor = "apple") {
        return Some(folder("HOME")?.join("Library").join("Application Support"));
    }
    folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))
}

/// The folder of what may be deleted at any time, by the same conventions.
pub(super) fn user_cache() -> Option<PathBuf> {
    let folder = if cfg!(windows) {
        folder("LOCALAPPDATA")?.join("dapter").join("cache")
    } else if cfg!(target_vendor = "apple") {
        folder("HOME")?
            .join("Library")
            .join("Caches")
            .join("dapter")
    } else {
        let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
        caches?.join("dapter")
    };
    Some(folder)
}

fn folder(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}
