//! Lists the tenants of a target that stands for many databases.

use std::path::Path;
use std::process::Stdio;

use dapter::MigrationError;
use dapter::project::{ConfigError, DatabaseUrl, Origin, Problem, TenantSource, check_names};

use super::super::output::Failure;
use super::super::programs::shell;
use super::super::session::Session;

/// The names of a target's tenants, in the order in which they are listed; `None` of a target that is one database.
pub(super) fn list(target: &str, session: &Session<'_>) -> Result<Option<Vec<String>>, Failure> {
    let Some(tenants) = session.tenants(target)? else {
        return Ok(None);
    };
    let names = match tenants.value {
        TenantSource::Names(names) => return Ok(Some(names)),
        TenantSource::Query {
            database,
            statement,
        } => session.migrator(&database)?.names(&statement)?,
        TenantSource::Command { line, folder } => printed(&line, &folder, target)?,
    };
    if let Err(error) = check_names(&names) {
        let problem = Problem {
            origin: tenants.origin,
            message: error.to_string(),
            hint: Some(error.hint().to_owned()),
        };
        return Err(MigrationError::from(ConfigError::from(problem)).into());
    }
    Ok(Some(names))
}

/// Refuses a tenant that its target does not have: many databases are made when somebody connects to them.
pub(in crate::cli) fn check_tenant(name: &str, session: &Session<'_>) -> Result<(), Failure> {
    let Some((target, tenant)) = name.split_once('/') else {
        return Ok(());
    };
    // A target may be called like this without being a tenant.
    if session.target_names().contains(&name) || !session.target_names().contains(&target) {
        return Ok(());
    }
    let Some(tenants) = list(target, session)? else {
        return Ok(());
    };
    if tenants.iter().any(|known| known == tenant) {
        return Ok(());
    }
    let known = full_names(target, &tenants).collect();
    Err(unknown(name, session.named().origin, known))
}

/// The names that tenants have as targets.
pub(super) fn full_names(target: &str, tenants: &[String]) -> impl Iterator<Item = String> {
    tenants
        .iter()
        .map(move |tenant| format!("{target}/{tenant}"))
}

/// There is no such target; what there is instead.
pub(super) fn unknown(name: &str, origin: Origin, mut known: Vec<String>) -> Failure {
    known.sort_unstable();
    known.dedup();
    let error = ConfigError::UnknownTarget {
        // Somebody may have put a URL here, with a password in it.
        name: DatabaseUrl::parse(name).map_or(name.to_owned(), |url| url.to_string()),
        origin,
        known,
    };
    MigrationError::from(error).into()
}

/// What a command prints, one name a line. Its complaints go where ours go.
fn printed(line: &str, folder: &Path, target: &str) -> Result<Vec<String>, Failure> {
    let output = shell(line)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    let what = format!("the command that lists the tenants of `{target}`");
    let output = output.map_err(|error| Failure::refused(format!("{what}: {error}")))?;
    if !output.status.success() {
        let hint =
            format!("`targets.{target}.tenants.command` must print a name a line and succeed");
        return Err(Failure::refused(format!("{what} failed ({})", output.status)).hint(hint));
    }
    let text = String::from_utf8(output.stdout)
        .map_err(|_| Failure::refused(format!("{what} printed something that is no UTF-8")))?;
    let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
    Ok(names.map(str::to_owned).collect())
}
