//! MySQL and MariaDB: stored programs.

use super::super::keywords::UpperWord;
use super::super::token::{Token, TokenKind};
use super::block::{Block, BlockKind};
use super::tracker::OpenBody;

/// Follows a statement of MySQL or MariaDB.
///
/// Words such as `IF`, `REPEAT`, `BEGIN` and `END` are functions or names too, so a block opens and
/// closes only where a statement of the body can start.
#[derive(Debug, Default)]
pub(super) struct StoredProgram {
    phase: Phase,
    /// The open blocks, the innermost last.
    blocks: Vec<Block>,
    previous: Previous,
}

/// How far the statement is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    /// Its first words, which tell what it is.
    #[default]
    Start,
    /// A first word that may be a label.
    Label,
    /// After the `BEGIN` at this place, which alone starts a transaction.
    Begin { offset: usize },
    /// After `CREATE` or `ALTER` and words that may stand before the kind of object.
    Create,
    /// The head of a routine, before or inside its parameters.
    Parameters { depth: usize },
    /// The head of a trigger, up to `EACH ROW`.
    TriggerHead,
    /// The name after `FOLLOWS` or `PRECEDES`.
    TriggerOrder,
    /// The head of an event, up to `DO`.
    EventHead,
    /// Words that may stand before a body: the characteristics of a routine, the conditions of a
    /// handler. A statement that can be no block ends them.
    BeforeBody,
    /// Where a statement of the body starts.
    StatementStart,
    /// After `EACH ROW`: where the body of a trigger or its order starts.
    TriggerBody,
    /// A first word of a statement that may be a label.
    BodyLabel,
    /// Inside a statement of the body.
    Statement,
    /// Inside a `DECLARE`, which may declare a handler.
    Declare,
    /// A statement without a body.
    Plain,
}

/// What the token before was, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Previous {
    #[default]
    Other,
    /// The `.` before a column or the `=` of `DEFINER =`, after which a word is a name.
    NameFollows,
    /// `EACH`.
    Each,
    /// `CHARACTER`, `CHAR` or `RETURNS`, after which `SET` is part of a type.
    Type,
    /// `CONTINUE`, `EXIT` or `UNDO`, after which `HANDLER` is a handler.
    HandlerAction,
    /// `HANDLER`, after which `FOR` comes before its conditions.
    Handler,
    /// A word or symbol after which an operand has to come, so that `END` is a name.
    OperandFollows,
    /// The `END` that closed a block, after which `CASE` is part of it.
    End,
}

impl StoredProgram {
    pub(super) fn reset(&mut self) {
        self.phase = Phase::Start;
        self.blocks.clear();
        self.previous = Previous::Other;
    }

    pub(super) fn open_body(&self) -> Option<OpenBody> {
        self.blocks.last().map(|block| block.open_body())
    }

    pub(super) fn see(&mut self, token: Token, text: &str) {
        if self.phase == Phase::Plain {
            return;
        }
        match token.kind {
            TokenKind::Word if self.previous != Previous::NameFollows => {
                let word = UpperWord::of_token(token, text);
                self.word(word.as_bytes(), token.start);
            }
            TokenKind::Word | TokenKind::QuotedIdentifier => self.name(),
            TokenKind::Terminator => {
                self.phase = Phase::StatementStart;
                self.previous = Previous::Other;
            }
            TokenKind::Symbol => self.symbol(token.text(text)),
            TokenKind::ExecutableCommentStart | TokenKind::ExecutableCommentEnd => {}
            _ => self.literal(),
        }
    }

    /// Takes a quoted identifier, or a word that can be nothing but a name.
    fn name(&mut self) {
        self.previous = Previous::Other;
        self.phase = match self.phase {
            Phase::Start => Phase::Label,
            Phase::Label | Phase::Begin { .. } => Phase::Plain,
            Phase::TriggerOrder => Phase::StatementStart,
            Phase::StatementStart | Phase::TriggerBody => Phase::BodyLabel,
            Phase::BodyLabel => Phase::Statement,
            other => other,
        };
    }

    /// Takes a literal or a variable.
    fn literal(&mut self) {
        self.previous = Previous::Other;
        self.phase = match self.phase {
            Phase::Start | Phase::Label | Phase::Begin { .. } => Phase::Plain,
            Phase::StatementStart | Phase::TriggerBody | Phase::BodyLabel => Phase::Statement,
            other => other,
        };
    }

    fn symbol(&mut self, symbol: &str) {
        self.previous = match symbol {
            "." => Previous::NameFollows,
            "=" if self.phase == Phase::Create => Previous::NameFollows,
            ")" => Previous::Other,
            _ => Previous::OperandFollows,
        };
        self.phase = match (self.phase, symbol) {
            (Phase::Label, ":") => Phase::Start,
            (Phase::BodyLabel, ":") => Phase::StatementStart,
            (Phase::BodyLabel | Phase::StatementStart | Phase::TriggerBody, _) => Phase::Statement,
            (Phase::Parameters { depth }, "(") => Phase::Parameters { depth: depth + 1 },
            (Phase::Parameters { depth: 1 }, ")") => Phase::BeforeBody,
            (Phase::Parameters { depth }, ")") => Phase::Parameters {
                depth: depth.saturating_sub(1),
            },
            (Phase::Start | Phase::Label | Phase::Begin { .. }, _) => Phase::Plain,
            (other, _) => other,
        };
    }

    fn word(&mut self, word: &[u8], offset: usize) {
        let before = self.previous;
        self.previous = match word {
            b"EACH" => Previous::Each,
            b"CHARACTER" | b"CHAR" | b"CHARSET" | b"RETURNS" => Previous::Type,
            b"CONTINUE" | b"EXIT" | b"UNDO" => Previous::HandlerAction,
            b"HANDLER" => Previous::Handler,
            b"CASE" | b"WHEN" | b"THEN" | b"ELSE" | b"AND" | b"OR" | b"NOT" => {
                Previous::OperandFollows
            }
            _ => Previous::Other,
        };
        self.phase = match self.phase {
            Phase::Start => self.first_word(word, offset),
            Phase::Begin { offset } if word == b"NOT" => {
                self.open(BlockKind::Begin, offset, Phase::StatementStart)
            }
            Phase::Create => object_kind(word),
            Phase::TriggerHead if word == b"ROW" && before == Previous::Each => Phase::TriggerBody,
            Phase::TriggerBody if matches!(word, b"FOLLOWS" | b"PRECEDES") => Phase::TriggerOrder,
            Phase::TriggerOrder => Phase::StatementStart,
            Phase::EventHead if word == b"DO" => Phase::StatementStart,
            Phase::StatementStart | Phase::TriggerBody => self.statement_start(word, offset),
            Phase::BeforeBody => self.before_body(word, offset, before),
            Phase::Declare if word == b"HANDLER" && before == Previous::HandlerAction => {
                Phase::BeforeBody
            }
            Phase::Declare | Phase::Statement | Phase::BodyLabel => {
                self.inside_statement(word, offset, before)
            }
            Phase::Begin { .. } | Phase::Label => Phase::Plain,
            other @ (Phase::Parameters { .. }
            | Phase::TriggerHead
            | Phase::EventHead
            | Phase::Plain) => other,
        };
    }

    fn first_word(&mut self, word: &[u8], offset: usize) -> Phase {
        match word {
            b"CREATE" | b"ALTER" => Phase::Create,
            b"BEGIN" => Phase::Begin { offset },
            // Blocks of MariaDB outside of a routine.
            b"IF" | b"CASE" | b"LOOP" | b"REPEAT" | b"WHILE" | b"FOR" => {
                self.statement_start(word, offset)
            }
            _ => Phase::Label,
        }
    }

    fn open(&mut self, kind: BlockKind, offset: usize, then: Phase) -> Phase {
        self.blocks.push(Block { kind, offset });
        then
    }

    fn innermost(&self) -> Option<BlockKind> {
        self.blocks.last().map(|block| block.kind)
    }

    fn close(&mut self) -> Phase {
        self.blocks.pop();
        self.previous = Previous::End;
        Phase::Statement
    }

    /// Takes the first word of a statement of the body.
    fn statement_start(&mut self, word: &[u8], offset: usize) -> Phase {
        match word {
            b"BEGIN" => self.open(BlockKind::Begin, offset, Phase::StatementStart),
            b"LOOP" => self.open(BlockKind::Loop, offset, Phase::StatementStart),
            b"REPEAT" => self.open(BlockKind::Repeat, offset, Phase::StatementStart),
            b"IF" => self.open(BlockKind::If, offset, Phase::Statement),
            b"CASE" => self.open(BlockKind::CaseStatement, offset, Phase::Statement),
            b"WHILE" => self.open(BlockKind::While, offset, Phase::Statement),
            b"FOR" => self.open(BlockKind::For, offset, Phase::Statement),
            // `BEGIN NOT ATOMIC`, and the branch of an `IF` or `CASE`.
            b"NOT" | b"ATOMIC" | b"ELSE" => Phase::StatementStart,
            b"UNTIL" => {
                if let Some(block) = self.blocks.last_mut() {
                    block.kind = BlockKind::Until;
                }
                Phase::Statement
            }
            b"END" => self.close(),
            b"DECLARE" => Phase::Declare,
            _ => Phase::BodyLabel,
        }
    }

    /// Takes a word that may stand before a body.
    fn before_body(&mut self, word: &[u8], offset: usize, before: Previous) -> Phase {
        match word {
            b"BEGIN" | b"IF" | b"CASE" | b"LOOP" | b"REPEAT" | b"WHILE" => {
                self.statement_start(word, offset)
            }
            b"FOR" if before != Previous::Handler => self.statement_start(word, offset),
            b"SET" if before == Previous::Type => Phase::BeforeBody,
            _ if starts_plain_statement(word) => Phase::Statement,
            _ => Phase::BeforeBody,
        }
    }

    fn inside_statement(&mut self, word: &[u8], offset: usize, before: Previous) -> Phase {
        use BlockKind::{CaseExpression, CaseStatement, For, If, Until, While};
        match (word, self.innermost()) {
            (b"CASE", _) if before == Previous::End => Phase::Statement,
            (b"CASE", _) => self.open(CaseExpression, offset, Phase::Statement),
            (b"END", Some(CaseExpression | Until)) if before != Previous::OperandFollows => {
                self.close()
            }
            (b"THEN", Some(If | CaseStatement)) | (b"DO", Some(While | For)) => {
                Phase::StatementStart
            }
            _ if self.phase == Phase::Declare => Phase::Declare,
            _ => Phase::Statement,
        }
    }
}

/// What a word between `CREATE` and the name of an object makes of the statement.
fn object_kind(word: &[u8]) -> Phase {
    match word {
        b"OR" | b"REPLACE" | b"DEFINER" | b"AGGREGATE" => Phase::Create,
        b"PROCEDURE" | b"FUNCTION" => Phase::Parameters { depth: 0 },
        b"TRIGGER" => Phase::TriggerHead,
        b"EVENT" => Phase::EventHead,
        _ => Phase::Plain,
    }
}

/// Whether a word starts a statement that is no block, among those that a routine may have.
fn starts_plain_statement(word: &[u8]) -> bool {
    matches!(
        word,
        b"SELECT"
            | b"INSERT"
            | b"UPDATE"
            | b"DELETE"
            | b"REPLACE"
            | b"SET"
            | b"CALL"
            | b"RETURN"
            | b"DO"
            | b"WITH"
            | b"VALUES"
            | b"TABLE"
            | b"CREATE"
            | b"ALTER"
            | b"DROP"
            | b"RENAME"
            | b"TRUNCATE"
            | b"ANALYZE"
            | b"OPTIMIZE"
            | b"PREPARE"
            | b"EXECUTE"
            | b"DEALLOCATE"
            | b"SIGNAL"
            | b"RESIGNAL"
            | b"GET"
            | b"SHOW"
            | b"GRANT"
            | b"REVOKE"
            | b"FLUSH"
            | b"KILL"
            | b"LOAD"
            | b"LOCK"
            | b"INSTALL"
            | b"UNINSTALL"
            | b"LEAVE"
            | b"ITERATE"
            | b"OPEN"
            | b"FETCH"
            | b"CLOSE"
            | b"START"
            | b"COMMIT"
            | b"ROLLBACK"
    )
}
