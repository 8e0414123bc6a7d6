//! The query for what is no table: of its parts only those are asked of which there is anything. A server needs longer to plan
//! them all than to find that most databases have few of these kinds.

use crate::link::Answer;

/// The parts. Each begins with a line that says of which rows of a catalog there must be any; it may say too much.
///
/// What users make has numbers from 16,384 on. Source: `FirstNormalObjectId` in src/include/access/transam.h.
const KINDS: &str = include_str!("kinds.sql");

const MARK: &str = "    -- any of ";

fn parts() -> impl Iterator<Item = (&'static str, &'static str)> {
    KINDS.split(MARK).filter_map(|part| part.split_once('\n'))
}

/// Asks which parts there is anything of: a column for each.
pub(super) fn inquiry() -> String {
    let any = parts().map(|(of, _)| format!("EXISTS (SELECT FROM pg_catalog.{of})"));
    format!("SELECT {}", any.collect::<Vec<_>>().join(", "))
}

/// The parts of which there is anything.
pub(super) fn chosen(told: &Answer) -> String {
    let wanted = parts().enumerate().filter(|&(at, _)| told.is_true(at));
    let texts: Vec<&str> = wanted.map(|(_, (_, text))| text).collect();
    texts.join("    UNION ALL\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_there_is_asked_for() {
        let count = parts().count();
        assert_eq!(inquiry().matches("EXISTS").count(), count);
        let told = |is_there: fn(usize) -> bool| Answer {
            rows: vec![
                (0..count)
                    .map(|at| Some(if is_there(at) { "t" } else { "f" }.to_owned()))
                    .collect(),
            ],
            ..Answer::default()
        };
        assert_eq!(
            chosen(&told(|_| true)).matches("\n    UNION ALL\n").count(),
            count - 1
        );
        let few = chosen(&told(|at| at < 2));
        assert!(
            few.contains("CREATE SCHEMA ") && !few.contains(MARK),
            "{few}"
        );
        assert!(!few.contains("pg_extension"), "{few}");
    }
}
