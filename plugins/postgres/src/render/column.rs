//! Columns in `CREATE TABLE` and `ADD COLUMN`.

use super::name::{full, name, text, text_or_null};
use super::{Script, numbering, object};
use dapter_plugin_api::ObjectName;
use dapter_plugin_api::schema::{Column, IdentityKind};

/// A column as it is defined, `PRIMARY KEY` too if it is that by itself.
pub(super) fn definition(column: &Column, key: Option<&str>) -> String {
    let mut line = name(&column.name);
    line.push(' ');
    let serial = numbering::serial_word(column);
    line.push_str(serial.unwrap_or(&column.data_type));
    line.push_str(&qualities(column));
    let is_key = key == Some(column.name.as_str());
    if is_key {
        line.push_str(" PRIMARY KEY");
    }
    let implied = is_key || column.identity.is_some();
    if column.not_null && !implied {
        line.push_str(" NOT NULL");
    }
    line
}

/// What stands behind the type, but not whether there is always a value.
pub(super) fn qualities(column: &Column) -> String {
    let mut line = String::new();
    if !column.collation.is_empty() {
        line.push_str(&format!(" COLLATE {}", column.collation));
    }
    if let Some(default) = &column.default {
        line.push_str(&format!(" DEFAULT {default}"));
    }
    if let Some(identity) = &column.identity
        && identity.kind != IdentityKind::Serial
    {
        line.push(' ');
        line.push_str(&numbering::generated(column, identity));
    }
    if let Some(generated) = &column.generated {
        let kept = if generated.stored {
            "STORED"
        } else {
            "VIRTUAL"
        };
        line.push_str(&format!(
            " GENERATED ALWAYS AS ({}) {kept}",
            generated.expression
        ));
    }
    line
}

/// Writes what makes an option another, by what it was and what it is to be.
type Write<'w> = dyn Fn(Option<&str>, Option<&str>) -> Option<String> + 'w;

/// What `ALTER COLUMN` says of a column beyond its definition, where it was another: actions of `ALTER TABLE`.
pub(super) fn actions(before: Option<&Column>, after: &Column) -> Vec<String> {
    let column = name(&after.name);
    let mut actions = Vec::new();
    let mut option = |word: &str, write: &Write<'_>| {
        let old = before.and_then(|before| before.options.get(word));
        let new = after.options.get(word);
        if old != new
            && let Some(action) = write(old.map(String::as_str), new.map(String::as_str))
        {
            actions.push(format!("ALTER COLUMN {column} {action}"));
        }
    };
    option("storage", &|_, new| {
        let usual = match after.data_type.starts_with("numeric") {
            true => "main",
            false => "extended",
        };
        Some(format!(
            "SET STORAGE {}",
            new.unwrap_or(usual).to_uppercase()
        ))
    });
    option("compression", &|_, new| {
        Some(format!("SET COMPRESSION {}", new.unwrap_or("default")))
    });
    option("statistics", &|_, new| {
        Some(format!("SET STATISTICS {}", new.unwrap_or("-1")))
    });
    option("parameters", &|old, _| {
        let names = old?.split(", ").filter_map(|it| it.split('=').next());
        let names: Vec<&str> = names.collect();
        Some(format!("RESET ({})", names.join(", ")))
    });
    option("parameters", &|_, new| Some(format!("SET ({})", new?)));
    actions
}

/// Statements about a column and its sequence, where what they say was another.
pub(super) fn remarks(
    script: &mut Script<'_>,
    table: &ObjectName,
    before: Option<&Column>,
    after: &Column,
) {
    let old = before.map_or("", |before| before.comment.as_str());
    if old != after.comment {
        script.put(format!(
            "COMMENT ON COLUMN {}.{} IS {}",
            full(table),
            name(&after.name),
            text_or_null(&after.comment)
        ));
    }
    if after.identity.is_none() {
        return;
    }
    let before = before.filter(|before| before.identity.is_some());
    let sequence = numbering::sequence(table, after);
    let said = |column: &Column, option: &str| column.options.get(option).cloned();
    let old = before.and_then(|before| said(before, "sequence comment"));
    let new = said(after, "sequence comment");
    if old != new {
        let new = new.map_or_else(|| "NULL".to_owned(), |new| text(&new));
        script.put(format!("COMMENT ON SEQUENCE {sequence} IS {new}"));
    }
    let grants = |column: &Column| -> Vec<String> {
        let line = said(column, "sequence grants").unwrap_or_default();
        let grants = line.split("; ").filter(|grant| !grant.is_empty());
        grants.map(str::to_owned).collect()
    };
    let old = before.map(grants).unwrap_or_default();
    object::regrant(
        script,
        &format!("SEQUENCE {sequence}"),
        &old,
        &grants(after),
    );
}
