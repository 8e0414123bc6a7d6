//! The script that a migration becomes.

use super::chain::Chained;
use super::tool::Tool;
use crate::revision::{Alias, BranchLabel, RevisionId};
use crate::script::{ScriptTransaction, file_name};

/// The name of the script's file.
pub(crate) fn script_name(link: &Chained<'_>, extension: &str) -> String {
    let revision = &link.revision;
    let created = link.migration.created.as_deref();
    let named = created
        .and_then(|created| file_name(created, revision.id.as_str(), &revision.message, extension));
    named.unwrap_or_else(|| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let plain = |c: char| if is_plain(c) { c } else { '_' };
        let name: String = link.migration.name.chars().map(plain).collect();
        format!("{}.{extension}", name.trim_start_matches('.'))
    })
}

/// The text of the script: a header, and the statements word for word.
pub(crate) fn script_text(link: &Chained<'_>, tool: Tool, comment: &str) -> String {
    let (migration, revision) = (link.migration, &link.revision);
    let mut text = String::new();
    let message = match crate::script::is_message(&revision.message) {
        true => revision.message.replace(['\n', '\r'], " "),
        false => migration.name.clone(),
    };
    text.push_str(&format!("{comment} {message}\n"));
    let mut header = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("{comment} dapter:{name:<10} {value}\n"));
        }
    };
    let listed = |names: Vec<&str>| names.join(", ");
    let revises = revision.revises.iter().map(RevisionId::as_str).collect();
    let labels = revision.branch_labels.iter().map(BranchLabel::as_str);
    let aliases = revision.aliases.iter().map(Alias::as_str).collect();
    header("revision", revision.id.as_str());
    header("revises", &listed(revises));
    header("branch", &listed(labels.collect()));
    header("depends-on", &revision.depends_on.join(", "));
    header("alias", &listed(aliases));
    header("created", migration.created.as_deref().unwrap_or_default());
    let up = migration.upgrade_transaction;
    let down = migration.downgrade_transaction;
    let is_said_once = up == down || migration.downgrade.is_none();
    if is_said_once && up == ScriptTransaction::None {
        header("transaction", "none");
    }
    if migration.downgrade.is_none() {
        header(
            "irreversible",
            &format!("\"{tool} has no way back from it\""),
        );
    }
    let marked = |transaction| match !is_said_once && transaction == ScriptTransaction::None {
        true => format!("{comment} dapter:transaction none\n"),
        false => String::new(),
    };
    let upgrade = format!("{}{}", marked(up), migration.upgrade);
    section(&mut text, comment, "upgrade", &upgrade);
    if let Some(downgrade) = &migration.downgrade {
        let downgrade = format!("{}{downgrade}", marked(down));
        section(&mut text, comment, "downgrade", &downgrade);
    }
    text
}

/// A section with an empty line before it.
fn section(text: &mut String, comment: &str, name: &str, body: &str) {
    text.push_str(&format!("\n{comment} dapter:{name}\n{body}"));
    if !body.is_empty() && !body.ends_with('\n') {
        text.push('\n');
    }
}
