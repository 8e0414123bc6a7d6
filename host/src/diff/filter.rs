//! Which objects are looked at.

use dapter_plugin_api::schema::SchemaObject;
use dapter_plugin_api::{ObjectName, Schema};

use crate::pattern::matches;

/// [Patterns](crate::pattern) of the objects that are compared; one with a blank begins with a kind, as in
/// `view report_*`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// If there are any, only these.
    pub include: Vec<String>,
    /// None of these.
    pub exclude: Vec<String>,
}

impl Filter {
    /// The schema with the objects that are looked at. What belongs to a table goes with it.
    #[must_use]
    pub fn of(&self, schema: Schema) -> Schema {
        let mut schema = schema;
        schema.objects.retain(|object| self.takes(object));
        schema
    }

    /// Whether everything is looked at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    fn takes(&self, object: &SchemaObject) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| fits(pattern, object));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }
}

fn fits(pattern: &str, object: &SchemaObject) -> bool {
    let table = object.name.table();
    let of_table = table.is_some_and(|table| fits_name(pattern, "table", &table));
    of_table || fits_name(pattern, &object.kind, &object.name)
}

fn fits_name(pattern: &str, kind: &str, name: &ObjectName) -> bool {
    let named = match pattern.rsplit_once(' ') {
        Some((of, pattern)) => of.eq_ignore_ascii_case(kind).then_some(pattern),
        None => Some(pattern),
    };
    named.is_some_and(|pattern| matches(pattern, &name.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_choose_by_name_and_kind() {
        let table = [
            ("users", "users", true),
            ("user*", "users", true),
            ("*_log", "audit_log", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c", false),
            ("users", "users2", false),
            ("*", "", true),
        ];
        for (pattern, text, fit) in table {
            assert_eq!(matches(pattern, text), fit, "{pattern} {text}");
        }
        let view = SchemaObject::of_definition("view", ObjectName::plain("report_a"), Vec::new());
        assert!(fits("view report_*", &view));
        assert!(!fits("table report_*", &view));
        let trigger = ObjectName {
            table: "users".to_owned(),
            ..ObjectName::plain("t")
        };
        let trigger = SchemaObject::of_definition("trigger", trigger, Vec::new());
        assert!(fits("users", &trigger), "it goes with its table");
    }
}
