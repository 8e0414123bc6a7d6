//! How the dialects of SQL differ for a lexer.

/// What a text in double quotes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DoubleQuotes {
    /// An identifier, as the standard has it.
    Identifier,
    /// A string, as in MySQL and MariaDB without `ANSI_QUOTES`.
    String,
}

/// Which comments the server runs as if they were no comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExecutableComments {
    /// None.
    None,
    /// `/*! … */` and `/*!80013 … */`.
    MySql,
    /// As MySQL, and `/*M! … */`; but those for versions 50700 to 99999, which no MariaDB
    /// runs, are plain comments.
    MariaDb,
}

/// Which statements have a body with semicolons of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compound {
    /// None: every terminator ends a statement.
    None,
    /// SQLite: `CREATE TRIGGER … BEGIN …; END`.
    Trigger,
    /// PostgreSQL: `CREATE FUNCTION` and `CREATE PROCEDURE … BEGIN ATOMIC …; END`, and the list of
    /// statements of `CREATE RULE … DO (…; …)`.
    Atomic,
    /// MySQL and MariaDB: `CREATE PROCEDURE`, `FUNCTION`, `TRIGGER` and `EVENT`, `ALTER EVENT`, and
    /// MariaDB's blocks outside of a routine, with all their control statements.
    StoredProgram,
}

/// The lexical rules of a dialect.
///
/// Plain data: a dialect of your own is one of the constants with other fields, such as
/// `Rules { hash_comments: true, ..Rules::STANDARD }`.
///
/// Sources of fact: the tokenizer of SQLite, the `psql` and server lexers of PostgreSQL, the `mysql`
/// client and the "Comments" and "SQL modes" pages of the MySQL and MariaDB manuals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rules {
    /// What a text in double quotes is.
    pub double_quotes: DoubleQuotes,
    /// Whether a text in backticks is an identifier.
    pub backtick_identifiers: bool,
    /// Whether a text in square brackets is an identifier.
    pub bracket_identifiers: bool,
    /// The quote that [`quote_identifier`](super::quote_identifier) writes.
    pub identifier_quote: char,
    /// Whether a backslash escapes the next character in a string without prefix.
    pub backslash_escapes: bool,
    /// Whether `E'…'` is a string in which a backslash escapes the next character.
    pub escape_strings: bool,
    /// Whether `U&'…'` is a string and `U&"…"` an identifier.
    pub unicode_escapes: bool,
    /// The lower-case letters that form a string with the quote directly after them: `x'00'`.
    pub string_prefixes: &'static [u8],
    /// Whether `q'{…}'` is a string, which ends at the same bracket or other character and a quote (Firebird, Oracle).
    pub alternative_quotes: bool,
    /// Whether `$tag$…$tag$` is a string.
    pub dollar_quotes: bool,
    /// The characters that form a variable with a name directly after them: `:a`, `@a`.
    pub variable_prefixes: &'static [u8],
    /// Whether block comments nest.
    pub nested_comments: bool,
    /// Whether `#` starts a line comment.
    pub hash_comments: bool,
    /// Whether `--` starts a comment only with a blank or control character after it.
    pub dash_comment_needs_blank: bool,
    /// Whether a carriage return ends a line comment, as a line feed does.
    pub carriage_return_ends_comment: bool,
    /// Which comments the server runs.
    pub executable_comments: ExecutableComments,
    /// Which statements have a body with semicolons of its own.
    pub compound: Compound,
    /// Whether a line `DELIMITER x` changes the statement terminator.
    pub delimiter_command: bool,
    /// Whether a backslash outside of quotes starts a command of the client, which no server runs.
    pub meta_commands: bool,
    /// Whether lines of data follow `COPY … FROM STDIN`.
    pub copy_data: bool,
}

impl Rules {
    /// What the dialects have in common: `'strings'`, `"identifiers"`, `--` and `/* */`.
    pub const STANDARD: Self = Self {
        double_quotes: DoubleQuotes::Identifier,
        backtick_identifiers: false,
        bracket_identifiers: false,
        identifier_quote: '"',
        backslash_escapes: false,
        escape_strings: false,
        unicode_escapes: false,
        string_prefixes: b"x",
        alternative_quotes: false,
        dollar_quotes: false,
        variable_prefixes: b"",
        nested_comments: false,
        hash_comments: false,
        dash_comment_needs_blank: false,
        carriage_return_ends_comment: false,
        executable_comments: ExecutableComments::None,
        compound: Compound::None,
        delimiter_command: false,
        meta_commands: false,
        copy_data: false,
    };

    /// SQLite.
    pub const SQLITE: Self = Self {
        backtick_identifiers: true,
        bracket_identifiers: true,
        variable_prefixes: b":@$",
        compound: Compound::Trigger,
        ..Self::STANDARD
    };

    /// PostgreSQL, with `standard_conforming_strings` on.
    pub const POSTGRESQL: Self = Self {
        escape_strings: true,
        unicode_escapes: true,
        string_prefixes: b"xbn",
        dollar_quotes: true,
        nested_comments: true,
        carriage_return_ends_comment: true,
        compound: Compound::Atomic,
        meta_commands: true,
        copy_data: true,
        ..Self::STANDARD
    };

    /// MySQL with its default SQL mode.
    pub const MYSQL: Self = Self {
        double_quotes: DoubleQuotes::String,
        backtick_identifiers: true,
        identifier_quote: '`',
        backslash_escapes: true,
        string_prefixes: b"xbn",
        variable_prefixes: b"@",
        hash_comments: true,
        dash_comment_needs_blank: true,
        executable_comments: ExecutableComments::MySql,
        compound: Compound::StoredProgram,
        delimiter_command: true,
        ..Self::STANDARD
    };

    /// MariaDB with its default SQL mode.
    pub const MARIADB: Self = Self {
        executable_comments: ExecutableComments::MariaDb,
        ..Self::MYSQL
    };

    /// The same dialect under the SQL mode `ANSI_QUOTES`: double quotes enclose identifiers.
    #[must_use]
    pub const fn with_ansi_quotes(self) -> Self {
        Self {
            double_quotes: DoubleQuotes::Identifier,
            ..self
        }
    }

    /// The same dialect under the SQL mode `NO_BACKSLASH_ESCAPES`: a backslash in a string is itself.
    #[must_use]
    pub const fn without_backslash_escapes(self) -> Self {
        Self {
            backslash_escapes: false,
            ..self
        }
    }
}
