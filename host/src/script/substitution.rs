//! Fills variables into the sections of a script that turns them on.

use std::ops::Range;

use crate::diagnostic::Diagnostics;
use crate::project::{Variable, Variables};
use crate::suggest::did_you_mean;

use super::body::ScriptBody;
use super::parsed::Script;
use super::problem::Problem;
use super::rendered::{Segment, Stretch};
use super::sections::{Chunk, ChunkKind};

/// What stands in the place of a secret value.
const MASK: &str = "***";

/// Where a text differs from the script that it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Substitution {
    /// The script as it was written.
    written: String,
    /// Whether nothing of it stayed as it was.
    is_whole: bool,
    /// In the order of the text.
    pieces: Vec<Piece>,
}

/// A place that was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// Where the value lies in the text that was made.
    made: Range<usize>,
    /// Where its name lies in the script.
    written: Range<usize>,
    is_secret: bool,
}

impl Substitution {
    /// Where in the script a place of the text was written: the beginning of the name for what lies in a value.
    fn written_offset(&self, made: usize) -> usize {
        let before = self.pieces.iter().rfind(|piece| piece.made.start <= made);
        match before {
            None => made,
            Some(piece) if made < piece.made.end => piece.written.start,
            Some(piece) => piece.written.end + (made - piece.made.end),
        }
    }

    /// The script before the place where this place of the text was written.
    pub(crate) fn written_before(&self, made: usize) -> Option<&str> {
        self.written.get(..self.written_offset(made))
    }

    /// A stretch of the text as it was written.
    pub(crate) fn written(&self, made: &Range<usize>) -> &str {
        let start = self.written_offset(made.start);
        let end = match self
            .pieces
            .iter()
            .find(|piece| piece.made.contains(&made.end))
        {
            Some(piece) if piece.made.start < made.end => piece.written.end,
            _ => self.written_offset(made.end),
        };
        self.written.get(start..end).unwrap_or_default()
    }

    /// How far behind the beginning of a stretch as it was written a place in it lies.
    pub(crate) fn distance(&self, from: usize, to: usize) -> usize {
        self.written_offset(to)
            .saturating_sub(self.written_offset(from))
    }

    /// A stretch of the text for people: its secret values are masked.
    pub(crate) fn shown(&self, text: &str, range: &Range<usize>) -> String {
        let mut shown = String::new();
        let mut position = range.start;
        let secret = self.pieces.iter().filter(|piece| piece.is_secret);
        for piece in secret.filter(|piece| {
            piece.made.start < range.end && piece.made.end > range.start && !piece.made.is_empty()
        }) {
            shown.push_str(text.get(position..piece.made.start).unwrap_or_default());
            shown.push_str(MASK);
            position = piece.made.end.min(range.end);
        }
        shown.push_str(text.get(position..range.end).unwrap_or_default());
        shown
    }
}

/// The script with its variables filled in, if it turns them on. Its checksum stays that of the text as it was written.
///
/// # Errors
/// Every name that is unknown, and every `${` without its end.
pub(crate) fn substituted(
    body: ScriptBody,
    variables: &Variables,
) -> Result<ScriptBody, Diagnostics> {
    if !body.script().variables {
        return Ok(body);
    }
    let mut script = body.script().clone();
    let mut filling = Filling::new(body.text(), body.script(), variables);
    let mut position = 0;
    for chunk in chunks(&mut script) {
        filling
            .text
            .push_str(&filling.source[position..chunk.range.start]);
        position = chunk.range.end;
        filling.chunk(chunk);
    }
    filling.text.push_str(&filling.source[position..]);
    let Filling {
        text,
        pieces,
        problems,
        ..
    } = filling;
    if !problems.is_empty() {
        let problems = problems.into_iter();
        let located = problems.map(|problem| problem.in_file(&script.path));
        return Err(Diagnostics(located.collect()));
    }
    let written = body.text().to_owned();
    Ok(ScriptBody::filled_in(
        script,
        text,
        Substitution {
            written,
            is_whole: false,
            pieces,
        },
    ))
}

/// A text of a script that turns variables on, filled in: its stretches in their order.
///
/// # Errors
/// As [`substituted`]; `line` is where the text stands.
pub(crate) fn filled_text(
    text: &str,
    line: usize,
    script: &Script,
    variables: &Variables,
) -> Result<Vec<Segment>, Diagnostics> {
    let mut filling = Filling::new(text, script, variables);
    let mut chunk = Chunk {
        kind: ChunkKind::Text,
        range: 0..text.len(),
        line,
    };
    filling.chunk(&mut chunk);
    if !filling.problems.is_empty() {
        let problems = filling.problems.into_iter();
        // The text may be anywhere in its operation.
        let located = problems.map(|problem| {
            Problem {
                line: Some(line),
                ..problem
            }
            .in_file(&script.path)
        });
        return Err(Diagnostics(located.collect()));
    }
    let mut segments = Vec::new();
    let mut position = 0;
    for piece in &filling.pieces {
        segments.push(Segment::plain(&filling.text[position..piece.made.start]));
        segments.push(Segment {
            text: filling.text[piece.made.clone()].to_owned(),
            is_secret: piece.is_secret,
        });
        position = piece.made.end;
    }
    segments.push(Segment::plain(&filling.text[position..]));
    Ok(segments)
}

impl Substitution {
    /// Whether nothing of the script stayed as it was: all of it is made of operations.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// A text that was made of another, stretch by stretch.
    pub(super) fn of(written: String, stretches: Vec<Stretch>) -> Self {
        let pieces = stretches.into_iter().map(|stretch| Piece {
            made: stretch.made,
            written: stretch.written,
            is_secret: stretch.is_secret,
        });
        Self {
            written,
            is_whole: true,
            pieces: pieces.collect(),
        }
    }
}

/// The chunks of all sections, in the order of the text.
fn chunks(script: &mut Script) -> Vec<&mut Chunk> {
    let sections = script.upgrade.iter_mut().chain(&mut script.downgrade);
    let mut chunks: Vec<&mut Chunk> = sections
        .flat_map(|section| section.chunks.iter_mut())
        .collect();
    chunks.sort_by_key(|chunk| chunk.range.start);
    chunks
}

struct Filling<'f> {
    source: &'f str,
    variables: &'f Variables,
    /// The value of `${dapter:revision}`.
    revision: Variable,
    text: String,
    pieces: Vec<Piece>,
    problems: Vec<Problem>,
}

impl<'f> Filling<'f> {
    fn new(source: &'f str, script: &Script, variables: &'f Variables) -> Self {
        Self {
            source,
            variables,
            revision: Variable {
                value: script.revision.id.to_string(),
                is_secret: false,
            },
            text: String::new(),
            pieces: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn chunk(&mut self, chunk: &mut Chunk) {
        let start = self.text.len();
        let end = chunk.range.end;
        let mut position = chunk.range.start;
        let source = self.source;
        while let Some(found) = source[position..end].find("${") {
            let open = position + found;
            if open > chunk.range.start && source[..open].ends_with('$') {
                // `$${`: the first dollar stands for itself, and is left out.
                self.text.push_str(&source[position..open - 1]);
                self.piece("${", open - 1..open + 2, false);
                position = open + 2;
                continue;
            }
            self.text.push_str(&source[position..open]);
            let close = source[open..end].find(['}', '\n']).map(|at| open + at);
            let Some(close) = close.filter(|&at| source[at..].starts_with('}')) else {
                let problem = self.problem(chunk, open, "`${` without its `}`");
                self.problems
                    .push(problem.hint("write `$${` for `${` itself"));
                position = open + 2;
                continue;
            };
            self.fill_in(chunk, open..close + 1);
            position = close + 1;
        }
        self.text.push_str(&source[position..end]);
        chunk.range = start..self.text.len();
    }

    fn fill_in(&mut self, chunk: &Chunk, written: Range<usize>) {
        let name = &self.source[written.start + 2..written.end - 1];
        let variable = match name {
            "dapter:revision" => Some(self.revision.clone()),
            name => self.variables.get(name).cloned(),
        };
        match variable {
            Some(Variable { value, is_secret }) => self.piece(&value, written, is_secret),
            None => {
                let message = format!("unknown variable `${{{name}}}`");
                let hint = self.hint(name);
                let problem = self.problem(chunk, written.start, &message);
                self.problems.push(problem.hint(hint));
            }
        }
    }

    fn hint(&self, name: &str) -> String {
        let names: Vec<&str> = self.variables.names().chain(["dapter:revision"]).collect();
        match did_you_mean(name, names.iter().copied()) {
            Some(near) => format!("did you mean `${{{near}}}`?"),
            None => format!(
                "the variables are {}; set it in [variables] of dapter.toml or with --var, or write `$${{` for `${{` itself",
                names.join(", ")
            ),
        }
    }

    fn piece(&mut self, value: &str, written: Range<usize>, is_secret: bool) {
        let start = self.text.len();
        self.text.push_str(value);
        self.pieces.push(Piece {
            made: start..self.text.len(),
            written,
            is_secret,
        });
    }

    fn problem(&self, chunk: &Chunk, at: usize, message: &str) -> Problem {
        let before = &self.source[chunk.range.start..at];
        let line = chunk.line + before.matches('\n').count();
        let last = before.rsplit('\n').next().unwrap_or_default();
        let column = last.chars().count() + 1;
        Problem::at(line, format!("{message} at column {column}"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::script::parse::parse_owned;

    fn body(upgrade: &str) -> ScriptBody {
        let text = format!(
            "-- dapter:revision a\n-- dapter:variables on\n-- dapter:upgrade\n{upgrade}\n-- dapter:downgrade\nDOWN ${{schema}}\n"
        );
        parse_owned(Path::new("a.sql"), text.into_bytes()).expect("a script")
    }

    fn variables() -> Variables {
        let mut variables = Variables::default();
        for (name, value) in [("schema", "app"), ("password", "geheim"), ("none", "")] {
            variables.set(name, value.to_owned()).expect("a name");
        }
        variables
    }

    fn upgrade(text: &str) -> String {
        let filled = substituted(body(text), &variables()).expect("it fills in");
        let parts = filled.upgrade_for("x").expect("a section");
        parts.iter().map(|part| part.text).collect()
    }

    #[test]
    fn values_are_filled_in_as_they_are() {
        for (text, expected) in [
            ("A ${schema}.t;", "A app.t;\n"),
            ("A ${schema}${none}${schema}", "A appapp\n"),
            (
                "A $${schema} $ { $x$ ${schema}",
                "A ${schema} $ { $x$ app\n",
            ),
            ("${dapter:revision}", "a\n"),
        ] {
            assert_eq!(upgrade(text), expected, "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_script_and_secrets_are_masked() {
        let filled = substituted(body("A ${password} B;\nC ${schema} D"), &variables());
        let filled = filled.expect("it fills in");
        let parts = filled.upgrade_for("x").expect("a section");
        let part = parts[0];
        let made = part.substitution.expect("it was filled in");
        let at = part.text.find('D').expect("it is there");
        assert_eq!(part.place(at), (5, 13));
        let range = part.start..part.start + part.text.find(';').expect("it is there");
        assert_eq!(made.shown(part.script, &range), "A *** B");
        assert_eq!(made.written(&range), "A ${password} B");
        assert_eq!(
            filled.script().checksum,
            body("A ${password} B;\nC ${schema} D").script().checksum
        );
    }

    #[test]
    fn what_is_unknown_is_told_with_its_place() {
        let problems = substituted(body("A\n B ${shcema}\n${x y\n${other}"), &variables());
        let problems = problems.expect_err("nobody knows them").0;
        let told: Vec<_> = problems
            .iter()
            .map(|problem| (problem.line, problem.message.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (Some(5), "unknown variable `${shcema}` at column 4"),
                (Some(6), "`${` without its `}` at column 1"),
                (Some(7), "unknown variable `${other}` at column 1"),
            ]
        );
        assert_eq!(
            problems[0].hint.as_deref(),
            Some("did you mean `${schema}`?")
        );
    }
}
