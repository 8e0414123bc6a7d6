//! docs/lint.md lists the very rules of the adapters. `DAPTER_UPDATE_DOCS=1` writes it anew.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use dapter::plugin::{Catalog, Given, standard_places};
use dapter_e2e::build_program;
use dapter_plugin_api::LintRule;
use dapter_plugin_api::abi::block_on;

/// What stands above the rules.
const BEGINNING: &str = include_str!("lint_rules/beginning.md");

/// The rules of the adapter that serves a scheme: of the loaded library, since no program can link several.
fn rules(scheme: &str, plugin: &str) -> Vec<LintRule> {
    let file = format!("{DLL_PREFIX}{plugin}{DLL_SUFFIX}");
    let given = Given {
        files: vec![build_program().join(file)],
        ..Given::default()
    };
    let catalog = Catalog::scan(&standard_places(&given).expect("places"));
    let adapter = catalog
        .choose(scheme)
        .expect("it is there")
        .open()
        .expect("it loads");
    block_on(adapter.lint_rules()).expect("it lints")
}

fn section(name: &str, rules: &[LintRule]) -> String {
    let mut text = format!("\n## {name}\n");
    for rule in rules {
        let destroys = match rule.destroys_data {
            true => ", destroys data",
            false => "",
        };
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n**{}** ({}{destroys}): {}.\n\n- Why: {}.\n- Instead: {}.\n- Source: {}.\n",
            rule.code,
            rule.severity.name(),
            rule.title,
            rule.reason,
            rule.advice,
            rule.source
        );
    }
    text
}

#[test]
fn the_documentation_lists_the_rules() {
    let mut text = BEGINNING.to_owned();
    for (name, scheme, plugin) in [
        ("PostgreSQL", "postgresql", "dapter_postgres"),
        ("MySQL and MariaDB", "mysql", "dapter_mysql"),
        ("SQLite", "sqlite", "dapter_sqlite"),
    ] {
        text.push_str(&section(name, &rules(scheme, plugin)));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lint.md");
    if env::var_os("DAPTER_UPDATE_DOCS").is_some() {
        fs::write(&path, &text).expect("writes");
    }
    let written = fs::read_to_string(&path).expect("reads");
    assert!(
        written == text,
        "docs/lint.md is not what the rules say: run this test with DAPTER_UPDATE_DOCS=1"
    );
}
