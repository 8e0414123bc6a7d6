//! What programs read is what `docs/schemas/output.json` says, of every command.

use std::collections::BTreeSet;

use dapter_e2e::Sandbox;
use jsonschema::Validator;
use serde_json::{Value, json};

/// Commands and the schema of what each prints.
const COMMANDS: &[(&str, &str)] = &[
    ("init", "init --dry-run"),
    ("create", "create \"Add c\" --rev-id c1 --dry-run"),
    ("create", "create \"Add c\" --rev-id c1"),
    (
        "create",
        "create \"Add d\" --rev-id d1 --head b1 --splice --branch-label x",
    ),
    ("heads", "heads"),
    ("branches", "branches"),
    ("merge", "merge c1 d1 --dry-run"),
    ("rebase", "rebase d1 --onto c1 --dry-run"),
    ("rebase", "rebase d1 --onto c1 --offline"),
    ("edit", "edit d1"),
    ("show", "show b1"),
    ("plan", "plan c1 --save plan.json"),
    ("upgrade", "upgrade a1 --dry-run"),
    ("upgrade", "upgrade a1 --sql"),
    ("error", "upgrade zz"),
    ("error", "no-such-command"),
    ("upgrade", "upgrade a1 --backup"),
    ("error", "apply plan.json"),
    ("plan", "plan c1 --save plan.json"),
    ("apply", "apply plan.json --dry-run"),
    ("apply", "apply plan.json"),
    ("current", "current"),
    ("history", "history"),
    ("history", "history --offline"),
    ("status", "status"),
    ("check", "check"),
    ("lint", "lint"),
    ("lint", "lint --rules"),
    ("lint", "lint --trace"),
    ("stamp", "stamp d1"),
    ("stamp", "stamp --sql a1:d1"),
    ("downgrade", "downgrade --sql b1:base"),
    ("create", "create \"Views\" --repeatable views --dry-run"),
    ("inspect", "inspect"),
    ("diff", "diff d1 models --models models.sql"),
    ("diff", "diff database database"),
    ("verify", "verify"),
    ("squash", "squash --dry-run"),
    ("export", "export dbmate --to dbmate"),
    (
        "adopt",
        "adopt dbmate --from dbmate --directory adopted --offline --dry-run",
    ),
    ("baseline", "baseline a1 --url sqlite:other.db --dry-run"),
    ("repair", "repair"),
    ("unlock", "unlock"),
    ("error", "downgrade base"),
    ("downgrade", "downgrade base --yes"),
    ("plugin_list", "plugin list"),
    ("plugin_info", "plugin info sqlite"),
    ("plugin_verify", "plugin verify sqlite"),
    ("plugin_doctor", "plugin doctor"),
    ("plugin_key", "plugin key signing.key"),
    (
        "plugin_sign",
        "plugin sign hostile.so --key signing.key --id acme/hostile",
    ),
    (
        "plugin_sign",
        "plugin sign shop/hostile.so --key signing.key --id acme/hostile",
    ),
    ("plugin_index", "plugin index shop --key signing.key"),
    ("plugin_trust", "plugin trust add acme signing.key.pub"),
    ("plugin_install", "plugin install hostile.so"),
    ("plugin_update", "plugin update"),
    ("plugin_lock", "plugin lock acme/hostile"),
    ("plugin_list", "plugin list"),
    ("plugin_search", "plugin search hostile"),
    ("plugin_source", "plugin source list"),
    (
        "error",
        "plugin source add shop nowhere --key signing.key.pub",
    ),
    ("plugin_trust", "plugin trust revoke acme"),
    ("plugin_verify", "plugin verify acme/hostile"),
    ("plugin_remove", "plugin remove acme/hostile --force"),
    ("plugin_new", "plugin new notebook --dry-run"),
    ("doctor", "doctor"),
    ("completions", "completions bash"),
    ("man", "man pages"),
];

const MODELS: &str =
    "CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, n INT DEFAULT 1 CHECK (n > 0), \
     m AS (n + 1), a REFERENCES a ON DELETE CASCADE, UNIQUE (n, m));
     CREATE INDEX i ON b (n, lower(m) DESC) WHERE n > 1;
     CREATE VIEW v AS SELECT n FROM b;";

/// The schemas, as strict as they are true today: a member that none of them names is not documented.
pub(super) fn schemas() -> Value {
    let text = include_str!("../../../../docs/schemas/output.json");
    let mut schemas: Value = serde_json::from_str(text).expect("it is JSON");
    forbid_more(&mut schemas);
    schemas
}

fn forbid_more(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.contains_key("properties") {
                members
                    .entry("additionalProperties")
                    .or_insert(json!(false));
            }
            members.values_mut().for_each(forbid_more);
        }
        Value::Array(items) => items.iter_mut().for_each(forbid_more),
        _ => {}
    }
}

fn validator(schemas: &Value, name: &str) -> Validator {
    let definitions = &schemas["$defs"];
    assert!(definitions.get(name).is_some(), "{name} has no schema");
    let schema = json!({"$ref": format!("#/$defs/{name}"), "$defs": definitions});
    jsonschema::validator_for(&schema).expect("a schema")
}

pub(super) fn hold(schemas: &Value, name: &str, document: &Value, line: &str) {
    let validator = validator(schemas, name);
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path))
        .collect();
    assert!(errors.is_empty(), "{line}: {errors:#?}\n{document:#}");
}

fn two() -> Sandbox {
    Sandbox::with_scripts(&[
        ("a1", "CREATE TABLE a (id INTEGER);", "DROP TABLE a;"),
        ("a1->b1", "CREATE TABLE b (id INTEGER);", "DROP TABLE b;"),
    ])
}

#[test]
fn every_command_prints_what_its_schema_says() {
    let (sandbox, schemas) = (two(), schemas());
    sandbox.write("models.sql", MODELS);
    for file in ["hostile.so", "shop/hostile.so"] {
        sandbox.write(file, super::plugin_files::library());
    }
    for (name, line) in COMMANDS {
        let output = sandbox.dapter(&format!("EDITOR=true dapter --json {line}"));
        let document = serde_json::from_slice(&output.stdout).expect(line);
        hold(&schemas, name, &document, line);
    }
    let saved = serde_json::from_str(&sandbox.read("plan.json")).expect("a plan");
    hold(&schemas, "saved_plan", &saved, "plan --save");
}

#[test]
fn every_command_has_a_schema() {
    let help = two().dapter("dapter --help").stdout;
    let help = String::from_utf8(help).expect("text");
    let listed = help.split("Commands:\n").nth(1).expect("commands");
    let listed = listed.split("\n\n").next().unwrap_or_default();
    let listed: BTreeSet<&str> = listed
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let held: BTreeSet<&str> = COMMANDS
        .iter()
        .filter(|(name, _)| *name != "error")
        .map(|(name, _)| name.split('_').next().unwrap_or(name))
        .collect();
    assert_eq!(listed, held);
}

#[test]
fn what_is_half_done_is_what_the_schemas_say() {
    let (sandbox, schemas) = (two(), schemas());
    sandbox.edit(
        "migrations/versions/b1.sql",
        "CREATE TABLE b (id INTEGER);",
        "CREATE TABLE b (id INTEGER);\nCREATE TABLE (id);",
    );
    for (name, line) in [
        ("error", "upgrade --transaction none"),
        ("status", "status"),
        ("repair", "repair"),
        ("doctor", "doctor"),
        ("repair", "repair b1 --statements 0"),
    ] {
        let output = sandbox.dapter(&format!("dapter --json {line}"));
        let document = serde_json::from_slice(&output.stdout).expect(line);
        hold(&schemas, name, &document, line);
    }
    sandbox.script("zz->c1", "", "");
    let output = sandbox.dapter("dapter --json upgrade");
    let document = serde_json::from_slice(&output.stdout).expect("a document");
    hold(&schemas, "error", &document, "upgrade");
}

#[test]
fn lines_of_many_databases_and_of_the_log_are_what_their_schemas_say() {
    let (sandbox, schemas) = (two(), schemas());
    sandbox.write(
        "dapter.toml",
        "[targets.a]\nurl = \"sqlite:a.db\"\n[targets.b]\nurl = \"sqlite:missing/b.db\"\n",
    );
    for (command, name) in [
        ("upgrade", "upgrade"),
        ("current", "current"),
        ("status", "status"),
        ("history", "history"),
        ("repair", "repair"),
        ("stamp a1", "stamp"),
    ] {
        let line = format!("dapter --json --log-format json {command} --all");
        let output = sandbox.dapter(&line);
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(text.lines().count() >= 3, "{text}");
        for printed in text.lines() {
            let document: Value = serde_json::from_str(printed).expect(&line);
            hold(&schemas, "fleet_line", &document, &line);
            match document["event"].as_str() {
                Some("finished") => hold(&schemas, name, &document, &line),
                Some("failed") => hold(&schemas, "error", &document, &line),
                _ => {}
            }
        }
        let log = String::from_utf8(output.stderr).expect("text");
        assert!(log.contains("\"event\":\"error\""), "{log}");
        for printed in log.lines() {
            let document = serde_json::from_str(printed).expect(&line);
            hold(&schemas, "log_line", &document, &line);
        }
    }
}
