//! Keys, indexes, foreign keys and checks.

use super::names::{list, name, object, text};
use super::refusal::cannot;
use super::suspend::State;
use dapter_plugin_api::schema::{
    Check, Deferral, ForeignKey, Index, IndexPart, Key, ReferentialAction,
};
use dapter_plugin_api::{Result, SchemaObject};
use std::collections::BTreeMap;

/// `PRIMARY KEY (…)`.
pub(super) fn primary_key(of: &SchemaObject, key: &Key) -> Result<String> {
    refuse_of_key(of, key)?;
    let mut written = format!("PRIMARY KEY ({})", parts(of, &key.columns)?);
    add_rest(&mut written, &key.comment, &key.options);
    Ok(written)
}

/// A unique constraint, which is an index here.
pub(super) fn unique(of: &SchemaObject, key: &Key) -> Result<String> {
    refuse_of_key(of, key)?;
    index(
        of,
        &Index {
            name: key.name.clone(),
            columns: key.columns.clone(),
            unique: true,
            comment: key.comment.clone(),
            options: key.options.clone(),
            ..Index::default()
        },
    )
}

fn refuse_of_key(of: &SchemaObject, key: &Key) -> Result<()> {
    if !key.include.is_empty() {
        return Err(cannot(of, "columns that an index holds besides"));
    }
    refuse_deferral(of, key.deferral)
}

fn refuse_deferral(of: &SchemaObject, deferral: Deferral) -> Result<()> {
    match deferral {
        Deferral::NotDeferrable => Ok(()),
        Deferral::Immediate | Deferral::Deferred => Err(cannot(of, "deferrable constraints")),
    }
}

/// `INDEX name (…)`.
pub(super) fn index(of: &SchemaObject, index: &Index) -> Result<String> {
    if index.predicate.is_some() {
        return Err(cannot(of, "indexes of some rows"));
    }
    if !index.include.is_empty() {
        return Err(cannot(of, "columns that an index holds besides"));
    }
    let (kind, using) = match index.method.as_str() {
        "fulltext" => ("FULLTEXT INDEX", None),
        "spatial" => ("SPATIAL INDEX", None),
        method if index.unique => ("UNIQUE INDEX", Some(method)),
        method => ("INDEX", Some(method)),
    };
    let called = match index.name.as_str() {
        "" => String::new(),
        called => format!(" {}", name(called)),
    };
    let mut columns = parts(of, &index.columns)?;
    if let Some(period) = index.options.get("without overlaps") {
        columns.push_str(&format!(", {} WITHOUT OVERLAPS", name(period)));
    }
    let mut written = format!("{kind}{called} ({columns})");
    if let Some(method) = using.filter(|method| !method.is_empty()) {
        written.push_str(&format!(" USING {}", method.to_ascii_uppercase()));
    }
    add_rest(&mut written, &index.comment, &index.options);
    Ok(written)
}

fn add_rest(written: &mut String, comment: &str, options: &BTreeMap<String, String>) {
    for (option, value) in options
        .iter()
        .filter(|(option, _)| *option != "without overlaps")
    {
        let value = match option.as_str() {
            "with parser" => name(value),
            _ => value.clone(),
        };
        written.push_str(format!(" {} {value}", option.to_ascii_uppercase()).trim_end());
    }
    if !comment.is_empty() {
        written.push_str(&format!(" COMMENT {}", text(comment)));
    }
}

fn parts(of: &SchemaObject, parts: &[IndexPart]) -> Result<String> {
    let mut written = Vec::new();
    for part in parts {
        if part.nulls_first.is_some()
            || !part.operator_class.is_empty()
            || !part.collation.is_empty()
        {
            return Err(cannot(of, "indexes with an order of their own"));
        }
        let mut text = match part.expression.as_str() {
            "" => name(&part.column),
            expression => format!("({expression})"),
        };
        if let Some(length) = part.length {
            text.push_str(&format!("({length})"));
        }
        if part.descending {
            text.push_str(" DESC");
        }
        written.push(text);
    }
    Ok(written.join(", "))
}

/// `CONSTRAINT name FOREIGN KEY (…) REFERENCES …`; the schema tells the primary key where that is what is referred to.
pub(super) fn foreign_key(
    of: &SchemaObject,
    key: &ForeignKey,
    known: &State<'_>,
) -> Result<String> {
    refuse_deferral(of, key.deferral)?;
    if key.not_valid {
        return Err(cannot(of, "foreign keys that rows may violate"));
    }
    if !key.on_delete_columns.is_empty() {
        return Err(cannot(of, "foreign keys that set some of their columns"));
    }
    let mut references = key.references.clone();
    if references.is_empty() {
        let other = match of.name == key.table {
            true => Some(of),
            false => known.get(&key.table),
        };
        let primary = other
            .and_then(SchemaObject::as_table)
            .and_then(|table| table.primary_key.as_ref());
        let columns = primary.map(|key| key.columns.iter().map(|part| part.column.clone()));
        references = columns.map(Iterator::collect).unwrap_or_default();
    }
    if references.is_empty() {
        return Err(cannot(
            of,
            "foreign keys without the columns that they refer to",
        ));
    }
    let mut written = format!(
        "{}FOREIGN KEY ({}) REFERENCES {} ({})",
        named(&key.name),
        list(&key.columns),
        object(&key.table),
        list(&references)
    );
    if !key.match_type.is_empty() {
        written.push_str(&format!(" MATCH {}", key.match_type));
    }
    for (when, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if action != ReferentialAction::NoAction {
            written.push_str(&format!(" ON {when} {}", action.sql()));
        }
    }
    Ok(written)
}

/// `CONSTRAINT name CHECK (…)`.
pub(super) fn check(of: &SchemaObject, check: &Check) -> Result<String> {
    if check.not_valid {
        return Err(cannot(of, "checks that rows may violate"));
    }
    let mut written = format!("{}CHECK ({})", named(&check.name), check.expression);
    for (option, value) in &check.options {
        written.push_str(format!(" {} {value}", option.to_ascii_uppercase()).trim_end());
    }
    Ok(written)
}

fn named(called: &str) -> String {
    match called {
        "" => String::new(),
        called => format!("CONSTRAINT {} ", name(called)),
    }
}
