//! What came of all of them: the summary, and the code to end with.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::exit_code::Exit;
use super::super::time::took;
use super::work::Style;

/// How many names a line of the summary has.
const SHOWN_NAMES: usize = 20;

/// What came of them so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) changed: usize,
    pub(super) unchanged: usize,
    /// Those that failed, with the code that each would have ended with alone.
    pub(super) failed: Vec<(String, Exit)>,
    pub(super) not_started: Vec<String>,
}

impl Tally {
    pub(super) fn ended(&self) -> usize {
        self.changed + self.unchanged + self.failed.len()
    }

    /// The code to end with: 4 if anything was changed anywhere; else the one that all failures have in common.
    pub(super) fn exit(&self, style: Style) -> Exit {
        if self.failed.is_empty() && self.not_started.is_empty() {
            return Exit::Done;
        }
        let changed = style.changes() && self.changed > 0;
        if changed
            || self
                .failed
                .iter()
                .any(|(_, exit)| *exit == Exit::PartlyDone)
        {
            return Exit::PartlyDone;
        }
        match self.failed.first() {
            Some((_, first)) if self.failed.iter().all(|(_, exit)| exit == first) => *first,
            _ => Exit::Failed,
        }
    }

    /// The summary for people; `why` nothing more was begun.
    pub(super) fn text(&self, style: Style, duration: Duration, why: Option<&str>) -> String {
        let (changed, unchanged) = style.words();
        let counts = match style {
            Style::Reading => [(self.changed + self.unchanged, changed), (0, unchanged)],
            _ => [(self.changed, changed), (self.unchanged, unchanged)],
        };
        let stopped = [
            (self.failed.len(), "failed"),
            (self.not_started.len(), "not started"),
        ];
        let parts: Vec<String> = counts
            .into_iter()
            .chain(stopped)
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        if parts.is_empty() {
            return "nothing to do: there is no database\n".to_owned();
        }
        let mut text = format!("{} in {}\n", parts.join(", "), took(duration));
        if !self.failed.is_empty() {
            let names: Vec<&str> = self.failed.iter().map(|(name, _)| name.as_str()).collect();
            text.push_str(&format!("failed: {}\n", listed(&names)));
        }
        if !self.not_started.is_empty() {
            let names: Vec<&str> = self.not_started.iter().map(String::as_str).collect();
            let why = why.map_or(String::new(), |why| format!(", because {why}"));
            text.push_str(&format!("not started{why}: {}\n", listed(&names)));
        }
        if style.changes() && self.exit(style) != Exit::Done {
            text.push_str("the same command again goes on with what is not done\n");
        }
        text
    }

    /// The summary for programs.
    pub(super) fn document(&self, style: Style, duration: Duration) -> Value {
        let failed: Vec<&str> = self.failed.iter().map(|(name, _)| name.as_str()).collect();
        json!({
            "event": "summary",
            "changed": self.changed,
            "unchanged": self.unchanged,
            "failed": failed,
            "not_started": self.not_started,
            "duration_ms": u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            "exit_code": self.exit(style) as u8,
        })
    }
}

fn listed(names: &[&str]) -> String {
    let shown = names.len().min(SHOWN_NAMES);
    let more = match names.len() - shown {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    names[..shown].join(", ") + &more
}

#[cfg(test)]
mod tests {
    use super::super::work::Verb;
    use super::*;

    const UPGRADE: Style = Style::Changing(Verb::Upgrade);

    fn tally(changed: usize, failed: &[Exit], not_started: usize) -> Tally {
        Tally {
            changed,
            unchanged: 1,
            failed: failed.iter().map(|exit| ("a".to_owned(), *exit)).collect(),
            not_started: vec!["b".to_owned(); not_started],
        }
    }

    #[test]
    fn the_code_says_whether_anything_was_changed() {
        use Exit::{Done, Failed, Locked, PartlyDone, Plugin};
        for (changed, failed, not_started, expected) in [
            (1, &[][..], 0, Done),
            (0, &[], 0, Done),
            (0, &[Failed], 0, Failed),
            (0, &[Locked, Locked], 3, Locked),
            (0, &[Locked, Failed], 0, Failed),
            (0, &[Failed, PartlyDone], 0, PartlyDone),
            (1, &[Locked], 0, PartlyDone),
            (1, &[], 1, PartlyDone),
            (0, &[], 1, Failed),
            (0, &[Plugin], 1, Plugin),
        ] {
            let tally = tally(changed, failed, not_started);
            assert_eq!(tally.exit(UPGRADE), expected, "{tally:?}");
        }
        assert_eq!(tally(1, &[Failed], 0).exit(Style::Reading), Failed);
    }

    #[test]
    fn the_summary_says_what_is_not_nothing() {
        let text = |tally: Tally, why| tally.text(UPGRADE, Duration::from_millis(3400), why);
        assert_eq!(
            text(tally(2, &[], 0), None),
            "2 upgraded, 1 had nothing to do in 3.40 s\n"
        );
        assert_eq!(
            text(tally(0, &[Exit::Failed], 21), Some("1 has failed")),
            format!(
                "1 had nothing to do, 1 failed, 21 not started in 3.40 s\n\
                 failed: a\n\
                 not started, because 1 has failed: {}b and 1 more\n\
                 the same command again goes on with what is not done\n",
                "b, ".repeat(19)
            )
        );
        let nobody = Tally::default();
        assert_eq!(text(nobody, None), "nothing to do: there is no database\n");
    }
}
