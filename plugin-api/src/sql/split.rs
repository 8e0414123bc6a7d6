//! The splitter.

use super::compound::Tracker;
use super::copy_data::read_data;
use super::delimiter::{DelimiterLine, delimiter_line};
use super::error::{SplitError, SplitErrorKind};
use super::lexer::Lexer;
use super::position::Position;
use super::rules::Rules;
use super::scan;
use super::token::{Token, TokenKind};

/// The longest opening mark that an error quotes, in characters.
const LONGEST_OPENING: usize = 64;

/// Where a statement lies in a script.
///
/// From its first token to its last, without the terminator and without the whitespace and the
/// comments around it; comments inside belong to it. The statement that `COPY … FROM STDIN` starts
/// goes on to the `\.` after its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatementSpan {
    /// Byte offset of the first character.
    pub start: usize,
    /// Byte offset after the last character.
    pub end: usize,
    /// Line of the first character, from 1 on.
    pub line: u32,
    /// Column of the first character, from 1 on, counted in characters.
    pub column: u32,
    /// The data that follow a `COPY … FROM STDIN`.
    pub copy_data: Option<CopyData>,
}

impl StatementSpan {
    /// The whole statement in `text`, the script it was split from.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// What the server is to run: the statement without data and terminator.
    #[must_use]
    pub fn command<'t>(&self, text: &'t str) -> &'t str {
        let end = self.copy_data.map_or(self.end, |data| data.command_end);
        text.get(self.start..end).unwrap_or_default()
    }
}

/// Where the data of a `COPY … FROM STDIN` lie in a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CopyData {
    /// Byte offset after the last token of the command, before its terminator.
    pub command_end: usize,
    /// Byte offset of the first line of data.
    pub start: usize,
    /// Byte offset after the last line of data, whose line end is part of it; the mark `\.` is not.
    pub end: usize,
}

impl CopyData {
    /// The lines of data in `text`, the script.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// Cuts a script into its statements, in order.
///
/// A piece without a token, such as the one between `;;`, is no statement. Bodies with semicolons of
/// their own stay whole, as [`Rules::compound`] has it. `DELIMITER` lines are obeyed and are no
/// statements; while another delimiter than `;` is in force, that alone ends a statement.
///
/// Takes time linear in the text, and memory for the result alone. Splitting the
/// [`text`](StatementSpan::text) of a statement by the same rules gives that one statement again,
/// unless a `DELIMITER` was needed to enclose it, a line of it starts with that word, or it ends in the `--` of
/// a comment that wants a blank and has the terminator instead.
///
/// # Errors
/// The first place from which on the script makes no sense; see [`SplitErrorKind`]. Whether the
/// statements are valid SQL is the server's business.
pub fn split(text: &str, rules: &Rules) -> Result<Vec<StatementSpan>, SplitError> {
    let mut splitter = Splitter {
        text,
        rules: *rules,
        lexer: Lexer::new(text, rules),
        position: Position::new(text),
        tracker: Tracker::new(rules.compound),
        current: None,
        executable_start: 0,
        statements: Vec::new(),
    };
    match splitter.run() {
        Ok(()) => Ok(splitter.statements),
        Err(fault) => Err(fault.locate(text)),
    }
}

/// An error before its line and column are known.
struct Fault {
    kind: SplitErrorKind,
    offset: usize,
}

impl Fault {
    fn locate(self, text: &str) -> SplitError {
        let (line, column) = Position::new(text).advance(self.offset);
        SplitError {
            kind: self.kind,
            offset: self.offset,
            line,
            column,
        }
    }
}

struct Splitter<'t> {
    text: &'t str,
    rules: Rules,
    lexer: Lexer<'t>,
    position: Position<'t>,
    tracker: Tracker,
    /// The statement being read: its first byte and the byte after its last token so far.
    current: Option<(usize, usize)>,
    /// Where the executable comment opened that the lexer is in.
    executable_start: usize,
    statements: Vec<StatementSpan>,
}

impl<'t> Splitter<'t> {
    fn run(&mut self) -> Result<(), Fault> {
        loop {
            let in_comment = self.lexer.in_executable_comment();
            let Some(token) = self.lexer.next() else {
                break;
            };
            if !token.terminated {
                return Err(self.unclosed(token));
            }
            if token.is_trivia() {
                continue;
            }
            if !in_comment && self.ends_statement(token)? {
                continue;
            }
            match token.kind {
                TokenKind::ExecutableCommentStart if !in_comment => {
                    self.executable_start = token.start;
                }
                TokenKind::Symbol if self.rules.meta_commands => self.refuse_meta_command(token)?,
                _ => {}
            }
            let start = self.current.map_or(token.start, |(start, _)| start);
            self.current = Some((start, token.end));
            if self.lexer.has_standard_terminator() {
                self.tracker.see(token, self.text);
            }
        }
        self.end_of_text()
    }

    /// Whether `token` was a terminator or a `DELIMITER` command, and the statement before it ended.
    fn ends_statement(&mut self, token: Token) -> Result<bool, Fault> {
        let is_terminator = token.kind == TokenKind::Terminator;
        // The command comes first: `delimiter` may itself be the terminator in force.
        if self.rules.delimiter_command && (is_terminator || token.kind == TokenKind::Word) {
            let in_statement = self.current.is_some();
            if let Some(line) = delimiter_line(self.text, token, in_statement) {
                self.change_delimiter(token, line)?;
                return Ok(true);
            }
        }
        let ends = is_terminator && self.may_end();
        if ends {
            self.end_statement(Some(token))?;
        }
        Ok(ends)
    }

    /// Whether a terminator ends the statement here. One that the script chose always does.
    fn may_end(&self) -> bool {
        !self.lexer.has_standard_terminator() || self.tracker.may_end()
    }

    fn end_statement(&mut self, terminator: Option<Token>) -> Result<(), Fault> {
        let reads_data = self.tracker.reads_data() && self.rules.copy_data;
        self.tracker.reset();
        let Some((start, command_end)) = self.current.take() else {
            return Ok(());
        };
        let (line, column) = self.position.advance(start);
        let mut statement = StatementSpan {
            start,
            end: command_end,
            line,
            column,
            copy_data: None,
        };
        if reads_data {
            let from = terminator.map_or(self.text.len(), |token| token.end);
            let data = read_data(self.text, from, &self.rules).map_err(|kind| Fault {
                kind,
                offset: start,
            })?;
            statement.end = data.mark_end;
            statement.copy_data = Some(CopyData {
                command_end,
                start: data.start,
                end: data.end,
            });
            self.lexer.skip_to(data.mark_end);
        }
        self.statements.push(statement);
        Ok(())
    }

    fn end_of_text(&mut self) -> Result<(), Fault> {
        if self.lexer.in_executable_comment() {
            return Err(Fault {
                kind: SplitErrorKind::Unclosed {
                    kind: TokenKind::ExecutableCommentStart,
                    opening: "/*!".to_owned(),
                },
                offset: self.executable_start,
            });
        }
        self.refuse_open_body()?;
        self.end_statement(None)
    }

    fn refuse_open_body(&self) -> Result<(), Fault> {
        self.tracker.open_body().map_or(Ok(()), |open| {
            Err(Fault {
                kind: SplitErrorKind::OpenBody {
                    opening: open.opening,
                    closing: open.closing,
                },
                offset: open.offset,
            })
        })
    }

    fn change_delimiter(&mut self, word: Token, line: DelimiterLine<'t>) -> Result<(), Fault> {
        let Some(delimiter) = line.delimiter else {
            return Err(Fault {
                kind: SplitErrorKind::Delimiter,
                offset: word.start,
            });
        };
        self.refuse_open_body()?;
        self.end_statement(None)?;
        self.lexer.set_terminator(delimiter);
        self.lexer.skip_to(line.end);
        Ok(())
    }

    fn refuse_meta_command(&self, token: Token) -> Result<(), Fault> {
        if token.text(self.text) != "\\" {
            return Ok(());
        }
        let bytes = self.text.as_bytes();
        let end = scan::run(bytes, token.end, |byte| {
            !scan::is_space(byte) && byte != b'\\' && byte != b';'
        });
        let command = self.text.get(token.start..end).unwrap_or_default();
        Err(Fault {
            kind: SplitErrorKind::MetaCommand {
                command: shorten(command),
            },
            offset: token.start,
        })
    }

    fn unclosed(&self, token: Token) -> Fault {
        let bytes = self.text.as_bytes();
        let content = token.text(self.text);
        let opening_end = match content.as_bytes().first() {
            Some(b'/') => token.start + 2,
            Some(b'$') => scan::dollar_tag(bytes, token.start).unwrap_or(token.end),
            _ => token.start + content.find(['\'', '"', '`', '[']).map_or(1, |at| at + 1),
        };
        let opening = self.text.get(token.start..opening_end);
        Fault {
            kind: SplitErrorKind::Unclosed {
                kind: token.kind,
                opening: shorten(opening.unwrap_or_default()),
            },
            offset: token.start,
        }
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(LONGEST_OPENING).collect()
}
