//! The queries of the catalog, and their rows.

use super::cells::{ByTable, Cells, rows};
use crate::answer::ResultSet;
use crate::literal;
use crate::server::Product;
use crate::tables::{LOCK, LOG, REVISION};

/// All rows of the catalog about one database.
#[derive(Debug)]
pub(super) struct Catalog {
    /// The server's version.
    pub(super) version: String,
    /// What decides how it writes what it was told.
    pub(super) settings: String,
    /// Who looks: `user@host`.
    pub(super) user: String,
    pub(super) tables: Vec<TableRow>,
    pub(super) columns: ByTable<ColumnRow>,
    pub(super) indexes: ByTable<IndexRow>,
    pub(super) references: ByTable<ReferenceRow>,
    pub(super) rules: ByTable<RuleRow>,
    pub(super) checks: ByTable<CheckRow>,
    /// Kind and name of each.
    pub(super) routines: Vec<(String, String)>,
    pub(super) triggers: Vec<TriggerRow>,
    pub(super) events: Vec<EventRow>,
}

/// A table, a view or a sequence.
#[derive(Debug, Clone, Default)]
pub(super) struct TableRow {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) engine: String,
    pub(super) collation: String,
    pub(super) options: String,
    pub(super) comment: String,
}

#[derive(Debug, Clone, Default)]
pub(super) struct ColumnRow {
    pub(super) name: String,
    pub(super) place: u64,
    pub(super) default: Option<String>,
    pub(super) nullable: bool,
    pub(super) data_type: String,
    pub(super) collation: String,
    pub(super) extra: String,
    pub(super) comment: String,
    pub(super) expression: String,
    pub(super) reference_system: Option<u64>,
}

/// A part of an index.
#[derive(Debug, Clone, Default)]
pub(super) struct IndexRow {
    pub(super) name: String,
    pub(super) place: u64,
    pub(super) unique: bool,
    pub(super) column: String,
    pub(super) descending: bool,
    pub(super) length: Option<u64>,
    pub(super) method: String,
    pub(super) comment: String,
    /// Whether the optimizer does not look at it.
    pub(super) hidden: bool,
    pub(super) expression: String,
}

/// A column of a foreign key.
#[derive(Debug, Clone, Default)]
pub(super) struct ReferenceRow {
    pub(super) name: String,
    pub(super) place: u64,
    pub(super) column: String,
    pub(super) other_database: String,
    pub(super) other_table: String,
    pub(super) other_column: String,
}

/// What a foreign key does.
#[derive(Debug, Clone, Default)]
pub(super) struct RuleRow {
    pub(super) name: String,
    pub(super) match_type: String,
    pub(super) on_update: String,
    pub(super) on_delete: String,
}

#[derive(Debug, Clone, Default)]
pub(super) struct CheckRow {
    pub(super) name: String,
    pub(super) expression: String,
    pub(super) of_column: bool,
    pub(super) enforced: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct TriggerRow {
    pub(super) name: String,
    pub(super) table: String,
    pub(super) timing: String,
    pub(super) event: String,
    pub(super) order: u64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct EventRow {
    pub(super) name: String,
    /// Whether it starts when it was made or altered, which is so where nobody says when.
    pub(super) starts_at_once: bool,
}

/// The queries, in the order in which [`Catalog::read`] takes their answers.
pub(super) fn queries(database: &str, product: Product) -> Vec<String> {
    let database = literal::text(database);
    let own = [&REVISION, &LOG, &LOCK].map(|table| literal::text(table.name));
    let of_mysql = product == Product::MySql;
    let either = |mysql: &'static str, mariadb| if of_mysql { mysql } else { mariadb };
    let select = |what: &str, table: &str, schema: &str| {
        format!("SELECT {what} FROM information_schema.{table} WHERE {schema} = {database}")
    };
    let columns = format!(
        "table_name, column_name, ordinal_position, column_default, is_nullable, column_type, collation_name, extra, \
         column_comment, generation_expression, {}",
        either("srs_id", "NULL")
    );
    let indexes = format!(
        "table_name, index_name, seq_in_index, non_unique = 0, column_name, collation = 'D', sub_part, index_type, \
         index_comment, {}",
        either("is_visible = 'NO', expression", "ignored, NULL")
    );
    let checks = match product {
        Product::MySql => format!(
            "SELECT t.table_name, c.constraint_name, c.check_clause, 0, t.enforced \
             FROM information_schema.table_constraints t JOIN information_schema.check_constraints c \
             ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name \
             WHERE t.constraint_schema = {database} AND t.constraint_type = 'CHECK'"
        ),
        Product::MariaDb => select(
            "table_name, constraint_name, check_clause, level = 'Column', 1",
            "check_constraints",
            "constraint_schema",
        ),
    };
    let rules = "table_name, constraint_name, match_option, update_rule, delete_rule";
    let references = "table_name, constraint_name, ordinal_position, column_name, referenced_table_schema, \
                      referenced_table_name, referenced_column_name";
    let triggers =
        "trigger_name, event_object_table, action_timing, event_manipulation, action_order";
    let starts = "event_name, COALESCE(CONVERT_TZ(starts, time_zone, @@time_zone) IN (created, last_altered), 0)";
    vec![
        "SELECT VERSION(), CURRENT_USER(), CONCAT_WS(' ', @@character_set_database, @@collation_database, \
         @@default_storage_engine, @@lower_case_table_names)"
            .to_owned(),
        select(
            "table_name, table_type, engine, table_collation, create_options, table_comment",
            "tables",
            "table_schema",
        ) + &format!(" AND table_name NOT IN ({})", own.join(", ")),
        select(&columns, "columns", "table_schema"),
        select(&indexes, "statistics", "table_schema"),
        select(references, "key_column_usage", "table_schema")
            + " AND referenced_table_name IS NOT NULL",
        select(rules, "referential_constraints", "constraint_schema"),
        checks,
        select("routine_type, routine_name", "routines", "routine_schema"),
        select(triggers, "triggers", "trigger_schema"),
        select(starts, "events", "event_schema"),
    ]
}

impl Catalog {
    /// The answers to the [`queries`].
    pub(super) fn read(sets: Vec<ResultSet>) -> Catalog {
        let mut sets = sets.into_iter();
        let mut next = || sets.next().unwrap_or_default();
        let told = rows(next(), |cells| (cells.text(), cells.text(), cells.text()));
        let (version, user, settings) = told.into_iter().next().unwrap_or_default();
        let tables = rows(next(), table);
        let mut catalog = Catalog {
            version,
            settings,
            user,
            tables,
            columns: ByTable::new(next(), column),
            indexes: ByTable::new(next(), index),
            references: ByTable::new(next(), reference),
            rules: ByTable::new(next(), rule),
            checks: ByTable::new(next(), check),
            routines: rows(next(), |cells| (cells.text(), cells.text())),
            triggers: rows(next(), trigger),
            events: rows(next(), |cells| EventRow {
                name: cells.text(),
                starts_at_once: cells.flag(),
            }),
        };
        catalog.triggers.sort_by_key(|trigger| trigger.order);
        catalog
    }
}

fn table(cells: &mut Cells<'_>) -> TableRow {
    TableRow {
        name: cells.text(),
        kind: cells.text(),
        engine: cells.text(),
        collation: cells.text(),
        options: cells.text(),
        comment: cells.text(),
    }
}

fn column(cells: &mut Cells<'_>) -> ColumnRow {
    ColumnRow {
        name: cells.text(),
        place: cells.number().unwrap_or_default(),
        default: cells.optional(),
        nullable: cells.flag(),
        data_type: cells.text(),
        collation: cells.text(),
        extra: cells.text(),
        comment: cells.text(),
        expression: cells.text(),
        reference_system: cells.number(),
    }
}

fn index(cells: &mut Cells<'_>) -> IndexRow {
    IndexRow {
        name: cells.text(),
        place: cells.number().unwrap_or_default(),
        unique: cells.flag(),
        column: cells.text(),
        descending: cells.flag(),
        length: cells.number(),
        method: cells.text(),
        comment: cells.text(),
        hidden: cells.flag(),
        expression: cells.text(),
    }
}

fn reference(cells: &mut Cells<'_>) -> ReferenceRow {
    ReferenceRow {
        name: cells.text(),
        place: cells.number().unwrap_or_default(),
        column: cells.text(),
        other_database: cells.text(),
        other_table: cells.text(),
        other_column: cells.text(),
    }
}

fn rule(cells: &mut Cells<'_>) -> RuleRow {
    RuleRow {
        name: cells.text(),
        match_type: cells.text(),
        on_update: cells.text(),
        on_delete: cells.text(),
    }
}

fn check(cells: &mut Cells<'_>) -> CheckRow {
    CheckRow {
        name: cells.text(),
        expression: cells.text(),
        of_column: cells.flag(),
        enforced: cells.flag(),
    }
}

fn trigger(cells: &mut Cells<'_>) -> TriggerRow {
    TriggerRow {
        name: cells.text(),
        table: cells.text(),
        timing: cells.text(),
        event: cells.text(),
        order: cells.number().unwrap_or_default(),
    }
}
