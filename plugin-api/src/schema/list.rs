//! Lists as they are read: of a schema with thousands of objects, in no more memory than they need.

use serde::{Deserialize, Deserializer};

/// Reads a list. How many there are is only known behind the last, so that a list that has grown has room for as many again.
pub(super) fn read<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let mut list = Vec::deserialize(deserializer)?;
    list.shrink_to_fit();
    Ok(list)
}

#[cfg(test)]
mod tests {
    use crate::Schema;
    use crate::schema::Column;

    #[test]
    fn a_schema_that_was_read_has_no_room_to_spare() {
        let text = r#"{"objects": [{"kind": "table", "body": {"table": {
            "columns": [{"name": "a"}],
            "primary_key": {"columns": ["a"]},
            "foreign_keys": [{"columns": ["a"], "references": ["a"]}],
            "indexes": [{"columns": ["a"]}]
        }}}]}"#;
        let schema: Schema = serde_json::from_str(text).expect("reads");
        let table = schema.objects[0].as_table().expect("a table");
        let (key, index) = (&table.foreign_keys[0], &table.indexes[0]);
        let primary_key = table.primary_key.as_ref().expect("a key");
        assert_eq!(schema.objects.capacity(), 1);
        assert_eq!(table.columns.capacity(), 1);
        assert_eq!(table.foreign_keys.capacity(), 1);
        assert_eq!(key.columns.capacity() + key.references.capacity(), 2);
        assert_eq!(table.indexes.capacity(), 1);
        assert_eq!(index.columns.capacity(), 1);
        assert_eq!(primary_key.columns.capacity(), 1);
    }

    #[test]
    fn what_most_columns_are_without_takes_little_room() {
        assert!(size_of::<Column>() <= 26 * size_of::<usize>());
    }
}
