//! Which objects a statement touches, and how to tell afterwards whether it has.
//!
//! Statements that define structure are atomic in MySQL 8 and MariaDB 10.6, but for those that drop several objects in
//! MariaDB: each of those is atomic for itself. Source: "Atomic Data Definition Statement Support" of MySQL, "Atomic DDL" of
//! MariaDB.

use crate::words::Words;
use dapter_plugin_api::sql::{Rules, TokenKind};
use serde::{Deserialize, Serialize};

/// How to tell whether a statement took effect that nobody recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trace {
    /// There is no need to: it does no harm when it runs again.
    Repeatable,
    /// There is no way to.
    None,
    /// By what these objects look like.
    Objects(Vec<Probe>),
}

/// An object, and what of it a statement changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Probe {
    pub(crate) kind: Kind,
    /// The database; empty for what belongs to none. The host of a user.
    #[serde(default)]
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) by: By,
}

/// What sort of object it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A table, a sequence, or a view: they share their names.
    Table,
    View,
    Sequence,
    Trigger,
    Procedure,
    Function,
    Event,
    Database,
    User,
}

/// What of an object a statement changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum By {
    /// Whether it is there.
    Existence,
    /// What its definition says.
    Definition,
    /// When it was made, and whether it holds anything.
    Content,
}

impl Trace {
    /// How to tell whether `statement` took effect, run in a session whose database is `schema`.
    pub(crate) fn of(statement: &str, rules: &Rules, schema: &str) -> Trace {
        let mut parser = Parser {
            words: Words::new(statement, rules),
            schema: schema.to_owned(),
        };
        parser.statement().unwrap_or(Trace::None)
    }
}

struct Parser<'t> {
    words: Words<'t>,
    schema: String,
}

impl Parser<'_> {
    /// `None` where the statement is not understood.
    fn statement(&mut self) -> Option<Trace> {
        match self.words.keyword().as_str() {
            "CREATE" => self.create(),
            "DROP" => self.drop_objects(),
            "ALTER" => self.alter(),
            "RENAME" => self.rename(),
            "TRUNCATE" => {
                self.words.accept(&["TABLE"]);
                self.one(Kind::Table, By::Content)
            }
            "ANALYZE" | "OPTIMIZE" | "CHECK" | "REPAIR" | "FLUSH" | "GRANT" | "LOCK" | "UNLOCK"
            | "SET" | "CACHE" | "LOAD" => Some(Trace::Repeatable),
            _ => None,
        }
    }

    fn create(&mut self) -> Option<Trace> {
        if self.words.accept(&["OR", "REPLACE"]) {
            return Some(Trace::Repeatable);
        }
        let kind = self.kind_after_modifiers()?;
        if self.words.accept(&["IF", "NOT", "EXISTS"]) {
            return Some(Trace::Repeatable);
        }
        match kind {
            Noun::Index => {
                // Name and, perhaps, type stand before the table.
                while !self.words.accept(&["ON"]) {
                    self.words.take()?;
                }
                self.one(Kind::Table, By::Definition)
            }
            // One that happens once may be gone again.
            Noun::Object(Kind::Event) if self.words.contain("AT") => None,
            Noun::Object(kind) => self.one(kind, By::Existence),
        }
    }

    /// What is made, behind everything that may stand before it.
    fn kind_after_modifiers(&mut self) -> Option<Noun> {
        for _ in 0..24 {
            let word = match self.words.peek()?.kind {
                TokenKind::Word => self.words.keyword(),
                _ => {
                    self.words.take();
                    continue;
                }
            };
            if word == "DEFINER" {
                self.words.accept_sign("=");
                self.user()?;
                continue;
            }
            if let Some(noun) = Noun::of(&word) {
                return Some(noun);
            }
            if matches!(
                word.as_str(),
                "TABLESPACE"
                    | "SERVER"
                    | "ROLE"
                    | "RESOURCE"
                    | "LOGFILE"
                    | "PACKAGE"
                    | "UNDO"
                    | "SPATIAL_REFERENCE"
            ) {
                return None;
            }
        }
        None
    }

    fn drop_objects(&mut self) -> Option<Trace> {
        self.words.accept(&["ONLINE"]);
        let noun = Noun::of(&self.words.keyword())?;
        let Noun::Object(kind) = noun else {
            if self.words.accept(&["IF", "EXISTS"]) {
                return Some(Trace::Repeatable);
            }
            while !self.words.accept(&["ON"]) {
                self.words.take()?;
            }
            return self.one(Kind::Table, By::Definition);
        };
        if self.words.accept(&["IF", "EXISTS"]) {
            return Some(Trace::Repeatable);
        }
        let mut probes = Vec::new();
        loop {
            probes.push(self.object(kind, By::Existence)?);
            if !self.words.accept_sign(",") {
                return Some(Trace::Objects(probes));
            }
        }
    }

    fn alter(&mut self) -> Option<Trace> {
        match self.kind_after_modifiers()? {
            // The same account is the same again.
            Noun::Object(Kind::User) => Some(Trace::Repeatable),
            Noun::Object(Kind::Table) => self.alter_table(),
            Noun::Object(Kind::Event) => {
                let event = self.object(Kind::Event, By::Definition)?;
                let mut probes = vec![event];
                if self.words.contain("RENAME") {
                    probes[0].by = By::Existence;
                }
                Some(Trace::Objects(probes))
            }
            Noun::Object(Kind::Database) => {
                // Without a name it is the session's own.
                let schema = match self.words.clone().name() {
                    Some(word) if !is_database_option(&word) => word,
                    _ => self.schema.clone(),
                };
                Some(Trace::Objects(vec![Probe {
                    kind: Kind::Database,
                    schema: String::new(),
                    name: schema,
                    by: By::Definition,
                }]))
            }
            Noun::Object(kind) => self.one(kind, By::Definition),
            Noun::Index => None,
        }
    }

    fn alter_table(&mut self) -> Option<Trace> {
        if self.words.accept(&["IF", "EXISTS"]) {
            // Whatever else it does may not be repeatable.
        }
        let table = self.object(Kind::Table, By::Definition)?;
        // Its definition says nothing of these, and the second time they undo the first, or fail.
        if ["EXCHANGE", "DISCARD", "IMPORT"]
            .iter()
            .any(|word| self.words.contain(word))
        {
            return None;
        }
        if let Some(mut target) = self.rename_target() {
            target.by = By::Existence;
            let source = Probe {
                by: By::Existence,
                ..table
            };
            return Some(Trace::Objects(vec![source, target]));
        }
        Some(Trace::Objects(vec![table]))
    }

    /// The new name, if the table is renamed: `RENAME [TO | AS | =] name`, not `RENAME COLUMN` or `RENAME INDEX`.
    fn rename_target(&mut self) -> Option<Probe> {
        let mut depth = 0_usize;
        while self.words.peek().is_some() {
            match self.words.peek_text() {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ if depth == 0 && self.words.at("RENAME") => {
                    self.words.take();
                    let other = ["COLUMN", "INDEX", "KEY"]
                        .iter()
                        .any(|word| self.words.at(word));
                    if other {
                        continue;
                    }
                    if !self.words.accept(&["TO"]) && !self.words.accept(&["AS"]) {
                        self.words.accept_sign("=");
                    }
                    return self.object(Kind::Table, By::Existence);
                }
                _ => {}
            }
            self.words.take();
        }
        None
    }

    fn rename(&mut self) -> Option<Trace> {
        let kind = match self.words.keyword().as_str() {
            "TABLE" | "TABLES" => Kind::Table,
            "USER" => Kind::User,
            _ => return None,
        };
        self.words.accept(&["IF", "EXISTS"]);
        let (mut sources, mut targets) = (Vec::new(), Vec::new());
        loop {
            sources.push(self.object(kind, By::Existence)?);
            // `WAIT n` or `NOWAIT` may stand before it.
            while !self.words.accept(&["TO"]) {
                self.words.take()?;
            }
            targets.push(self.object(kind, By::Existence)?);
            if !self.words.accept_sign(",") {
                break;
            }
        }
        // Names that are given away and given again are there before and after. All of it is atomic, so one name tells it.
        let telling = sources
            .iter()
            .find(|source| !targets.contains(source))
            .or_else(|| targets.iter().find(|target| !sources.contains(target)))?;
        Some(Trace::Objects(vec![telling.clone()]))
    }

    fn one(&mut self, kind: Kind, by: By) -> Option<Trace> {
        Some(Trace::Objects(vec![self.object(kind, by)?]))
    }

    fn object(&mut self, kind: Kind, by: By) -> Option<Probe> {
        if kind == Kind::User {
            let (name, schema) = self.user()?;
            return Some(Probe {
                kind,
                schema,
                name,
                by,
            });
        }
        let first = self.words.name()?;
        if kind == Kind::Database {
            return Some(Probe {
                kind,
                schema: String::new(),
                name: first,
                by,
            });
        }
        let (schema, name) = if self.words.accept_sign(".") {
            (first, self.words.name()?)
        } else {
            (self.schema.clone(), first)
        };
        Some(Probe {
            kind,
            schema,
            name,
            by,
        })
    }

    /// A user and its host: `'a'@'b'`, `a@localhost`, `a`.
    fn user(&mut self) -> Option<(String, String)> {
        let name = self.words.name_or_text()?;
        if name.eq_ignore_ascii_case("CURRENT_USER") {
            if self.words.accept_sign("(") {
                self.words.accept_sign(")");
            }
            return Some((name, String::new()));
        }
        if self.words.accept_sign("@") {
            return Some((name, self.words.name_or_text()?));
        }
        match self.words.peek() {
            Some(token) if token.kind == TokenKind::Variable => {
                let host = self.words.peek_text().trim_start_matches('@').to_owned();
                self.words.take();
                // `a@127.0.0.1` is no name to the lexer.
                let mut host = host;
                while self.words.accept_sign(".") {
                    host.push('.');
                    host.push_str(&self.words.name()?);
                }
                Some((name, host))
            }
            _ => Some((name, "%".to_owned())),
        }
    }
}

/// What a keyword names.
enum Noun {
    Object(Kind),
    Index,
}

impl Noun {
    fn of(word: &str) -> Option<Noun> {
        Some(Noun::Object(match word {
            "TABLE" | "TABLES" => Kind::Table,
            "VIEW" => Kind::View,
            "SEQUENCE" => Kind::Sequence,
            "TRIGGER" => Kind::Trigger,
            "PROCEDURE" => Kind::Procedure,
            "FUNCTION" => Kind::Function,
            "EVENT" => Kind::Event,
            "DATABASE" | "SCHEMA" => Kind::Database,
            "USER" => Kind::User,
            "INDEX" => return Some(Noun::Index),
            _ => return None,
        }))
    }
}

fn is_database_option(word: &str) -> bool {
    [
        "CHARACTER",
        "CHARSET",
        "COLLATE",
        "COMMENT",
        "DEFAULT",
        "ENCRYPTION",
        "READ",
        "UPGRADE",
    ]
    .iter()
    .any(|option| word.eq_ignore_ascii_case(option))
}

#[cfg(test)]
mod tests;
