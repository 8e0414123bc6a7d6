//! SQL text: a lossless lexer, a statement splitter, and quoting.
//!
//! An adapter for an SQL database describes its dialect once, as [`Rules`], and has from here
//! all that needs no parser: [`Lexer`] cuts a text into [`Token`]s, [`split`] cuts a script into
//! statements, [`quote_identifier`] and [`quote_string`] write names and literals, and
//! [`first_keywords`] tells what kind of statement a text holds.
//!
//! A dialect that no rules describe has a splitter of its own, around the same [`Lexer`], which takes another terminator, and
//! [`Position`], which tells lines and columns.
//!
//! Everything is pure: no I/O, no clock, no state between calls. No input panics, and the time is
//! linear in the length of the text.
//!
//! ```
//! # use dapter_plugin_api::sql::{Rules, split};
//! let script = "CREATE TABLE a (x);\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;";
//! let statements = split(script, &Rules::SQLITE)?;
//! assert_eq!(statements.len(), 2);
//! assert_eq!((statements[1].line, statements[1].column), (2, 1));
//! # Ok::<(), dapter_plugin_api::sql::SplitError>(())
//! ```

mod compound;
mod copy_data;
mod delimiter;
mod error;
mod keywords;
mod lexer;
mod own;
mod phrase;
mod position;
mod quote;
mod rules;
mod scan;
mod split;
mod subject;
#[cfg(test)]
mod tests;
mod token;

pub use error::{SplitError, SplitErrorKind};
pub use keywords::{Keywords, first_keywords, keywords};
pub use lexer::Lexer;
pub use own::OwnNames;
pub use phrase::{Phrase, bare_name};
pub use position::Position;
pub use quote::{quote_identifier, quote_string};
pub use rules::{Compound, DoubleQuotes, ExecutableComments, Rules};
pub use split::{CopyData, StatementSpan, split};
pub use subject::subject;
pub use token::{Token, TokenKind};
