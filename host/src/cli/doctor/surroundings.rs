//! What does not depend on a database: the configuration, the plugins, which targets there are.

use dapter::plugin::{Outcome, PluginFile, Standing};
use dapter::project::Target;

use super::super::fleet;
use super::super::output::Failure;
use super::super::paths::{from_here, shown};
use super::super::session::Session;
use super::findings::Findings;

/// Looks at the configuration and the plugins.
pub(super) fn look(session: &Session<'_>, findings: &mut Findings) {
    match session.config_path() {
        Some(path) => findings.ok("configuration", None, shown(path)),
        None => findings.warn(
            "configuration",
            None,
            "there is no dapter.toml here or in a folder above".to_owned(),
            "`dapter init` writes one; or name it with --config, or the database with --url",
        ),
    }
    let catalog = match session.catalog() {
        Ok(catalog) => catalog,
        Err(failure) => return findings.failed("plugins", None, &failure),
    };
    for place in catalog.searched() {
        if let Outcome::Unreadable(_) = place.outcome {
            findings.warn(
                "plugins",
                None,
                from_here(&place.to_string()),
                "let this user read the folder, or leave it out",
            );
        }
    }
    for file in catalog.files() {
        plugin(file, findings);
    }
    if catalog.files().is_empty() {
        let places = catalog.searched().iter();
        let places: Vec<String> = places.map(|place| from_here(&place.to_string())).collect();
        findings.problem(
            "plugins",
            None,
            format!("there are none; searched:\n{}", places.join("\n")),
            "name a file with --plugin, or a folder in DAPTER_PLUGIN_PATH",
        );
    }
}

fn plugin(file: &PluginFile, findings: &mut Findings) {
    let path = from_here(&file.path.display().to_string());
    let name = file.descriptor.as_ref().map_or_else(String::new, |plugin| {
        format!("{} {}, ", plugin.name, plugin.version)
    });
    match &file.standing {
        Standing::Usable => findings.ok("plugins", None, format!("{name}{path}")),
        Standing::Shadowed { by } => {
            let by = from_here(&by.display().to_string());
            findings.ok(
                "plugins",
                None,
                format!("{name}{path} (not used: {by} is preferred)"),
            );
        }
        Standing::Broken(error) => findings.warn(
            "plugins",
            None,
            format!("{name}{path} is refused: {error}"),
            &error.hint(),
        ),
        Standing::Refused(refusal) => findings.warn(
            "plugins",
            None,
            format!("{name}{path} is refused: {refusal}"),
            &refusal.hint(),
        ),
    }
}

/// The targets to look at: the one that a URL on the command line or in the environment is for, those that are named, or
/// else all.
pub(super) fn targets(
    session: &Session<'_>,
    findings: &mut Findings,
) -> Vec<(String, Result<Target, Failure>)> {
    if session.is_redirected() || session.target_names().is_empty() {
        let target = session.target();
        let name = target.as_ref().map_or("default", |target| &target.name);
        return vec![(name.to_owned(), target)];
    }
    match fleet::every_target_named(session) {
        Ok(names) => names
            .into_iter()
            .map(|name| {
                let target = session.target_named(&name, |_| {});
                (name, target)
            })
            .collect(),
        Err(failure) => {
            findings.failed("targets", None, &failure);
            Vec::new()
        }
    }
}
