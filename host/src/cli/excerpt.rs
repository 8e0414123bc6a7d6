//! The part of a script that an error points at.

use std::fs;
use std::ops::Range;
use std::path::Path;

use annotate_snippets::{Annotation, AnnotationKind, Snippet};
use dapter::StatementFailure;

use super::paths::shown;

/// A line of a script and what is marked in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    text: String,
    line: usize,
    span: Range<usize>,
}

/// Where the database saw the fault of a statement, or where the statement begins if it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    /// The line of the script, from 1.
    pub(super) line: usize,
    /// The column, from 1 in characters.
    pub(super) column: usize,
    /// Where it is in the statement's text, in bytes.
    offset: Option<usize>,
}

impl Fault {
    /// The fault of a statement, `position` being what the database says: bytes from the statement's beginning.
    pub(super) fn of(statement: &StatementFailure, position: Option<u64>) -> Self {
        let text = &statement.text;
        let offset = position
            .and_then(|position| usize::try_from(position).ok())
            .filter(|&offset| text.is_char_boundary(offset));
        let before = &text[..offset.unwrap_or_default()];
        let last = before.rsplit('\n').next().unwrap_or_default();
        let indent = match before.contains('\n') {
            true => 1,
            false => statement.column,
        };
        Self {
            line: statement.line + before.matches('\n').count(),
            column: indent + last.chars().count(),
            offset,
        }
    }
}

impl Excerpt {
    /// The line of a statement's fault: as it stands in the script, if the script is as it was.
    pub(super) fn of_fault(path: &Path, statement: &StatementFailure, fault: Fault) -> Self {
        let rest = &statement.text[fault.offset.unwrap_or_default()..];
        let rest = rest.lines().next().unwrap_or_default().trim_end();
        let marked = match fault.offset {
            Some(_) => word(rest),
            None => rest,
        };
        let text = line_of(path, fault.line);
        let from = column_offset(&text, fault.column);
        if text[from..].starts_with(rest) {
            return Self {
                span: from..from + marked.len(),
                line: fault.line,
                text,
            };
        }
        Self {
            text: rest.to_owned(),
            line: fault.line,
            span: 0..marked.len(),
        }
    }

    /// A line of a script from a column on, in characters from 1; without a column all that is written on it.
    pub(super) fn of_line(path: &Path, line: usize, column: Option<usize>) -> Self {
        let text = line_of(path, line);
        let from = match column {
            Some(column) => column_offset(&text, column),
            None => text.len() - text.trim_start().len(),
        };
        Self {
            span: from..text.len(),
            line,
            text,
        }
    }

    /// The excerpt for the renderer, with what is said of the marked part.
    pub(super) fn snippet<'a>(
        &'a self,
        path: &Path,
        label: &'a str,
    ) -> Snippet<'a, Annotation<'a>> {
        let mut annotation = AnnotationKind::Primary.span(self.span.clone());
        if !label.is_empty() {
            annotation = annotation.label(label);
        }
        Snippet::source(&self.text)
            .path(shown(path))
            .line_start(self.line)
            .annotation(annotation)
    }
}

/// The line of a file without blanks at its end; empty if it is not there any more.
fn line_of(path: &Path, line: usize) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().nth(line.saturating_sub(1));
    line.unwrap_or_default().trim_end().to_owned()
}

/// Where a column begins, in bytes; the end of the text if it has no such column.
fn column_offset(text: &str, column: usize) -> usize {
    let mut offsets = text.char_indices().map(|(offset, _)| offset);
    offsets.nth(column.saturating_sub(1)).unwrap_or(text.len())
}

/// The word that a text begins with, or its first character if it begins with no word.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    match end {
        Some(0) => &text[..text.chars().next().map_or(0, char::len_utf8)],
        Some(end) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(text: &str) -> StatementFailure {
        StatementFailure {
            number: 1,
            total: 1,
            line: 7,
            column: 5,
            text: text.to_owned(),
            made: None,
        }
    }

    #[test]
    fn a_fault_is_where_the_database_saw_it() {
        let text = "CREATE TABLE é (\n  a ü\n)";
        for (position, line, column) in [
            (None, 7, 5),
            (Some(0), 7, 5),
            (Some(13), 7, 18),
            (Some(19), 8, 2),
            (Some(text.len() as u64), 9, 2),
            // Inside a character, or beyond the end: the database cannot mean it.
            (Some(14), 7, 5),
            (Some(999), 7, 5),
        ] {
            let fault = Fault::of(&statement(text), position);
            assert_eq!((fault.line, fault.column), (line, column), "{position:?}");
        }
    }

    #[test]
    fn a_script_that_is_gone_still_shows_the_statement() {
        let statement = statement("SELECT a\nFROM b c");
        let excerpt = |position| {
            let fault = Fault::of(&statement, position);
            Excerpt::of_fault(Path::new("gone.sql"), &statement, fault)
        };
        assert_eq!(
            excerpt(Some(14)),
            Excerpt {
                text: "b c".to_owned(),
                line: 8,
                span: 0..1
            }
        );
        assert_eq!(excerpt(None).span, 0..8);
    }
}
