//! docs/lint.md lists the very rules of the adapters. `DAPTER_UPDATE_DOCS=1` writes it anew.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use dapter_mysql::MysqlAdapter;
use dapter_plugin_api::LintRule;
use dapter_plugin_api::abi::{Adapter, block_on};
use dapter_postgres::PostgresAdapter;
use dapter_sqlite::SqliteAdapter;

/// What stands above the rules.
const BEGINNING: &str = include_str!("lint_rules/beginning.md");

fn rules(adapter: &Adapter) -> Vec<LintRule> {
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
    let sqlite = block_on(Adapter::linked_sync::<SqliteAdapter>()).expect("linked");
    let postgresql = block_on(Adapter::linked_async::<PostgresAdapter>()).expect("linked");
    let mysql = block_on(Adapter::linked_async::<MysqlAdapter>()).expect("linked");
    let mut text = BEGINNING.to_owned();
    for (name, adapter) in [
        ("PostgreSQL", postgresql),
        ("MySQL and MariaDB", mysql),
        ("SQLite", sqlite),
    ] {
        text.push_str(&section(name, &rules(&adapter)));
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
