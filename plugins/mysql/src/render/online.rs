//! Which changes let others go on reading and writing.

use crate::inspect::is_text;
use dapter_plugin_api::schema::{Column, Index};
use dapter_plugin_api::{TableChange, TablePart};

/// What makes a server refuse a change rather than do it in a way that locks others out.
pub(super) const CLAUSES: &str = "ALGORITHM=INPLACE, LOCK=NONE";

/// Whether a server makes all of these changes in place, without locking writers out.
///
/// Source: "Online DDL Operations" in MySQL's manual, "InnoDB Online DDL Operations" in MariaDB's.
pub(super) fn allow(changes: &[TableChange]) -> bool {
    !changes.is_empty() && changes.iter().all(allows)
}

fn allows(change: &TableChange) -> bool {
    match change {
        TableChange::RenameColumn { .. }
        | TableChange::MoveColumn { .. }
        | TableChange::SetComment { .. } => true,
        TableChange::AddColumn { column, .. } => is_plain(column) && column.identity.is_none(),
        TableChange::DropColumn { column, .. } => is_plain(column),
        TableChange::AlterColumn { before, after } => only_what_is_said(before, after),
        TableChange::Add {
            part: TablePart::Index(index),
        } => is_usual(index),
        TableChange::Remove {
            part: TablePart::Index(_) | TablePart::ForeignKey(_),
        }
        | TableChange::RenamePart {
            part: TablePart::Index(_),
            ..
        } => true,
        _ => false,
    }
}

fn is_plain(column: &Column) -> bool {
    column.generated.is_none() && column.options.is_empty()
}

fn is_usual(index: &Index) -> bool {
    let expressions = index.columns.iter().any(|part| !part.expression.is_empty());
    !expressions && !["fulltext", "spatial"].contains(&index.method.as_str())
}

/// Whether two columns differ in nothing that changes a row; a text may become longer where its length fits into a byte
/// before and after.
fn only_what_is_said(before: &Column, after: &Column) -> bool {
    let longer = is_text(&after.data_type) && short(&before.data_type) && short(&after.data_type);
    let grows = longer && length(&before.data_type) <= length(&after.data_type);
    let like = Column {
        default: before.default.clone(),
        comment: before.comment.clone(),
        not_null: before.not_null,
        data_type: match grows {
            true => before.data_type.clone(),
            false => after.data_type.clone(),
        },
        ..after.clone()
    };
    like == *before
}

/// Whether a `varchar` needs one byte for its length in every character set.
fn short(data_type: &str) -> bool {
    data_type.starts_with("varchar(") && length(data_type) < 64
}

fn length(data_type: &str) -> u64 {
    let digits = data_type.split(['(', ')']).nth(1).unwrap_or_default();
    digits.parse().unwrap_or(u64::MAX)
}
