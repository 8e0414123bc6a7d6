//! Columns.

use super::catalog::ColumnRow;
use super::qualified::without_database;
use crate::server::Product;
use dapter_plugin_api::schema::{Column, Generated, Identity, IdentityKind};
use dapter_plugin_api::sql::{self, Lexer, Rules, Token, TokenKind};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What a column's text needs to be understood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) product: Product,
    /// The database that names are without.
    pub(super) database: &'a str,
    /// How the table's texts are compared.
    pub(super) collation: &'a str,
}

/// A column; a check of its own that MariaDB's `json` has is no part of it.
pub(super) fn column(row: ColumnRow, reading: Reading<'_>) -> Column {
    let mut options = BTreeMap::new();
    let mut data_type = of_usual_width(&row.data_type);
    if let Some((plain, compressed)) = data_type.split_once(" /*M!100301 ") {
        let how = compressed
            .trim_end_matches("*/")
            .trim_start_matches("COMPRESSED");
        options.insert("compressed".to_owned(), how.to_owned());
        data_type = plain.to_owned();
    }
    let mut extra = row.extra.replace(',', " ");
    let mut says = |words: &str| take(&mut extra, words);
    let expression = match reading.product {
        Product::MySql => bare(&unescaped(&row.expression)),
        Product::MariaDb => without_database(&row.expression, reading.database),
    };
    let (stored, virtual_) = (says("STORED GENERATED"), says("VIRTUAL GENERATED"));
    let of_period = matches!(expression.as_str(), "ROW START" | "ROW END");
    if of_period {
        let which = expression.to_ascii_lowercase();
        options.insert("generated always as".to_owned(), which);
    }
    let generated =
        (!of_period && (stored || virtual_)).then_some(Generated { expression, stored });
    let numbered = says("auto_increment");
    let computed = says("DEFAULT_GENERATED");
    for option in ["invisible", "without system versioning"] {
        if says(&option.to_ascii_uppercase()) {
            options.insert(option.to_owned(), String::new());
        }
    }
    if let Some(at) = extra.to_ascii_lowercase().find("on update ") {
        let said = extra.split_off(at);
        let mut words = said["on update ".len()..].splitn(2, ' ');
        let now = words.next().unwrap_or_default().to_owned();
        extra.push_str(words.next().unwrap_or_default());
        options.insert("on update".to_owned(), now);
    }
    // Whatever newer servers say.
    let rest = extra.trim().to_ascii_lowercase();
    if !rest.is_empty() {
        options.insert(rest, String::new());
    }
    if let Some(system) = row.reference_system {
        options.insert("srid".to_owned(), system.to_string());
    }
    let default = row.default.filter(|_| generated.is_none() && !of_period);
    let default = default.and_then(|text| match reading.product {
        Product::MySql => Some(default_of_mysql(&text, computed, &data_type)),
        Product::MariaDb if text == "NULL" => None,
        Product::MariaDb => Some(without_database(&text, reading.database)),
    });
    Column {
        name: row.name,
        not_null: !row.nullable && !of_period,
        default,
        identity: numbered.then_some(Identity {
            kind: IdentityKind::AutoIncrement,
            sequence: None,
        }),
        generated,
        collation: match row.collation == reading.collation {
            true => String::new(),
            false => row.collation,
        },
        comment: row.comment,
        options,
        data_type,
    }
}

/// Takes these words out of a text, if they are there.
fn take(text: &mut String, words: &str) -> bool {
    let Some(at) = text.find(words) else {
        return false;
    };
    text.replace_range(at..at + words.len(), "");
    true
}

/// A type without the width that it has anyway: MariaDB writes `int(11)` for `int`. That of `tinyint(1)`, which stands for
/// a boolean, and widths that zeros fill stay.
fn of_usual_width(data_type: &str) -> String {
    const USUAL: &[(&str, &str)] = &[
        ("tinyint(4)", "tinyint"),
        ("tinyint(3) unsigned", "tinyint unsigned"),
        ("smallint(6)", "smallint"),
        ("smallint(5) unsigned", "smallint unsigned"),
        ("mediumint(9)", "mediumint"),
        ("mediumint(8) unsigned", "mediumint unsigned"),
        ("int(11)", "int"),
        ("int(10) unsigned", "int unsigned"),
        ("bigint(20)", "bigint"),
        ("bigint(20) unsigned", "bigint unsigned"),
        ("year(4)", "year"),
    ];
    let usual = USUAL.iter().find(|(wide, _)| *wide == data_type);
    usual.map_or(data_type, |(_, usual)| usual).to_owned()
}

/// MySQL tells the value of a literal, and the text of an expression.
fn default_of_mysql(text: &str, computed: bool, data_type: &str) -> String {
    if computed {
        let expression = unescaped(text);
        let now = expression.starts_with("CURRENT_TIMESTAMP");
        return match now || expression.starts_with('(') {
            true => expression,
            false => format!("({expression})"),
        };
    }
    let first = data_type.split(['(', ' ']).next().unwrap_or_default();
    let written_plainly = match first {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float"
        | "double" | "year" => text.parse::<f64>().is_ok(),
        "bit" => text.starts_with("b'"),
        "binary" | "varbinary" => text.starts_with("0x"),
        _ => false,
    };
    match written_plainly {
        true => text.to_owned(),
        false => sql::quote_string(text, &Rules::MYSQL),
    }
}

/// An expression as it is written: MySQL's catalog holds it as the inside of a string, whose bytes it takes for characters.
pub(super) fn unescaped(text: &str) -> String {
    let text = &of_bytes(text);
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let escaped = (character == '\\').then(|| characters.next()).flatten();
        plain.push(match escaped {
            None => character,
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('0') => '\0',
            Some('Z') => '\u{1a}',
            Some(other) => other,
        });
    }
    with_plain_signs(&plain)
}

/// An expression in which numbers below zero are written in one way: MySQL writes `-(5)` when something is made, and `-5` of
/// the same once a table was altered.
///
/// Source: tried with MySQL 9.7.4, a check of a column of type bigint.
fn with_plain_signs(text: &str) -> String {
    let tokens: Vec<Token> = Lexer::new(text, &Rules::MYSQL).collect();
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text(text));
    let is_number = |at: usize| {
        let token = tokens.get(at);
        token.is_some_and(|token| token.kind == TokenKind::Number)
    };
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    while at < tokens.len() {
        written.push_str(word(at));
        let is_signed = word(at) == "-" && word(at + 1) == "(" && is_number(at + 2);
        if is_signed && word(at + 3) == ")" {
            written.push_str(word(at + 2));
            at += 3;
        }
        at += 1;
    }
    written
}

/// The text whose bytes these characters are, if that is one.
///
/// Source: tried with MySQL 9.7.4, whose catalog tells "Größe" as "GrÃ¶Ã\u{9f}e" in expressions, and nowhere else.
fn of_bytes(text: &str) -> Cow<'_, str> {
    let bytes: Option<Vec<u8>> = text.chars().map(|it| u8::try_from(it).ok()).collect();
    let decoded = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// An expression without the parentheses around the whole of it.
pub(super) fn bare(expression: &str) -> String {
    let inside = expression
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let Some(inside) = inside else {
        return expression.to_owned();
    };
    let mut depth = 0_i32;
    for token in Lexer::new(inside, &Rules::MARIADB) {
        match token.text(inside) {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return expression.to_owned();
        }
    }
    inside.to_owned()
}

/// Whether values of a type are texts, which have a collation.
pub(crate) fn is_text(data_type: &str) -> bool {
    let data_type = data_type.to_ascii_lowercase();
    let first = data_type.split(['(', ' ']).next().unwrap_or_default();
    ["char", "varchar", "enum", "set"].contains(&first) || first.ends_with("text")
}
