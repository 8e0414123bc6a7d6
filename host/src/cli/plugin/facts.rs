//! What the tables of a plugin's file say, for people and for programs.

use std::fmt::Write;

use dapter::plugin::Facts;
use serde_json::{Value, json};

/// How many names of exported symbols people are shown.
const SHOWN: usize = 3;

pub(super) fn describe_facts(text: &mut String, facts: &Facts) {
    let Facts {
        size,
        needs,
        glibc,
        further_exports,
        panics,
    } = facts;
    // Writing to a String cannot fail.
    let _ = writeln!(text, "size       {size} bytes");
    if !needs.is_empty() {
        let _ = writeln!(text, "needs      {}", needs.join(", "));
    }
    if let Some(glibc) = glibc {
        let _ = writeln!(text, "glibc      {glibc} or later");
    }
    if let Some(panics) = panics {
        let _ = writeln!(text, "panics     {}", panics.name());
    }
    if further_exports.count > 0 {
        let names = further_exports.names.iter().take(SHOWN);
        let names: Vec<&str> = names.map(String::as_str).collect();
        let more = match further_exports.count - names.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let _ = writeln!(
            text,
            "warning    it exports {}{more}, which other libraries may take for theirs",
            names.join(", ")
        );
    }
}

pub(super) fn facts_document(facts: &Facts) -> Value {
    json!({
        "size": facts.size,
        "needs": facts.needs,
        "glibc": facts.glibc.map(|glibc| glibc.to_string()),
        "panics": facts.panics.map(|panics| panics.name()),
        "further_exports": {
            "count": facts.further_exports.count,
            "names": facts.further_exports.names,
        },
    })
}
