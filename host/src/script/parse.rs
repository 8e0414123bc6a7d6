//! From the text of a script to its header and sections, with every problem it has.

use std::ops::Range;
use std::path::Path;
use std::str::Utf8Error;

use crate::diagnostic::Diagnostics;
use crate::portable;

use super::allow::Allow;
use super::body::ScriptBody;
use super::checksum::Checksum;
use super::directive::{Directive, DirectiveName, comment_text};
use super::header::{HeaderReader, ScriptTransaction, section_transaction, words};
use super::language::{Begin, Kind, Language, Place};
use super::lines::{Line, Lines};
use super::parsed::Script;
use super::problem::Problem;

use super::sections::{Chunk, ChunkKind, Section};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

/// Reads the text of the script at `path`; the path is only noted, never opened.
///
/// The text itself is not copied: chunks are ranges of it.
///
/// # Errors
///
/// Every problem the text has, in the order of its lines; those of the whole file come first.
pub fn parse(path: &Path, text: &str) -> Result<Script, Diagnostics> {
    let mut parser = Parser::new(text, Language::of(path));
    for line in Lines::new(text) {
        parser.line(&line);
    }
    parser.finish(path)
}

/// Reads the bytes of the script at `path`, which must be UTF-8.
///
/// # Errors
///
/// As [`parse`], and one for bytes that are not UTF-8, with their offset and line.
pub(super) fn parse_bytes(path: &Path, bytes: &[u8]) -> Result<Script, Diagnostics> {
    let text = str::from_utf8(bytes).map_err(|error| not_utf8(path, bytes, error))?;
    parse(path, text)
}

/// As [`parse_bytes`], keeping the text.
pub(super) fn parse_owned(path: &Path, bytes: Vec<u8>) -> Result<ScriptBody, Diagnostics> {
    let text = String::from_utf8(bytes)
        .map_err(|error| not_utf8(path, error.as_bytes(), error.utf8_error()))?;
    let script = parse(path, &text)?;
    Ok(ScriptBody::new(script, text))
}

fn not_utf8(path: &Path, bytes: &[u8], error: Utf8Error) -> Diagnostics {
    let offset = error.valid_up_to();
    let before = String::from_utf8_lossy(&bytes[..offset]);
    // The bad byte stands in the last line begun: whatever stands in for it here is no line end.
    let line = Lines::new(&format!("{before}?")).count();
    let problem = Problem::at(line, format!("not UTF-8 at byte {offset}"))
        .hint("save the file in the encoding UTF-8");
    Diagnostics(vec![problem.in_file(path)])
}

#[derive(Debug)]
struct Parser<'text> {
    text: &'text str,
    language: Language,
    place: Place,
    header: HeaderReader,
    upgrade: Vec<Section>,
    downgrade: Vec<Section>,
    /// The kind of the section that lines belong to now.
    kind: Kind,
    /// Where the present chunk began: its offset and its line.
    chunk_start: (usize, usize),
    stray_reported: bool,
    directives: usize,
    allows: Vec<Allow>,
    problems: Vec<Problem>,
}

impl<'text> Parser<'text> {
    fn new(text: &'text str, language: Language) -> Self {
        Self {
            text,
            language,
            place: Place::Header,
            header: HeaderReader::default(),
            upgrade: Vec::new(),
            downgrade: Vec::new(),
            kind: Kind::Upgrade,
            chunk_start: (0, 1),
            stray_reported: false,
            directives: 0,
            allows: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn line(&mut self, line: &Line) {
        let content = &self.text[line.content.clone()];
        if self.language == Language::Portable
            && let Some(begin) = Begin::of(content, self.place)
        {
            return self.begin(begin, line);
        }
        match comment_text(content) {
            Some(comment) => match Directive::of_comment(comment) {
                Some(directive) => self.directive(directive, line),
                None if self.place == Place::Header => self.header.comment(comment),
                None => {}
            },
            None if self.place == Place::Header => self.header_content(content, line.number),
            None => {}
        }
    }

    fn header_content(&mut self, content: &str, line: usize) {
        if content.trim().is_empty() || self.stray_reported {
            return;
        }
        self.stray_reported = true;
        let message = "only comments may stand before the first section".to_owned();
        let hint = match self.language {
            Language::Adapter => "put `-- dapter:upgrade` above the statements that upgrade",
            Language::Portable => "begin operations with `[[upgrade]]` or `[[downgrade]]`",
        };
        self.problems.push(Problem::at(line, message).hint(hint));
    }

    /// An operation of a portable script, or that there is none.
    fn begin(&mut self, begin: Begin, line: &Line) {
        self.close_section(line.content.start);
        let (Begin::Operation(kind) | Begin::Nothing(kind)) = begin;
        if self.sections(kind).is_empty() {
            let section = Section {
                adapters: Vec::new(),
                line: line.number,
                transaction: ScriptTransaction::Default,
                chunks: Vec::new(),
            };
            push(self.sections(kind), section);
        } else if matches!(begin, Begin::Nothing(_)) {
            let message = format!("`{} = []`, and operations all the same", kind.word());
            self.problems.push(Problem::at(line.number, message));
        }
        if let Begin::Operation(_) = begin {
            self.kind = kind;
            self.place = Place::Section;
            self.chunk_start = (line.content.start, line.number);
        }
    }

    fn directive(&mut self, directive: Directive<'_>, line: &Line) {
        self.directives += 1;
        let Directive { name, value } = directive;
        let Some(known) = DirectiveName::named(name) else {
            self.problems.push(unknown(name, line.number));
            return;
        };
        match known {
            DirectiveName::Upgrade
            | DirectiveName::Downgrade
            | DirectiveName::Statement
            | DirectiveName::End
                if self.language == Language::Portable =>
            {
                let message = format!("`dapter:{name}` in a portable script");
                self.problems.push(Problem::at(line.number, message).hint(
                    "begin operations with `[[upgrade]]` or `[[downgrade]]`; statements are operations too: `op = \"execute\"`",
                ));
            }
            DirectiveName::Upgrade => self.section(Kind::Upgrade, value, line),
            DirectiveName::Downgrade => self.section(Kind::Downgrade, value, line),
            DirectiveName::Allow => self.allow(value, line),
            DirectiveName::Statement => {
                self.no_value(known, value, line.number);
                self.statement(line);
            }
            DirectiveName::End => {
                self.no_value(known, value, line.number);
                self.end(line);
            }
            DirectiveName::Transaction if self.place == Place::Section => {
                self.transaction(value, line.number);
            }
            _ if self.place == Place::Header => {
                let read = self.header.directive(known, value, line.number);
                self.problems.extend(read.err());
            }
            _ => {
                let message = format!("`dapter:{name}` belongs in the header");
                self.problems.push(
                    Problem::at(line.number, message).hint("move it above the first section"),
                );
            }
        }
    }

    fn allow(&mut self, value: &str, line: &Line) {
        let in_header = self.place == Place::Header;
        match Allow::read(value, line.number, in_header) {
            Ok(allow) => push(&mut self.allows, allow),
            Err(problem) => self.problems.push(problem),
        }
    }

    /// A section that is run in another way than the rest of the script.
    fn transaction(&mut self, value: &str, line: usize) {
        let read = section_transaction(value, line);
        let section = self.sections(self.kind).last_mut();
        match (read, section) {
            (Ok(transaction), Some(section)) => section.transaction = transaction,
            (Ok(_), None) => {}
            (Err(problem), _) => self.problems.push(problem),
        }
    }

    fn no_value(&mut self, name: DirectiveName, value: &str, line: usize) {
        if !value.is_empty() {
            let message = format!("`dapter:{}` takes no value", name.as_str());
            self.problems.push(Problem::at(line, message));
        }
    }

    fn section(&mut self, kind: Kind, value: &str, line: &Line) {
        self.close_section(line.content.start);
        let mut adapters: Vec<String> = Vec::new();
        for word in words(value) {
            if adapters.iter().any(|adapter| adapter == word) {
                let message = format!("adapter `{word}` is named twice");
                self.problems.push(Problem::at(line.number, message));
            } else {
                adapters.push(word.to_owned());
            }
        }
        let repeated = repeated_section(self.sections(kind), kind, &adapters, line.number);
        self.problems.extend(repeated);
        self.kind = kind;
        let section = Section {
            adapters,
            line: line.number,
            transaction: ScriptTransaction::Default,
            chunks: Vec::new(),
        };
        push(self.sections(kind), section);
        self.place = Place::Section;
        self.chunk_start = (line.next, line.number + 1);
    }

    fn sections(&mut self, kind: Kind) -> &mut Vec<Section> {
        match kind {
            Kind::Upgrade => &mut self.upgrade,
            Kind::Downgrade => &mut self.downgrade,
        }
    }

    fn statement(&mut self, line: &Line) {
        match self.place {
            Place::Header => {
                let message = "`dapter:statement` stands before the first section".to_owned();
                self.problems.push(
                    Problem::at(line.number, message).hint("put `-- dapter:upgrade` above it"),
                );
            }
            Place::Section => {
                self.close_chunk(self.language.chunks(), line.content.start);
                self.place = Place::Statement(line.number);
                self.chunk_start = (line.next, line.number + 1);
            }
            Place::Statement(opened) => {
                let message = format!(
                    "`dapter:statement` stands inside the statement that begins on line {opened}"
                );
                self.problems.push(
                    Problem::at(line.number, message)
                        .hint("end the one before with `-- dapter:end`"),
                );
            }
        }
    }

    fn end(&mut self, line: &Line) {
        let Place::Statement(opened) = self.place else {
            let message = "`dapter:end` without `dapter:statement`".to_owned();
            self.problems.push(
                Problem::at(line.number, message)
                    .hint("put `-- dapter:statement` above the statement that ends here"),
            );
            return;
        };
        if !self.close_chunk(ChunkKind::Statement, line.content.start) {
            let message = "nothing stands between `dapter:statement` and `dapter:end`".to_owned();
            self.problems.push(Problem::at(opened, message));
        }
        self.place = Place::Section;
        self.chunk_start = (line.next, line.number + 1);
    }

    /// Ends the chunk at `end`; whether there was anything in it.
    fn close_chunk(&mut self, kind: ChunkKind, end: usize) -> bool {
        let (start, line) = self.chunk_start;
        let range: Range<usize> = start..end;
        if self.text[range.clone()].trim().is_empty() {
            return false;
        }
        let sections = self.sections(self.kind);
        if let Some(section) = sections.last_mut() {
            push(&mut section.chunks, Chunk { kind, range, line });
        }
        true
    }

    fn close_section(&mut self, end: usize) {
        match self.place {
            Place::Header => {}
            Place::Section => {
                self.close_chunk(self.language.chunks(), end);
            }
            Place::Statement(opened) => {
                let message = "`dapter:statement` without `dapter:end`".to_owned();
                self.problems.push(
                    Problem::at(opened, message)
                        .hint("put `-- dapter:end` below the last line of the statement"),
                );
            }
        }
    }

    fn finish(mut self, path: &Path) -> Result<Script, Diagnostics> {
        self.close_section(self.text.len());
        if self.directives == 0 {
            let problem = Problem::at(1, "this is no script: it has no directive".to_owned())
                .hint("`dapter create` writes a script; what it needs is a header and sections");
            return Err(Diagnostics(vec![problem.in_file(path)]));
        }
        self.check_sections();
        self.check_operations();
        let mut problems = self.problems;
        match self.header.finish() {
            Ok(header) if problems.is_empty() => {
                return Ok(Script {
                    path: path.to_owned(),
                    revision: header.revision.into(),
                    created: header.created,
                    replaces: header.replaces,
                    transaction: header.transaction,
                    timeouts: header.timeouts,
                    irreversible: header.irreversible,
                    variables: header.variables,
                    allows: self.allows,
                    upgrade: self.upgrade,
                    downgrade: self.downgrade,
                    checksum: Checksum::of(self.text),
                    lines: header.lines,
                });
            }
            Ok(_) => {}
            Err(missing) => problems.extend(missing),
        }
        problems.sort_by_key(|problem| problem.line);
        let diagnostics = problems.into_iter().map(|problem| problem.in_file(path));
        Err(Diagnostics(diagnostics.collect()))
    }

    /// Portable operations are read to know that they can be.
    fn check_operations(&mut self) {
        let sections = self.upgrade.iter().chain(&self.downgrade);
        let chunks = sections.flat_map(|section| &section.chunks);
        let operations = chunks.filter(|chunk| chunk.kind == ChunkKind::Operation);
        for chunk in operations {
            if let Err(mistake) = portable::read(&self.text[chunk.range.clone()]) {
                let line = chunk.line + mistake.line - 1;
                self.problems.push(Problem {
                    line: Some(line),
                    message: mistake.message,
                    hint: mistake.hint,
                });
            }
        }
    }

    fn missing(&self, kind: Kind) -> Problem {
        let word = kind.word();
        let what = match self.language {
            Language::Adapter => format!("section `dapter:{word}`"),
            Language::Portable => format!("operation `[[{word}]]`"),
        };
        Problem::at(self.text.lines().count(), format!("there is no {what}"))
    }

    fn check_sections(&mut self) {
        if self.upgrade.is_empty() {
            let problem = self.missing(Kind::Upgrade);
            self.problems.push(problem.hint(match self.language {
                Language::Adapter => {
                    "add a line `-- dapter:upgrade`; it may have no statement below it"
                }
                Language::Portable => "add one, or `upgrade = []` above everything else",
            }));
        }
        if self.header.is_repeatable() {
            self.problems.extend(self.header.foreign_to_repeatable());
            if let Some(section) = self.downgrade.first() {
                let message = "a downgrade section in a repeatable script".to_owned();
                self.problems.push(
                    Problem::at(section.line, message)
                        .hint("remove it: what a repeatable script makes is never undone"),
                );
            }
            return;
        }
        match (self.downgrade.first(), self.header.irreversible_line()) {
            (None, None) => {
                let problem = self.missing(Kind::Downgrade);
                self.problems.push(problem.hint(
                    "add one, or a line `dapter:irreversible \"why\"` to the header if there is no way back",
                ));
            }
            (Some(section), Some(irreversible)) => {
                let message = format!(
                    "a downgrade section in a script that line {irreversible} calls irreversible"
                );
                self.problems
                    .push(Problem::at(section.line, message).hint("remove the one or the other"));
            }
            (None, Some(_)) | (Some(_), None) => {}
        }
    }
}

/// Appends to a list that mostly has one item: scripts are kept by the ten thousand, and a vector begins with room for four.
fn push<T>(list: &mut Vec<T>, item: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(item);
}

/// The problem of a section for adapters that an earlier section of its kind is for.
fn repeated_section(
    earlier: &[Section],
    kind: Kind,
    adapters: &[String],
    line: usize,
) -> Option<Problem> {
    let word = kind.word();
    if adapters.is_empty() {
        let first = earlier
            .iter()
            .find(|section| section.adapters.is_empty())?
            .line;
        let message = format!("`dapter:{word}` is repeated; the first is on line {first}");
        return Some(Problem::at(line, message));
    }
    earlier.iter().find_map(|section| {
        let adapter = section
            .adapters
            .iter()
            .find(|adapter| adapters.contains(adapter))?;
        let first = section.line;
        let message =
            format!("`dapter:{word} {adapter}` is repeated; the first is on line {first}");
        Some(Problem::at(line, message))
    })
}

fn unknown(name: &str, line: usize) -> Problem {
    if name.is_empty() {
        return Problem::at(line, "a directive without a name".to_owned())
            .hint("write the name right after `dapter:`, without a blank");
    }
    let hint = match DirectiveName::nearest(name) {
        Some(nearest) => format!("did you mean `dapter:{}`?", nearest.as_str()),
        None => {
            let names = DirectiveName::ALL.map(DirectiveName::as_str);
            format!("the directives are {}", names.join(", "))
        }
    };
    Problem::at(line, format!("unknown directive `dapter:{name}`")).hint(hint)
}
