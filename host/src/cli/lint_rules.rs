//! `dapter lint --rules`.

use std::fmt::Write;

use dapter::Migrator;
use serde_json::json;

use super::output::{Failure, Output};

pub(super) fn run(migrator: &Migrator, output: &Output) -> Result<(), Failure> {
    let rules = migrator.lint_rules()?;
    let mut text = String::new();
    for rule in &rules {
        let destroys = match rule.destroys_data {
            true => ", destroys data",
            false => "",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{}  {}{destroys}: {}",
            rule.code,
            rule.severity.name(),
            rule.title
        );
        let _ = writeln!(text, "       why      {}", rule.reason);
        let _ = writeln!(text, "       instead  {}", rule.advice);
        let _ = writeln!(text, "       source   {}\n", rule.source);
    }
    output.result(&json!({ "rules": rules }), &text)
}
