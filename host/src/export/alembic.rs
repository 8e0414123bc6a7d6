//! Revisions for Alembic: programs that execute the statements as they are.

use super::script::{Outgoing, Section};
use crate::revision::{BranchLabel, RevisionId};

/// The longest id that Alembic's table can hold.
pub(super) const LONGEST_ID: usize = 32;

/// A revision of Alembic.
pub(super) fn text(script: &Outgoing) -> String {
    let revision = &script.revision;
    let parents: Vec<&str> = revision.revises.iter().map(RevisionId::as_str).collect();
    let labels: Vec<&str> = revision
        .branch_labels
        .iter()
        .map(BranchLabel::as_str)
        .collect();
    let depends_on: Vec<&str> = revision.depends_on.iter().map(String::as_str).collect();
    let message = revision.message.replace('\\', "\\\\").replace('"', "'");
    let created = script.created.as_deref().unwrap_or_default();
    let created = created.trim_end_matches('Z').replace('T', " ");
    let down = match &script.downgrade {
        Some(section) => body(section),
        None => "    raise NotImplementedError(\"there is no way back\")\n".to_owned(),
    };
    format!(
        "\"\"\"{message}\n\nRevision ID: {id}\nRevises: {revises}\nCreate Date: {created}\n\n\"\"\"\nfrom alembic import op\n\n\
         revision = {id_literal}\ndown_revision = {parents}\nbranch_labels = {labels}\ndepends_on = {depends_on}\n\n\n\
         def upgrade():\n{up}\n\ndef downgrade():\n{down}",
        id = revision.id,
        revises = parents.join(", "),
        id_literal = literal(revision.id.as_str()),
        parents = names(&parents),
        labels = names(&labels),
        depends_on = names(&depends_on),
        up = body(&script.upgrade),
    )
}

fn body(section: &Section) -> String {
    if section.statements.is_empty() {
        return "    pass\n".to_owned();
    }
    let indent = if section.alone { "        " } else { "    " };
    let mut text = match section.alone {
        true => "    with op.get_context().autocommit_block():\n".to_owned(),
        false => String::new(),
    };
    for statement in &section.statements {
        text.push_str(&format!(
            "{indent}op.execute({})\n",
            literal(&without_parameters(statement))
        ));
    }
    text
}

/// A statement whose colons SQLAlchemy does not take for the beginning of a parameter.
fn without_parameters(statement: &str) -> String {
    let mut text = String::with_capacity(statement.len());
    let mut before = ' ';
    let mut characters = statement.chars().peekable();
    while let Some(character) = characters.next() {
        let begins = characters
            .peek()
            .is_some_and(|next| next.is_alphanumeric() || *next == '_');
        if character == ':' && before != ':' && begins {
            text.push('\\');
        }
        text.push(character);
        before = character;
    }
    text
}

/// None, one name, or a tuple of them.
fn names(names: &[&str]) -> String {
    match names {
        [] => "None".to_owned(),
        [only] => literal(only),
        several => {
            let literals: Vec<String> = several.iter().map(|name| literal(name)).collect();
            format!("({})", literals.join(", "))
        }
    }
}

/// A text as Python writes it; what JSON escapes, Python reads alike.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
