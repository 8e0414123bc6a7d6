//! Which database a command works on, and where each setting came from.
//!
//! A [`Project`] is a folder, with or without a `dapter.toml`. [`Project::target`] lays the layers over
//! one another, from strongest to weakest: command line, environment, the target's table in
//! `dapter.toml`, its `[defaults]`, what is built in. Every setting of the [`Target`] it returns
//! remembers its [`Origin`], so that an error can say where a value was written.
//!
//! Nothing here reads the environment: look-ups come in as an [`Environment`].
//!
//! A [`DatabaseUrl`] never prints its password; [`DatabaseUrl::expose`] is the one way to the full text.

mod config;
mod destroy_data;
mod discovery;
mod duration;
mod error;
mod hooks;
mod interpolate;
mod layers;
mod model_source;
mod redact;
mod script_format;
mod target;
mod tenants;
mod transaction;
mod url;
mod variables;

#[cfg(test)]
mod tests;

pub use self::url::{DatabaseUrl, Parts};
pub use destroy_data::DestroyData;
pub use discovery::{CONFIG_FILE_NAME, Project};
pub use duration::parse_duration;
pub use error::{ConfigError, InvalidValue, Problem};
pub use hooks::{HookAction, HookActions, HookPoint};
pub use layers::{
    Environment, Origin, Overrides, Resolved, VARIABLE_DATABASE_URL, VARIABLE_DIRECTORY,
    VARIABLE_LOCK_TIMEOUT, VARIABLE_LOCK_WAIT, VARIABLE_STATEMENT_TIMEOUT, VARIABLE_TARGET,
    VARIABLE_TRANSACTION, VARIABLE_YES,
};
pub use model_source::ModelSource;
pub use target::{
    DEFAULT_DIRECTORY, DEFAULT_LOCK_TIMEOUT, DEFAULT_LOCK_WAIT, Target, TargetOptions,
};
pub use tenants::{TenantSource, check_names};
pub use transaction::TransactionMode;
pub use variables::{Variable, Variables};
