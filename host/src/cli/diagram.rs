//! The graph in the languages of programs that draw.

use std::fmt::Write;

use dapter::HistoryEntry;

/// A flowchart of Mermaid, bases at the bottom: parents by lines, dependencies by dotted ones. Applied revisions are of
/// the class `applied`.
pub(super) fn mermaid(entries: &[HistoryEntry]) -> String {
    let mut text = "flowchart BT\n".to_owned();
    // Writing to a String cannot fail.
    for (number, entry) in entries.iter().enumerate() {
        let label = label(entry, "<br>").replace('"', "#quot;");
        let class = if is_applied(entry) { ":::applied" } else { "" };
        let _ = writeln!(text, "    r{number}[\"{label}\"]{class}");
    }
    for (from, to, kind) in edges(entries) {
        let arrow = match kind {
            Edge::Revises => "-->",
            Edge::DependsOn => "-.->",
        };
        let _ = writeln!(text, "    r{from} {arrow} r{to}");
    }
    if entries.iter().any(is_applied) {
        text.push_str("    classDef applied fill:#dfd,stroke:#393\n");
    }
    text
}

/// A digraph of Graphviz, bases at the bottom.
pub(super) fn dot(entries: &[HistoryEntry]) -> String {
    let mut text = "digraph revisions {\n    rankdir=BT\n    node [shape=box]\n".to_owned();
    for entry in entries {
        let label = quoted(&label(entry, "\n"));
        let style = match is_applied(entry) {
            true => ", style=filled, fillcolor=\"#ddffdd\"",
            false => "",
        };
        let id = quoted(entry.revision.as_str());
        let _ = writeln!(text, "    {id} [label={label}{style}]");
    }
    for (from, to, kind) in edges(entries) {
        let (from, to) = (
            entries[from].revision.as_str(),
            entries[to].revision.as_str(),
        );
        let style = match kind {
            Edge::Revises => "",
            Edge::DependsOn => " [style=dashed]",
        };
        let _ = writeln!(text, "    {} -> {}{style}", quoted(from), quoted(to));
    }
    text.push_str("}\n");
    text
}

#[derive(Clone, Copy)]
enum Edge {
    Revises,
    DependsOn,
}

/// From each parent and dependency to what needs it, as far as both are shown.
fn edges(entries: &[HistoryEntry]) -> Vec<(usize, usize, Edge)> {
    let mut places = std::collections::HashMap::new();
    for (place, entry) in entries.iter().enumerate() {
        places.insert(entry.revision.as_str(), place);
        for label in &entry.branch_labels {
            places.insert(label.as_str(), place);
        }
    }
    let mut edges = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let parents = entry.revises.iter().map(|id| (id.as_str(), Edge::Revises));
        let dependencies = entry
            .depends_on
            .iter()
            .map(|name| (name.as_str(), Edge::DependsOn));
        for (name, kind) in parents.chain(dependencies) {
            if let Some(&below) = places.get(name) {
                edges.push((below, place, kind));
            }
        }
    }
    edges
}

fn is_applied(entry: &HistoryEntry) -> bool {
    entry.state.is_some_and(|state| state != "pending")
}

fn label(entry: &HistoryEntry, line_end: &str) -> String {
    let mut label = format!("{}{line_end}{}", entry.revision, entry.message);
    for branch in &entry.branch_labels {
        label.push_str(&format!("{line_end}branch {branch}"));
    }
    label
}

fn quoted(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    format!("\"{escaped}\"")
}
