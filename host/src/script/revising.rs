//! Gives a script other parents.

use crate::revision::RevisionId;

use super::header::HeaderLines;
use super::lines::Lines;

/// The text of a script that revises these parents from now on; everything but that one line stays as it is.
///
/// The line is written as the one that is there, or as that of `revision` where the script has had no parent so far.
pub(super) fn revising(text: &str, lines: &HeaderLines, parents: &[RevisionId]) -> String {
    let names: Vec<&str> = parents.iter().map(RevisionId::as_str).collect();
    let value = match names.join(", ") {
        names if names.is_empty() => "base".to_owned(),
        names => names,
    };
    let model = lines.revises.unwrap_or(lines.revision);
    let Some(line) = Lines::new(text).find(|line| line.number == model) else {
        return text.to_owned();
    };
    let content = &text[line.content.clone()];
    let word = if lines.revises.is_some() {
        "revises"
    } else {
        "revision"
    };
    // The directive is in the line: that is how its number became known.
    let Some(at) = content.find(word) else {
        return text.to_owned();
    };
    let behind = &content[at + word.len()..];
    let gap = &behind[..behind.len() - behind.trim_start().len()];
    let marker = &content[..at];
    if lines.revises.is_some() {
        let before = &text[..line.content.start];
        let after = &text[line.content.end..];
        return format!("{before}{marker}revises{gap}{value}{after}");
    }
    let (before, after) = text.split_at(line.next);
    let end = match &text[line.content.end..line.next] {
        "" => "\n",
        end => end,
    };
    // One letter shorter than `revision`.
    format!("{before}{marker}revises {gap}{value}{end}{after}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::parse::parse;
    use super::*;
    use crate::revision::pictures::ids;

    fn moved(text: &str, parents: &str) -> String {
        let script = parse(Path::new("a.sql"), text).expect("a script");
        revising(text, &script.lines, &ids(parents))
    }

    #[test]
    fn only_the_line_changes() {
        let text = "-- A\r\n-- dapter:revision   a\r\n#  dapter:revises    b\r\n\r\n-- dapter:upgrade\r\nx\r\n-- dapter:downgrade\r\n";
        assert_eq!(moved(text, "c"), text.replace("    b", "    c"));
        assert_eq!(moved(text, "c d"), text.replace("    b", "    c, d"));
        assert_eq!(moved(text, ""), text.replace("    b", "    base"));
    }

    #[test]
    fn a_base_gets_the_line() {
        let text = "-- dapter:revision   a\n-- dapter:upgrade\nx\n-- dapter:downgrade\n";
        assert_eq!(
            moved(text, "c"),
            "-- dapter:revision   a\n-- dapter:revises    c\n-- dapter:upgrade\nx\n-- dapter:downgrade\n"
        );
    }
}
