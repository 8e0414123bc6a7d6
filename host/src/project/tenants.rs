//! Targets that stand for many databases, one a tenant.
//!
//! Such a target says `{tenant}` in its URL, in its separate fields or in its options, and where the names of its
//! tenants come from. Each tenant is a target of its own, called `TARGET/TENANT`. Who lists the names asks
//! [`Project::tenants`](super::Project::tenants) for the [`TenantSource`]: nothing here connects or runs a command.

use std::collections::HashSet;
use std::path::PathBuf;

use super::error::InvalidValue;
use super::target::Target;

/// What stands for a tenant's name.
pub(super) const PLACE: &str = "{tenant}";

/// What stands between the names of a target and of a tenant.
pub(super) const SEPARATOR: char = '/';

/// Where the names of a target's tenants come from.
#[derive(Debug, Clone)]
pub enum TenantSource {
    /// They are written in `dapter.toml`, and checked.
    Names(Vec<String>),
    /// The first column of what a database answers.
    Query {
        /// The database to ask.
        database: Box<Target>,
        /// What to ask, in its own language.
        statement: String,
    },
    /// A command prints them, one a line.
    Command {
        /// The command, for a shell.
        line: String,
        /// The folder it runs in: that of `dapter.toml`.
        folder: PathBuf,
    },
}

/// Checks names of tenants: each is one that can be part of a URL, a path and a target's name, and none comes twice.
///
/// # Errors
/// The first that cannot be used.
pub fn check_names(names: &[String]) -> Result<(), InvalidValue> {
    let mut seen = HashSet::new();
    for name in names {
        single_name(name)?;
        if !seen.insert(name.as_str()) {
            return Err(InvalidValue::new(
                format!("the tenant {name:?} is listed twice"),
                "list each tenant once: with DISTINCT in a query, with sort -u in a command",
            ));
        }
    }
    Ok(())
}

/// Checks a tenant's name by itself.
pub(super) fn single_name(name: &str) -> Result<(), InvalidValue> {
    let why = if name.is_empty() {
        "is empty"
    } else if name.contains(char::is_control) {
        "contains a control character"
    } else if name.trim() != name {
        "begins or ends with a blank"
    } else if name.contains(['/', '\\']) || name == "." || name == ".." {
        // It becomes part of a path: a tenant must not lead out of its folder.
        "could lead to another folder"
    } else {
        return Ok(());
    };
    Err(InvalidValue::new(
        format!("the tenant {name:?} {why}"),
        "a tenant's name may hold anything but slashes and control characters",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_used_and_names_that_cannot() {
        let check = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            check_names(&names).map_err(|error| error.to_string())
        };
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(
            check(&["acme", "Ünique & co", "a.b", "..c", "ACME"]),
            Ok(())
        );
        for (names, message) in [
            (&["a", ""][..], r#"the tenant "" is empty"#),
            (&["a\n"], r#"the tenant "a\n" contains a control character"#),
            (&[" a"], r#"the tenant " a" begins or ends with a blank"#),
            (
                &["../a"],
                r#"the tenant "../a" could lead to another folder"#,
            ),
            (&[".."], r#"the tenant ".." could lead to another folder"#),
            (
                &[r"a\b"],
                r#"the tenant "a\\b" could lead to another folder"#,
            ),
            (&["a", "b", "a"], r#"the tenant "a" is listed twice"#),
        ] {
            assert_eq!(check(names), Err(message.to_owned()));
        }
    }
}
