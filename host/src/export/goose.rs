//! Sections as goose wants them.

use super::script::{Outgoing, Section};

/// A file of goose. Where goose would end a statement too early, the statement is marked as one.
pub(super) fn text(script: &Outgoing) -> String {
    let mut text = String::new();
    if script.is_alone() {
        text.push_str("-- +goose NO TRANSACTION\n");
    }
    text.push_str("-- +goose Up\n");
    text.push_str(&marked(&script.upgrade));
    if let Some(downgrade) = &script.downgrade {
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
        text.push_str("-- +goose Down\n");
        text.push_str(&marked(downgrade));
    }
    text
}

fn marked(section: &Section) -> String {
    let mut text = String::new();
    let mut rest = section.text.as_str();
    for statement in &section.statements {
        let Some(at) = rest.find(statement.as_str()) else {
            continue;
        };
        let (before, found) = rest.split_at(at);
        text.push_str(before);
        let (statement, after) = found.split_at(statement.len());
        let after_semicolon = after.trim_start().strip_prefix(';');
        // goose ends a statement at a line that ends in a semicolon, and only there.
        if statement.contains(';') {
            let statement = statement.trim_end().trim_end_matches(';');
            text.push_str(&format!(
                "-- +goose StatementBegin\n{statement};\n-- +goose StatementEnd\n"
            ));
            let after = after_semicolon.unwrap_or(after);
            let line_end = after.strip_prefix("\r\n").or(after.strip_prefix('\n'));
            rest = line_end.unwrap_or(after);
        } else {
            text.push_str(&format!("{statement};"));
            rest = after_semicolon.unwrap_or(after);
        }
    }
    text.push_str(rest);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
