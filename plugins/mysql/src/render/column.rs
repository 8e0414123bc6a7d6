//! Columns as `CREATE TABLE` and `ALTER TABLE` write them.

use super::dialect::Dialect;
use super::names::{name, text};
use super::portable;
use dapter_plugin_api::schema::{Check, Column, IdentityKind, Table};
use dapter_plugin_api::sql::{Lexer, Rules, TokenKind};
use dapter_plugin_api::{Result, SchemaObject};

/// How a column of a table is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing<'a> {
    pub(super) object: &'a SchemaObject,
    /// The object as it was, if it is there.
    pub(super) before: Option<&'a SchemaObject>,
    pub(super) table: &'a Table,
    pub(super) dialect: Dialect,
}

/// A column's name and everything that is said of it, but that it is the primary key.
pub(super) fn definition(column: &Column, writing: Writing<'_>) -> Result<String> {
    Ok(format!(
        "{} {}",
        name(&column.name),
        described(column, writing)?
    ))
}

/// A column that is the primary key, which says that it has a value.
pub(super) fn primary(column: &Column, writing: Writing<'_>) -> Result<String> {
    let column = Column {
        not_null: false,
        ..column.clone()
    };
    let written = definition(&column, writing)?;
    let written = written.replacen(" NULL", "", usize::from(is_timestamp(&column.data_type)));
    let comment = written.find(" COMMENT ").unwrap_or(written.len());
    let (before, behind) = written.split_at(comment);
    Ok(format!("{before} PRIMARY KEY{behind}"))
}

fn is_timestamp(data_type: &str) -> bool {
    data_type.to_ascii_lowercase().starts_with("timestamp")
}

fn described(column: &Column, writing: Writing<'_>) -> Result<String> {
    let dialect = writing.dialect;
    let data_type = portable::data_type(&column.data_type, dialect);
    let mut said = vec![data_type.clone()];
    let option = |name: &str| column.options.get(name);
    if let Some(how) = option("compressed") {
        said.push(format!("COMPRESSED{how}"));
    }
    if !column.collation.is_empty() {
        said.push(format!("COLLATE {}", column.collation));
    }
    if let Some(generated) = &column.generated {
        let kind = if generated.stored {
            "STORED"
        } else {
            "VIRTUAL"
        };
        said.push(format!(
            "GENERATED ALWAYS AS ({}) {kind}",
            generated.expression
        ));
    }
    if let Some(of_period) = option("generated always as") {
        said.push(format!(
            "GENERATED ALWAYS AS {}",
            of_period.to_ascii_uppercase()
        ));
    }
    if column.not_null {
        said.push("NOT NULL".to_owned());
    } else if is_timestamp(&data_type)
        && option("generated always as").is_none()
        && column.generated.is_none()
    {
        // Older settings give it a value otherwise.
        said.push("NULL".to_owned());
    }
    if let Some(system) = option("srid") {
        said.push(format!("SRID {system}"));
    }
    if let Some(default) = &column.default {
        said.push(format!(
            "DEFAULT {}",
            default_text(default, &data_type, dialect)
        ));
    }
    if let Some(now) = option("on update") {
        said.push(format!("ON UPDATE {now}"));
    }
    if let Some(identity) = &column.identity {
        said.push(numbered(identity.kind).to_owned());
    }
    for (name, value) in &column.options {
        if !["compressed", "generated always as", "srid", "on update"].contains(&name.as_str()) {
            said.push(
                format!("{} {value}", name.to_ascii_uppercase())
                    .trim_end()
                    .to_owned(),
            );
        }
    }
    if !column.comment.is_empty() {
        said.push(format!("COMMENT {}", text(&column.comment)));
    }
    let own = |check: &&Check| check.column == column.name;
    let checks = writing.table.checks.iter().filter(own);
    said.extend(checks.map(|check| format!("CHECK ({})", check.expression)));
    Ok(said.join(" "))
}

/// There is one way to number rows here; the portable ones become it.
fn numbered(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::AutoIncrement
        | IdentityKind::Always
        | IdentityKind::ByDefault
        | IdentityKind::Serial => "AUTO_INCREMENT",
    }
}

/// MySQL wants parentheses around every expression but a literal and the present time; MariaDB around those with operators,
/// and writes them itself where it does.
fn default_text(written: &str, data_type: &str, dialect: Dialect) -> String {
    let written = match dialect.portable_types {
        true => portable::default(written, data_type),
        false => written.to_owned(),
    };
    let tokens: Vec<_> = Lexer::new(&written, &Rules::MYSQL)
        .filter(|token| !token.is_trivia())
        .collect();
    let first = tokens.first().map_or("", |token| token.text(&written));
    let literal = match tokens.as_slice() {
        [only] => {
            only.kind == TokenKind::String
                || only.kind == TokenKind::Number
                || only.kind == TokenKind::Word
        }
        [sign, number] => {
            ["-", "+"].contains(&sign.text(&written)) && number.kind == TokenKind::Number
        }
        _ => false,
    };
    let now = ["current_timestamp", "now", "localtimestamp"]
        .contains(&first.to_ascii_lowercase().as_str());
    let simple = literal || now || first == "(" || dialect.is_mariadb();
    // A number with a point is more than one token.
    let number = written.parse::<f64>().is_ok();
    match simple || number {
        true => written,
        false => format!("({written})"),
    }
}

/// Whether MySQL gives rows that are there no value of this default: it differs with every row, or with who asks.
///
/// Source: "Restrictions on Replication with Functions" and "Data Type Default Values" in MySQL's manual.
pub(super) fn differs_by_row(default: &str) -> bool {
    const FUNCTIONS: &[&str] = &[
        "uuid",
        "uuid_short",
        "rand",
        "random_bytes",
        "sysdate",
        "user",
        "current_user",
        "session_user",
        "system_user",
        "connection_id",
        "last_insert_id",
        "found_rows",
        "row_count",
        "version",
        "database",
        "schema",
    ];
    let words = Lexer::new(default, &Rules::MYSQL).filter(|token| token.kind == TokenKind::Word);
    let mut words = words.map(|token| token.text(default).to_ascii_lowercase());
    words.any(|word| FUNCTIONS.contains(&word.as_str()))
}
