//! Types with conditions.

use super::name::{full, name, text_or_null};
use super::{Script, enumeration, part};
use dapter_plugin_api::schema::{Check, Domain, SchemaObject};

pub(super) fn create(script: &mut Script<'_>, object: &SchemaObject, domain: &Domain) {
    script.put(definition(&full(&object.name), domain));
    for check in domain
        .checks
        .iter()
        .filter(|check| !check.comment.is_empty())
    {
        comment(script, object, check);
    }
}

fn definition(of: &str, domain: &Domain) -> String {
    let mut line = format!("CREATE DOMAIN {of} AS {}", domain.data_type);
    if !domain.collation.is_empty() {
        line.push_str(&format!(" COLLATE {}", domain.collation));
    }
    if let Some(default) = &domain.default {
        line.push_str(&format!(" DEFAULT {default}"));
    }
    if domain.not_null {
        line.push_str(" NOT NULL");
    }
    for check in &domain.checks {
        line.push_str(&format!("\n    {}", constraint(check)));
    }
    line
}

fn constraint(check: &Check) -> String {
    match check.name.is_empty() {
        true => part::check(check),
        false => format!("CONSTRAINT {} {}", name(&check.name), part::check(check)),
    }
}

fn comment(script: &mut Script<'_>, object: &SchemaObject, check: &Check) {
    script.put(format!(
        "COMMENT ON CONSTRAINT {} ON DOMAIN {} IS {}",
        name(&check.name),
        full(&object.name),
        text_or_null(&check.comment)
    ));
}

pub(super) fn replace(
    script: &mut Script<'_>,
    object: &SchemaObject,
    before: &Domain,
    after: &Domain,
) {
    if (&before.data_type, &before.collation) != (&after.data_type, &after.collation) {
        let through = after.data_type.clone();
        let make = |of: &str| vec![definition(of, after)];
        enumeration::rebuild(script, object, &make, &through);
        let commented = after.checks.iter().filter(|it| !it.comment.is_empty());
        commented.for_each(|check| comment(script, object, check));
        return;
    }
    let alter = format!("ALTER DOMAIN {}", full(&object.name));
    let bare = |check: &Check| Check {
        comment: String::new(),
        ..check.clone()
    };
    let has = |some: &Domain, check: &Check| some.checks.iter().any(|it| bare(it) == bare(check));
    for check in before.checks.iter().filter(|check| !has(after, check)) {
        script.put(format!("{alter} DROP CONSTRAINT {}", name(&check.name)));
    }
    if before.default != after.default {
        script.put(match &after.default {
            Some(default) => format!("{alter} SET DEFAULT {default}"),
            None => format!("{alter} DROP DEFAULT"),
        });
    }
    if before.not_null != after.not_null {
        let verb = if after.not_null { "SET" } else { "DROP" };
        script.put(format!("{alter} {verb} NOT NULL"));
    }
    for check in &after.checks {
        let old = before.checks.iter().find(|it| bare(it) == bare(check));
        if old.is_none() {
            script.put(format!("{alter} ADD {}", constraint(check)));
        }
        if old.map_or("", |it| it.comment.as_str()) != check.comment {
            comment(script, object, check);
        }
    }
}
