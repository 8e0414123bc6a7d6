//! Files, layers and targets, and that no secret shows.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::*;

const TWO_TARGETS: &str = r#"
[defaults]
directory = "db"
transaction = "all"
lock_wait = "5m"
plugin_path = ["plugins", "${EXTRA:-/opt/dapter}"]

[targets.default]
url = "sqlite:${NAME:-app}.db"

[targets.crm]
scheme = "postgresql"
host = "db.internal"
port = 5432
user = "crm"
password = "${CRM_PASSWORD}"
database = "crm"
directory = "crm/migrations"
transaction = "none"
lock_wait = 30

[targets.crm.options]
application_name = "dapter"
statement_cache = 0x10
keepalive = true
api_key = "${CRM_PASSWORD}"
"#;

fn environment(name: &str) -> Option<String> {
    match name {
        "CRM_PASSWORD" => Some(format!("{SECRET}@%41/\"#")),
        _ => None,
    }
}

#[test]
fn a_target_with_a_url_takes_the_defaults() {
    let (folder, project) = project(TWO_TARGETS);
    let target = project.target(&Overrides::default(), &nothing).unwrap();
    assert_eq!(target.name, "default");
    assert_eq!(target.url.value.expose(), "sqlite:app.db");
    assert_eq!(
        target.url.origin.to_string(),
        "`targets.default.url` at dapter.toml:9"
    );
    assert_eq!(target.base_directory, folder.path());
    assert_eq!(target.directory.value, folder.path().join("db"));
    assert_eq!(
        target.directory.origin.to_string(),
        "`defaults.directory` at dapter.toml:3"
    );
    assert_eq!(target.transaction.value, TransactionMode::All);
    assert_eq!(target.lock_wait.value, Duration::from_secs(300));
    assert!(target.options.expose().is_empty());
    assert_eq!(project.target_names(), ["crm", "default"]);
    assert_eq!(
        project.plugin_path(&nothing).unwrap(),
        [folder.path().join("plugins"), PathBuf::from("/opt/dapter")]
    );
}

#[test]
fn a_target_with_separate_fields_needs_no_quoting() {
    let (folder, project) = project(TWO_TARGETS);
    let target = project.target(&named("crm"), &environment).unwrap();
    assert_eq!(
        target.url.value.expose(),
        "postgresql://crm:hunter2%40%2541%2F%22%23@db.internal:5432/crm"
    );
    assert_eq!(
        target.url.origin.to_string(),
        "`targets.crm` at dapter.toml:11"
    );
    assert_eq!(target.directory.value, folder.path().join("crm/migrations"));
    assert_eq!(target.transaction.value, TransactionMode::None);
    assert_eq!(target.lock_wait.value, Duration::from_secs(30));
    let options: Vec<(&str, &str)> = target
        .options
        .expose()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        options,
        [
            ("api_key", "hunter2@%41/\"#"),
            ("application_name", "dapter"),
            ("keepalive", "true"),
            ("statement_cache", "16"),
        ]
    );
}

#[test]
fn no_secret_shows_anywhere() {
    let literal = TWO_TARGETS.replace("${CRM_PASSWORD}", SECRET);
    for config in [TWO_TARGETS, &literal] {
        let (_folder, project) = project(config);
        let target = project.target(&named("crm"), &environment).unwrap();
        let overrides = Overrides {
            url: Some(target.url.value.clone()),
            ..Overrides::default()
        };
        let text = format!("{project:?} {target:?} {overrides:?} {}", target.url.value);
        assert!(!text.contains(SECRET), "{text}");
        let options = target.options.expose();
        let message = format!(
            "{} {options:?} {}",
            target.url.value.expose(),
            options["api_key"]
        );
        assert!(!target.redact(&message).contains(SECRET));
    }
}

#[test]
fn layers_lie_over_one_another() {
    let (folder, project) = project(TWO_TARGETS);
    let environment = |name: &str| match name {
        "DAPTER_DATABASE_URL" => Some("mysql://env/db".to_owned()),
        "DAPTER_DIRECTORY" => Some("from-env".to_owned()),
        "DAPTER_TRANSACTION" => Some("each".to_owned()),
        "DAPTER_LOCK_WAIT" => Some("500ms".to_owned()),
        "DATABASE_URL" => Some("never:this".to_owned()),
        "CRM_PASSWORD" => Some(String::new()),
        _ => None,
    };
    let target = project.target(&Overrides::default(), &environment).unwrap();
    assert_eq!(target.url.value.expose(), "mysql://env/db");
    assert_eq!(
        target.url.origin.to_string(),
        "environment variable DAPTER_DATABASE_URL"
    );
    assert_eq!(target.base_directory, folder.path());
    assert_eq!(target.directory.value, folder.path().join("from-env"));
    assert_eq!(target.transaction.value, TransactionMode::Each);
    assert_eq!(target.lock_wait.value, Duration::from_millis(500));

    let overrides = Overrides {
        target: None,
        url: Some(DatabaseUrl::parse("sqlite:x.db").unwrap()),
        directory: Some(PathBuf::from("/cli")),
        transaction: Some(TransactionMode::None),
        lock_wait: Some(Duration::ZERO),
        lock_timeout: Some(Duration::from_secs(3)),
        statement_timeout: Some(Duration::from_secs(9)),
        destroy_data: Some(DestroyData::Allow),
        without_hooks: false,
        variables: Variables::default(),
    };
    let target = project.target(&overrides, &environment).unwrap();
    assert_eq!(target.url.value.expose(), "sqlite:x.db");
    assert_eq!(target.directory.value, Path::new("/cli"));
    assert_eq!(target.transaction.value, TransactionMode::None);
    assert_eq!(target.lock_wait.value, Duration::ZERO);
    assert_eq!(target.lock_timeout.value, Duration::from_secs(3));
    assert_eq!(target.statement_timeout.value, Duration::from_secs(9));
    for origin in [
        target.url.origin,
        target.directory.origin,
        target.transaction.origin,
        target.lock_wait.origin,
        target.lock_timeout.origin,
        target.statement_timeout.origin,
    ] {
        assert_eq!(origin, Origin::CommandLine);
    }

    // A target named on the command line is not redirected by the environment.
    let target = project.target(&named("crm"), &environment).unwrap();
    assert_eq!(
        target.url.value.expose(),
        "postgresql://crm:@db.internal:5432/crm"
    );
    assert_eq!(target.directory.value, folder.path().join("crm/migrations"));
    assert_eq!(target.transaction.value, TransactionMode::Each);
}

#[test]
fn a_url_on_the_command_line_replaces_only_the_url() {
    let (folder, project) = project(TWO_TARGETS);
    let overrides = Overrides {
        url: Some(DatabaseUrl::parse("sqlite:x.db").unwrap()),
        ..named("crm")
    };
    let target = project.target(&overrides, &environment).unwrap();
    assert_eq!(target.url.value.expose(), "sqlite:x.db");
    assert_eq!(target.directory.value, folder.path().join("crm/migrations"));
    assert_eq!(target.options.expose()["application_name"], "dapter");
}

#[test]
fn paths_are_relative_to_where_they_were_written() {
    let folder = folder("[targets.only]\nurl = \"sqlite:app.db\"\n");
    let below = folder.path().join("a/b");
    fs::create_dir_all(&below).unwrap();
    let project = Project::discover(&below).unwrap();
    assert_eq!(
        project.config_path(),
        Some(folder.path().join(CONFIG_FILE_NAME).as_path())
    );
    let target = project.target(&Overrides::default(), &nothing).unwrap();
    assert_eq!(target.name, "only");
    assert_eq!(target.base_directory, folder.path());
    assert_eq!(target.directory.value, folder.path().join("migrations"));
    assert_eq!(target.directory.origin, Origin::BuiltIn);

    let overrides = Overrides {
        url: Some(DatabaseUrl::parse("sqlite:x.db").unwrap()),
        directory: Some(PathBuf::from("scripts")),
        ..Overrides::default()
    };
    let target = project.target(&overrides, &nothing).unwrap();
    assert_eq!(target.base_directory, below);
    assert_eq!(target.directory.value, below.join("scripts"));

    let opened = Project::open(Path::new("../../dapter.toml"), &below).unwrap();
    assert_eq!(opened.target_names(), ["only"]);
}

#[test]
fn without_a_file_the_usual_variable_counts() {
    let folder = TempDir::new().unwrap();
    let project = Project::without_config(folder.path()).unwrap();
    let environment = |name: &str| match name {
        "DATABASE_URL" => Some("sqlite:usual.db".to_owned()),
        _ => None,
    };
    let target = project.target(&Overrides::default(), &environment).unwrap();
    assert_eq!(target.name, "default");
    assert_eq!(target.url.value.expose(), "sqlite:usual.db");
    assert_eq!(
        target.url.origin,
        Origin::Environment("DATABASE_URL".to_owned())
    );
    assert_eq!(target.base_directory, folder.path());
    assert_eq!(target.directory.value, folder.path().join("migrations"));
    assert_eq!(target.lock_wait.value, DEFAULT_LOCK_WAIT);
    assert_eq!(project.config_path(), None);
    assert!(project.plugin_path(&nothing).unwrap().is_empty());

    let error = project.target(&Overrides::default(), &nothing).unwrap_err();
    assert_eq!(
        shown(&error),
        "no database URL for target `default`\n\
         give --url, set DATABASE_URL, or write a dapter.toml with `dapter init`"
    );
    let error = project.target(&named("crm"), &environment).unwrap_err();
    assert_eq!(
        shown(&error),
        "there is no target `crm`\n\
         no targets are configured; add [targets.crm] to dapter.toml, or leave the name out (the command line)"
    );
    // Scripts can be looked at without a database.
    let directory = project.directory(&Overrides::default(), &nothing).unwrap();
    assert_eq!(directory.value, folder.path().join("migrations"));
}

#[test]
fn targets_are_chosen_by_name() {
    let two = "[targets.web]\nurl = 'a1:b'\n[targets.crm]\nurl = 'a2:b'\n";
    assert_eq!(
        target_error(two, &Overrides::default(), &nothing),
        "there are several targets and none of them is named `default`: crm, web\n\
         choose one with --target NAME; `upgrade`, `status` and others also take --all"
    );
    assert_eq!(
        target_error(two, &named("wbe"), &nothing),
        "there is no target `wbe`\n\
         did you mean `web`? the targets are: crm, web (named by the command line)"
    );
    let environment = |name: &str| (name == "DAPTER_TARGET").then(|| "staging".to_owned());
    assert_eq!(
        target_error(two, &Overrides::default(), &environment),
        "there is no target `staging`\n\
         the targets are: crm, web (named by environment variable DAPTER_TARGET)"
    );
    assert_eq!(
        target_error(two, &named("pg://u:hunter2@h"), &nothing),
        "there is no target `pg://u:***@h`\n\
         the targets are: crm, web (named by the command line)"
    );
    let (_folder, project) = project(two);
    let environment = |name: &str| (name == "DAPTER_TARGET").then(|| "crm".to_owned());
    let target = project.target(&Overrides::default(), &environment).unwrap();
    assert_eq!(target.url.value.scheme(), "a2");
    let target = project.target(&named("web"), &environment).unwrap();
    assert_eq!(target.url.value.scheme(), "a1");
}

#[test]
fn a_url_is_enough_where_no_target_can_be_chosen() {
    let (folder, project) = project(
        "[defaults]\nlock_wait = '9s'\n[targets.web]\nurl = 'a1:b'\ndirectory = 'w'\n[targets.crm]\nurl = 'a2:b'\n",
    );
    let by_hand = Overrides {
        url: Some(DatabaseUrl::parse("sqlite:x.db").unwrap()),
        ..Overrides::default()
    };
    let environment =
        |name: &str| (name == "DAPTER_DATABASE_URL").then(|| "sqlite:x.db".to_owned());
    for target in [
        project.target(&by_hand, &nothing).unwrap(),
        project.target(&Overrides::default(), &environment).unwrap(),
    ] {
        assert_eq!(target.name, "default");
        assert_eq!(target.url.value.expose(), "sqlite:x.db");
        // What is said outside of the targets applies, and nothing of any of them.
        assert_eq!(target.lock_wait.value, Duration::from_secs(9));
        assert_eq!(target.directory.value, folder.path().join("migrations"));
    }
    let named = Overrides {
        target: Some("web".to_owned()),
        ..by_hand
    };
    let target = project.target(&named, &nothing).unwrap();
    assert_eq!(target.url.value.expose(), "sqlite:x.db");
    assert_eq!(target.directory.value, folder.path().join("w"));
}
