//! What operations destroy.

use dapter_plugin_api::{Operation, TableChange};

/// What of the rows an operation destroys, in words: nothing, if it keeps all of them.
#[must_use]
pub fn losses(operation: &Operation) -> Vec<String> {
    match operation {
        Operation::Drop { object } if object.as_table().is_some() => {
            vec![format!("table {} and all its rows", object.name)]
        }
        Operation::Drop { object } if object.kind == "materialized view" => Vec::new(),
        Operation::Alter {
            before, changes, ..
        } => {
            let lost = changes.iter().filter_map(|change| match change {
                TableChange::DropColumn { column, .. } if column.generated.is_none() => {
                    Some(format!("column {}.{}", before.name, column.name))
                }
                _ => None,
            });
            lost.collect()
        }
        _ => Vec::new(),
    }
}
