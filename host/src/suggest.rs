//! "Did you mean …": the nearest of the names there are.

/// The known name that somebody who wrote `name` most likely meant, if any is near enough.
///
/// The name itself wins, then one that begins with it; otherwise the one with the fewest slips (letters inserted, left out, replaced or
/// swapped with their neighbour, regardless of case), as long as these are at most a third of the letters. Among
/// equals the first wins.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let name = name.to_lowercase();
    let allowed = (name.chars().count() / 3).max(1);
    known
        .into_iter()
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let slips = match lower.starts_with(&name) && !name.is_empty() {
                true => 0,
                false => strsim::osa_distance(&name, &lower),
            };
            // One letter is no correction of another.
            let rank = (slips, lower != name);
            (slips <= allowed && slips < lower.chars().count()).then_some((rank, candidate))
        })
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let words = ["directory", "lock_wait", "transaction", "url"];
        let ids = ["ae1027a6acf0", "1a2b3c4d5e6f", "payments"];
        for (name, known, expected) in [
            ("directroy", &words[..], Some("directory")),
            ("Directory", &words, Some("directory")),
            ("lock-wait", &words, Some("lock_wait")),
            ("transactions", &words, Some("transaction")),
            ("ulr", &words, Some("url")),
            ("models", &words, None),
            ("", &words, None),
            ("ae1027a6acf1", &ids, Some("ae1027a6acf0")),
            ("ae102a6acf0", &ids, Some("ae1027a6acf0")),
            ("1a2b", &ids, Some("1a2b3c4d5e6f")),
            ("paymnets", &ids, Some("payments")),
            ("ffffffffffff", &ids, None),
            ("x", &["a", "b"], None),
        ] {
            assert_eq!(
                did_you_mean(name, known.iter().copied()),
                expected,
                "{name}"
            );
        }
    }
}
