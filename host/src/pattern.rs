//! Patterns for names: `*` stands for any text, `?` for any character. PURE.

use std::collections::HashSet;

/// Whether a pattern matches a whole text.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
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
}
