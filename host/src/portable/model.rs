//! What a schema is like behind an operation, as far as operations tell.

use dapter_plugin_api::schema::{IndexPart, Key, Table};
use dapter_plugin_api::{ObjectName, Schema, SchemaObject, TablePart};

/// Puts a table into a schema, in the place of one of its name.
pub(super) fn put(schema: &mut Schema, table: SchemaObject) {
    schema
        .objects
        .retain(|object| object.kind != table.kind || object.name != table.name);
    schema.objects.push(table);
    schema.objects.sort();
}

/// Takes a table or a view out of a schema, with what hangs on it.
pub(super) fn take(schema: &mut Schema, name: &ObjectName) {
    schema.objects.retain(|object| {
        let kinds = [SchemaObject::TABLE, SchemaObject::VIEW];
        let is_it = kinds.contains(&object.kind.as_str()) && object.name == *name;
        !is_it && object.name.table().as_ref() != Some(name)
    });
}

/// What an adapter has to know to change a table: the table, what needs it, what it needs, and whose server it is.
pub(super) fn around(schema: &Schema, name: &ObjectName) -> Schema {
    let is_it = |object: &SchemaObject| object.kind == SchemaObject::TABLE && object.name == *name;
    let table = schema.objects.iter().find(|object| is_it(object));
    let refers = |object: &SchemaObject, to: &ObjectName| {
        let keys = object.as_table().map(|table| table.foreign_keys.as_slice());
        keys.unwrap_or_default().iter().any(|key| key.table == *to)
    };
    let matters = |object: &&SchemaObject| {
        is_it(object)
            || object.needs(SchemaObject::TABLE, name)
            || refers(object, name)
            || table.is_some_and(|table| {
                table.needs(&object.kind, &object.name) || refers(table, &object.name)
            })
    };
    Schema {
        product: schema.product.clone(),
        version: schema.version.clone(),
        settings: schema.settings.clone(),
        rules: schema.rules.clone(),
        objects: schema.objects.iter().filter(matters).cloned().collect(),
    }
}

/// Takes a part out of a table, or one of its name.
pub(super) fn take_part(table: &mut Table, part: &TablePart) {
    match part {
        TablePart::PrimaryKey(_) => table.primary_key = None,
        TablePart::Unique(key) => table.uniques.retain(|it| it != key),
        TablePart::ForeignKey(key) => table.foreign_keys.retain(|it| it != key),
        TablePart::Check(check) => table.checks.retain(|it| it != check),
        TablePart::Exclusion(exclusion) => table.exclusions.retain(|it| it != exclusion),
        TablePart::Index(index) => table.indexes.retain(|it| it != index),
    }
}

/// Puts a part into a table.
pub(super) fn put_part(table: &mut Table, part: TablePart) {
    match part {
        TablePart::PrimaryKey(key) => table.primary_key = Some(key),
        TablePart::Unique(key) => table.uniques.push(key),
        TablePart::ForeignKey(key) => table.foreign_keys.push(key),
        TablePart::Check(check) => table.checks.push(check),
        TablePart::Exclusion(exclusion) => table.exclusions.push(exclusion),
        TablePart::Index(index) => table.indexes.push(index),
    }
    table.sort();
}

/// The parts of a table that go with a column.
pub(super) fn parts_with(table: &Table, column: &str) -> Vec<TablePart> {
    let names = |parts: &[IndexPart]| parts.iter().any(|part| part.column == column);
    let of_key = |key: &&Key| names(&key.columns);
    let mut parts = Vec::new();
    let foreign = table.foreign_keys.iter();
    let foreign = foreign.filter(|key| key.columns.iter().any(|it| it == column));
    parts.extend(foreign.cloned().map(TablePart::ForeignKey));
    let indexes = table.indexes.iter().filter(|it| names(&it.columns));
    parts.extend(indexes.cloned().map(TablePart::Index));
    let uniques = table.uniques.iter().filter(of_key);
    parts.extend(uniques.cloned().map(TablePart::Unique));
    let primary = table.primary_key.iter().filter(of_key);
    parts.extend(primary.cloned().map(TablePart::PrimaryKey));
    parts
}

/// Every part of a table that has a name.
pub(super) fn named_parts(table: &Table) -> impl Iterator<Item = TablePart> + '_ {
    let keys = table.primary_key.iter().cloned().map(TablePart::PrimaryKey);
    let uniques = table.uniques.iter().cloned().map(TablePart::Unique);
    let foreign = table.foreign_keys.iter().cloned();
    let checks = table.checks.iter().cloned().map(TablePart::Check);
    let exclusions = table.exclusions.iter().cloned();
    keys.chain(uniques)
        .chain(foreign.map(TablePart::ForeignKey))
        .chain(checks)
        .chain(exclusions.map(TablePart::Exclusion))
}
