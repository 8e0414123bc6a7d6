//! Where a statement ends that has a body with semicolons of its own.
//!
//! Source: "Procedural SQL (PSQL) Statements" in the language reference of Firebird 3.0.

/// Follows a statement, token by token.
#[derive(Debug, Default)]
pub(crate) struct Body {
    phase: Phase,
    /// The open blocks, the innermost last.
    open: Vec<Block>,
    /// Whether the last token closed the outermost `BEGIN`. A routine within the declarations has one of its own, so only a
    /// terminator behind it ends the statement.
    closed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    #[default]
    Start,
    /// After `CREATE`, `RECREATE`, `ALTER` and `OR`.
    Verb,
    /// After `EXECUTE`.
    Execute,
    /// In the head of a routine, with the depth of parentheses: a default in them may have an `AS`.
    Head(usize),
    /// Directly after its `AS`.
    As,
    /// In declarations and body.
    Inside,
    /// It has no body.
    Plain,
}

#[derive(Debug, Clone, Copy)]
struct Block {
    is_begin: bool,
    at: usize,
}

impl Body {
    /// Sees the next token that means something: its text, the place where it starts, whether it is a word (and no name in
    /// quotes).
    pub(crate) fn see(&mut self, token: &str, at: usize, is_word: bool) {
        let is = |keyword: &str| is_word && token.eq_ignore_ascii_case(keyword);
        self.phase = match self.phase {
            Phase::Start if is("CREATE") || is("RECREATE") || is("ALTER") => Phase::Verb,
            Phase::Start if is("EXECUTE") => Phase::Execute,
            Phase::Verb if is("OR") || is("ALTER") => Phase::Verb,
            Phase::Verb
                if ["PROCEDURE", "FUNCTION", "TRIGGER", "PACKAGE"]
                    .into_iter()
                    .any(is) =>
            {
                Phase::Head(0)
            }
            Phase::Execute if is("BLOCK") => Phase::Head(0),
            Phase::Start | Phase::Verb | Phase::Execute | Phase::Plain => Phase::Plain,
            Phase::Head(0) if is("AS") => Phase::As,
            Phase::Head(depth) => Phase::Head(match token {
                "(" => depth + 1,
                ")" => depth.saturating_sub(1),
                _ => depth,
            }),
            // The text of a routine in another language.
            Phase::As if token.starts_with('\'') => Phase::Plain,
            Phase::As | Phase::Inside => {
                self.see_inside(token, at, is_word);
                Phase::Inside
            }
        };
    }

    fn see_inside(&mut self, token: &str, at: usize, is_word: bool) {
        let is = |keyword: &str| is_word && token.eq_ignore_ascii_case(keyword);
        self.closed = false;
        if is("BEGIN") || is("CASE") {
            self.open.push(Block {
                is_begin: is("BEGIN"),
                at,
            });
        } else if is("END") {
            // One that closes nothing is the server's to refuse.
            let is_begin = self.open.pop().is_none_or(|block| block.is_begin);
            self.closed = is_begin && self.open.is_empty();
        }
    }

    /// Whether a semicolon ends the statement here.
    pub(crate) fn may_end(&self) -> bool {
        match self.phase {
            Phase::As | Phase::Inside => self.closed,
            _ => true,
        }
    }

    /// What is open at the end of the script: the place of the outermost block, if there is one.
    pub(crate) fn outermost(&self) -> Option<usize> {
        self.open.first().map(|block| block.at)
    }
}
