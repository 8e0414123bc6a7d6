//! The module as a whole; what the tests share.

mod layers;
mod mistakes;
mod redact;
mod tenants;
mod url;

use std::fs;

use tempfile::TempDir;

use super::*;

/// A password that must appear nowhere; the helpers look for it.
const SECRET: &str = "hunter2";

fn nothing(_: &str) -> Option<String> {
    None
}

fn folder(config: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(CONFIG_FILE_NAME), config).unwrap();
    folder
}

fn project(config: &str) -> (TempDir, Project) {
    let folder = folder(config);
    let project = Project::discover(folder.path()).unwrap();
    (folder, project)
}

fn named(target: &str) -> Overrides {
    Overrides {
        target: Some(target.to_owned()),
        ..Overrides::default()
    }
}

/// The whole error as a person and a log would see it.
fn shown(error: &ConfigError) -> String {
    let text = format!("{error}\n{}", error.hint().unwrap_or_default());
    assert!(!format!("{error:?}{text}").contains(SECRET), "{error:?}");
    text.trim_end().to_owned()
}

fn target_error(config: &str, overrides: &Overrides, environment: Environment<'_>) -> String {
    let (_folder, project) = project(config);
    shown(&project.target(overrides, environment).unwrap_err())
}
