//! How many revisions and repeatable scripts, in words.

use dapter::revision::RevisionId;

/// `2 revisions and 1 repeatable script`; what there is none of is left out.
pub(super) fn counted(revisions: usize, scripts: usize) -> String {
    let some = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    match (revisions, scripts) {
        (revisions, 0) => some(revisions, "revision"),
        (0, scripts) => some(scripts, "repeatable script"),
        (revisions, scripts) => format!(
            "{} and {}",
            some(revisions, "revision"),
            some(scripts, "repeatable script")
        ),
    }
}

/// The same of the ids of steps.
pub(super) fn counted_ids<'i>(ids: impl IntoIterator<Item = &'i RevisionId>) -> String {
    let (mut revisions, mut scripts) = (0, 0);
    for id in ids {
        match id.repeatable_name() {
            Some(_) => scripts += 1,
            None => revisions += 1,
        }
    }
    counted(revisions, scripts)
}
