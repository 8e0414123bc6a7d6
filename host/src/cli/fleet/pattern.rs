//! Patterns for the names of targets: `*` stands for any text, `?` for any character.

use dapter::pattern::matches;

/// What stands between the names of a target and of its tenant.
const SEPARATOR: char = '/';

/// Whether a name is a pattern.
pub(in crate::cli) fn is_one(name: &str) -> bool {
    name.contains(['*', '?'])
}

/// Whether a pattern means the target of this name. That of a target with tenants means all of them.
pub(super) fn means(pattern: &str, name: &str) -> bool {
    let target = name.split_once(SEPARATOR).map(|(target, _)| target);
    matches(pattern, name) || target.is_some_and(|target| matches(pattern, target))
}

/// Whether a pattern may mean tenants of a target, so that they have to be listed.
pub(super) fn may_mean_tenants(pattern: &str, target: &str) -> bool {
    let begin = format!("{target}{SEPARATOR}");
    let literal = &pattern[..pattern.find(['*', '?']).unwrap_or(pattern.len())];
    matches(pattern, target)
        || literal.starts_with(&begin)
        || is_one(pattern) && begin.starts_with(literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_means_its_tenants() {
        assert!(means("tenants", "tenants/acme"));
        assert!(means("ten*", "tenants/acme"));
        assert!(means("tenants/a*", "tenants/acme"));
        assert!(!means("tenants/b*", "tenants/acme"));
        assert!(!means("acme", "tenants/acme"));
    }

    #[test]
    fn only_tenants_that_may_be_meant_are_listed() {
        for (pattern, expected) in [
            ("tenants", true),
            ("tenants/acme", true),
            ("t*", true),
            ("*acme", true),
            ("tenants/a*", true),
            ("tenant", false),
            ("shop*", false),
            ("tenants2/*", false),
        ] {
            assert_eq!(may_mean_tenants(pattern, "tenants"), expected, "{pattern}");
        }
    }
}
