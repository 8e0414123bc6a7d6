//! What people get wrong, and what they are told.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn mistakes(config: &str) -> String {
    let folder = folder(config);
    shown(&Project::discover(folder.path()).unwrap_err())
}

#[test]
fn a_target_without_a_url_says_where_to_write_one() {
    let config = "[targets.crm]\ndirectory = 'x'\n";
    let folder = folder(config);
    let project = Project::discover(folder.path()).unwrap();
    let environment = |name: &str| (name == "DATABASE_URL").then(|| "never:this".to_owned());
    let error = project
        .target(&Overrides::default(), &environment)
        .unwrap_err();
    assert_eq!(
        shown(&error),
        "no database URL for target `crm`\n\
         add `url = \"${DATABASE_URL}\"` to [targets.crm] in dapter.toml, or give --url"
    );
}

#[test]
fn unset_variables_are_named_with_their_place() {
    let config = "\
[targets.default]
url = 'mysql://u:${PW}@${HOST}/d'
directory = '${DIR}'
options = { label = '${LABEL}' }
[targets.other]
url = '${OTHER}'
";
    assert_eq!(
        target_error(config, &Overrides::default(), &nothing),
        "\
dapter.toml:2:7: environment variable `PW` is not set, and `targets.default.url` needs it
dapter.toml:2:7: environment variable `HOST` is not set, and `targets.default.url` needs it
dapter.toml:3:13: environment variable `DIR` is not set, and `targets.default.directory` needs it
dapter.toml:4:21: environment variable `LABEL` is not set, and `targets.default.options.label` needs it
set PW, or give a default: ${PW:-…}
set HOST, or give a default: ${HOST:-…}
set DIR, or give a default: ${DIR:-…}
set LABEL, or give a default: ${LABEL:-…}"
    );
}

#[test]
fn values_that_are_wrong_once_filled_in() {
    let environment = |name: &str| match name {
        "BAD" => Some(SECRET.to_owned()),
        "DAPTER_LOCK_WAIT" => Some("soon".to_owned()),
        _ => None,
    };
    assert_eq!(
        target_error(
            "[targets.a]\nurl='${BAD}'\ndirectory=''",
            &Overrides::default(),
            &environment
        ),
        "\
dapter.toml:2:5: the database URL has no scheme, so no adapter can be chosen
dapter.toml:3:11: the folder of the scripts is empty
environment variable DAPTER_LOCK_WAIT: `soon` is not a duration
a SQLite file is written sqlite:PATH; for example sqlite:app.db or postgresql://user@host/database
name a folder, or `.` for the one of dapter.toml
write a whole number and a unit: 500ms, 60s, 5m, 1h"
    );
    for port in ["0", "65536", "-1", "'${BAD}'"] {
        let config = format!("[targets.a]\nscheme='pg'\nport={port}");
        assert_eq!(
            target_error(&config, &Overrides::default(), &|name| environment(name)
                .filter(|_| name == "BAD")),
            "dapter.toml:3:6: this is no TCP port\nwrite a number from 1 to 65535"
        );
    }
}

#[test]
fn every_mistake_of_the_file_is_reported_at_its_place() {
    let config = "\
top = 1
[default]
[defaults]
directroy = 'x'
transaction = 'eech'
lock_wait = -5
plugin_path = 'hunter2'
[targets.a]
url = 'hunter2$'
password = 'hunter2'
modles = 'x'
[targets.b]
host = 'h'
directory = 7
[targets.b.options]
list = ['hunter2']
[targets]
c = 'hunter2'
";
    let config = config.replace(
        "[targets]\nc",
        "[targets.c]\nx.y = 1\n[targets.d]\nlock_wait = 1.5\noptions",
    );
    assert_eq!(
        mistakes(&config),
        "\
dapter.toml:1:1: unknown key `top`
dapter.toml:2:2: unknown key `default`
dapter.toml:4:1: unknown key `directroy` in `defaults`
dapter.toml:5:15: unknown transaction mode `eech`
dapter.toml:6:13: `-5` is not a duration
dapter.toml:7:15: `defaults.plugin_path` must be an array of strings, not of type string
dapter.toml:9:1: `targets.a` has both `url` and `password`
dapter.toml:9:7: a lone `$` has no meaning
dapter.toml:11:1: unknown key `modles` in `targets.a`
dapter.toml:12:10: `targets.b` has separate fields but no `scheme`
dapter.toml:14:13: `targets.b.directory` must be a string, not of type integer
dapter.toml:16:8: `targets.b.options.list` must be a string, an integer or a boolean, not of type array
dapter.toml:18:1: unknown key `x` in `targets.c`
dapter.toml:20:13: `targets.d.lock_wait` must be a string or a number of seconds, not of type float
dapter.toml:21:11: `targets.d.options` must be a table, not of type string
known here: defaults, hooks, isolation, plugins, targets, variables
did you mean `defaults`?
did you mean `directory`?
write `each`, `all` or `none`
write a whole number and a unit: 500ms, 60s, 5m, 1h
give either `url`, or scheme, host, port, user, password and database
write `$$` for a dollar sign, `${NAME}` for an environment variable
did you mean `models`?
add the scheme that chooses the adapter: scheme = \"postgresql\"
known here: database, destroy_data, directory, format, hooks, host, lock_timeout, lock_wait, models, options, password, port, scheme, statement_timeout, tenants, transaction, url, user, variables"
    );
}

#[test]
fn what_is_wanted_of_plugins_is_checked() {
    assert_eq!(
        mistakes(
            "\
[plugins]
'acme/oracle' = '^1.2'
'acme/mysql' = { version = 'latest', schemes = ['mysql'] }
'other/mysql' = { schemes = ['MySQL'], isolate = true }
oracle = 3
"
        ),
        "\
dapter.toml:3:28: `latest` is neither a version nor a requirement
dapter.toml:4:17: `plugins.other/mysql` serves `mysql`, and so does `acme/mysql` (dapter.toml:3)
dapter.toml:4:40: unknown key `isolate` in `plugins.other/mysql`
dapter.toml:5:1: `oracle` is no plugin id
write a version as in 1.4.0, or a requirement as in ^1.2
let one of them serve it
known here: schemes, version
write PUBLISHER/NAME, each of lower-case letters, digits and `-`, at most 40 of them, a letter first"
    );
}

#[test]
fn syntax_errors_have_their_place_and_no_snippet() {
    for (config, place) in [
        ("[targets.a]\npassword = hunter2\n", "dapter.toml:2:"),
        (
            "[targets.a]\nx = 'é', password = 'hunter2'\n",
            "dapter.toml:2:8: ",
        ),
        ("a = 1\na = 'hunter2'\n", "dapter.toml:2:1: "),
        ("[targets.a\nurl = 'hunter2'", "dapter.toml:1:"),
        ("url = \"hunter2", "dapter.toml:1:"),
    ] {
        let text = mistakes(config);
        assert!(text.starts_with(place), "{text}");
    }
    assert!(mistakes("\u{feff}top = 1").starts_with("dapter.toml:1:1: unknown key `top`"));
    assert!(
        mistakes("[targets]\r\n\r\ntop = 1")
            .starts_with("dapter.toml:3:7: `targets.top` must be a table")
    );
    let huge = "[targets.a.options]\nx = 99999999999999999999\n";
    assert!(
        mistakes(huge).starts_with("dapter.toml:2:5: "),
        "{}",
        mistakes(huge)
    );
}

#[test]
fn files_that_cannot_be_read() {
    let folder = TempDir::new().unwrap();
    let error = Project::open(Path::new("gone.toml"), folder.path()).unwrap_err();
    assert_eq!(
        shown(&error),
        "could not read `gone.toml`\ncheck the path; `gone.toml` does not exist"
    );
    fs::write(folder.path().join(CONFIG_FILE_NAME), b"\xff").unwrap();
    let error = Project::discover(folder.path()).unwrap_err();
    assert_eq!(
        shown(&error),
        "could not read `dapter.toml`\nsave the file as UTF-8"
    );
    let error = Project::open(Path::new("."), folder.path()).unwrap_err();
    assert!(shown(&error).starts_with("could not read `"));
    assert!(error.problems().is_empty());
}

#[test]
fn problems_carry_place_and_hint_apart() {
    let folder = folder("[defaults]\ndirectory = 1\nurl = 'x'\n");
    let error = Project::discover(folder.path()).unwrap_err();
    let [first, second] = error.problems() else {
        panic!("{error}");
    };
    assert_eq!(
        first.to_string(),
        "dapter.toml:2:13: `defaults.directory` must be a string, not of type integer"
    );
    assert_eq!(first.hint, None);
    assert_eq!(
        second.hint.as_deref(),
        Some(
            "known here: destroy_data, directory, format, lock_timeout, lock_wait, models, plugin_path, statement_timeout, transaction"
        )
    );
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_panic(
        lines in prop::collection::vec(
            r#"(\[(targets|defaults)(\.[a-zé]{1,3})?\]|(url|port|options|directory|lock_wait|targets\.a\.host) ?= ?("[$\{A-Z\}é\\]{0,6}"|[0-9_x.]{1,4}|\[1, ?\]|\{ ?a = true \})|.{0,8})"#,
            0..8,
        ),
    ) {
        let folder = folder(&lines.join("\n"));
        if let Ok(project) = Project::discover(folder.path()) {
            let _ = project.target(&Overrides::default(), &nothing);
        }
    }
}
