//! Patterns for the names of targets: `*` stands for any text, `?` for any character.

use std::collections::HashSet;

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

/// Whether a pattern matches a whole text.
fn matches(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // How much of the text the pattern so far can have matched.
    let mut reached = HashSet::from([0]);
    for character in pattern.chars() {
        reached = match character {
            '*' => {
                let first = reached.into_iter().min();
                first.map_or_else(HashSet::new, |first| (first..=text.len()).collect())
            }
            _ => reached
                .into_iter()
                .filter(|&at| {
                    text.get(at)
                        .is_some_and(|found| character == '?' || character == *found)
                })
                .map(|at| at + 1)
                .collect(),
        };
    }
    reached.contains(&text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, yes, no) in [
            ("shop", &["shop"][..], &["shops", "sho", ""][..]),
            ("shop-*", &["shop-", "shop-eu"], &["shop", "a-shop-eu"]),
            ("*", &["", "a", "tenants/acme"], &[]),
            ("*-eu", &["shop-eu", "-eu"], &["shop-eu2"]),
            ("s*p*", &["sp", "shop", "ship-it"], &["shob"]),
            ("sh?p", &["shop", "shüp"], &["shp", "shoop"]),
            ("a*a*a", &["aaa", "abacada"], &["aa", "ab"]),
        ] {
            for name in yes {
                assert!(matches(pattern, name), "{pattern} {name}");
            }
            for name in no {
                assert!(!matches(pattern, name), "{pattern} {name}");
            }
        }
    }

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
