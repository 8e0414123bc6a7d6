//! What went wrong, in the kinds that a host acts on.
//!
//! The client keeps the texts of the server's errors, one a line, and of its codes SQLCODE alone. So errors are known by how a
//! line begins. Source: "Exception Codes and Messages" in the language reference, for codes and SQLSTATE too.

use crate::address::Address;
use dapter_plugin_api::{AdapterError, ErrorKind};
use rsfbclient_core::FbError;
use std::fmt::Display;

/// An error by how its line begins.
struct Known {
    begins: &'static str,
    code: &'static str,
    state: &'static str,
    kind: ErrorKind,
}

const fn known(
    begins: &'static str,
    code: &'static str,
    state: &'static str,
    kind: ErrorKind,
) -> Known {
    Known {
        begins,
        code,
        state,
        kind,
    }
}

use ErrorKind::{Authentication, Busy, Cancelled, Connect, ConnectionLost, Permission, Statement};

/// The particular ones first: an error has several lines.
const KNOWN: &[Known] = &[
    known("operation was cancelled", "335544794", "HY008", Cancelled),
    known("object ", "335544453", "42000", Busy),
    known(
        "lock time-out on wait transaction",
        "335544510",
        "40001",
        Busy,
    ),
    known(
        "lock conflict on no wait transaction",
        "335544345",
        "40001",
        Busy,
    ),
    known("deadlock", "335544336", "40001", Busy),
    known(
        "update conflicts with concurrent update",
        "335544451",
        "40001",
        Busy,
    ),
    known("no permission for ", "335544352", "28000", Permission),
    known(
        "There is no privilege for this operation",
        "335545094",
        "28000",
        Permission,
    ),
    known(
        "attempted update during read-only transaction",
        "335544361",
        "25006",
        Permission,
    ),
    known(
        "attempted update on read-only database",
        "335544765",
        "25006",
        Permission,
    ),
    known(
        "Your user name and password are not defined",
        "335544472",
        "28000",
        Authentication,
    ),
    known("connection shutdown", "335544856", "08003", ConnectionLost),
    known(
        "connection lost to database",
        "335544741",
        "08006",
        ConnectionLost,
    ),
    known("database ", "335544528", "HY000", Connect),
    known("I/O error during ", "335544344", "08001", ErrorKind::Other),
    known(
        "violation of PRIMARY or UNIQUE KEY constraint",
        "335544665",
        "23000",
        Statement,
    ),
    known(
        "attempt to store duplicate value",
        "335544349",
        "23000",
        Statement,
    ),
    known(
        "violation of FOREIGN KEY constraint",
        "335544466",
        "23000",
        Statement,
    ),
    known(
        "Operation violates CHECK constraint",
        "335544558",
        "23000",
        Statement,
    ),
    known("validation error for ", "335544347", "23000", Statement),
    known("Table unknown", "335544580", "42S02", Statement),
    known("Column unknown", "335544578", "42S22", Statement),
    known("Token unknown", "335544634", "42000", Statement),
    known("Unexpected end of command", "335544851", "42000", Statement),
    known(
        "conversion error from string",
        "335544334",
        "22018",
        Statement,
    ),
    known(
        "arithmetic exception, numeric overflow",
        "335544321",
        "22000",
        Statement,
    ),
    known(
        "unsuccessful metadata update",
        "335544351",
        "42000",
        Statement,
    ),
    known("Dynamic SQL Error", "335544569", "42000", Statement),
];

/// Lines that say nothing where there is another.
const GENERAL: &[&str] = &[
    "Dynamic SQL Error",
    "SQL error code = ",
    "unsuccessful metadata update",
];

/// An error of a connection that stands.
pub(crate) fn told(error: &FbError) -> AdapterError {
    told_of(error, "")
}

/// The same, of a statement.
pub(crate) fn told_of(error: &FbError, statement: &str) -> AdapterError {
    match error {
        FbError::Sql { msg, .. } => said(msg, statement),
        FbError::Io(_) => lost(error),
        FbError::Other(why) if why.contains("closed by the server") => lost(error),
        FbError::Other(why) => AdapterError::new(ErrorKind::Other, in_lower_case(why)),
    }
}

/// An error while connecting.
pub(crate) fn at_connect(address: &Address, error: &FbError) -> AdapterError {
    let msg = match error {
        FbError::Sql { msg, .. } => msg,
        // A server that starts, or a network that comes up, makes the difference.
        FbError::Io(why) => {
            let mut made = unreachable(address, why);
            made.retryable = true;
            return made;
        }
        FbError::Other(why) => return unreachable(address, why),
    };
    let mut made = said(msg, "");
    let is_missing = msg.starts_with("I/O error") && msg.contains("No such file or directory");
    if is_missing {
        made.kind = ErrorKind::DatabaseMissing;
        made.message = format!("there is no database `{}`", address.database);
        made.hint = Some(
            "a path begins with another `/`: firebird://host//path/to/file.fdb; `upgrade --create-database` makes a database"
                .to_owned(),
        );
    } else if made.kind == Authentication {
        made.message = "the server does not know this user, or not by this password".to_owned();
    } else if !matches!(made.kind, Permission | Busy) {
        made.kind = ErrorKind::Connect;
    }
    made
}

fn unreachable(address: &Address, why: &dyn Display) -> AdapterError {
    let server = address.server();
    let why = format!("{server} cannot be reached: {why}");
    AdapterError::new(ErrorKind::Connect, why)
        .with_hint("is the server running, and is the address right?")
}

fn lost(error: &FbError) -> AdapterError {
    let mut made = AdapterError::new(
        ErrorKind::ConnectionLost,
        "the connection to the server is lost",
    )
    .with_hint("whether the last statement took effect is seen when the history is read again");
    made.chain.push(error.to_string());
    made
}

/// What the server said: one error a line, what is general first.
fn said(text: &str, statement: &str) -> AdapterError {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let begins = |known: &&Known| lines.iter().any(|line| is_known(line, known));
    let known = KNOWN.iter().find(begins);
    let kind = match known {
        Some(known) if known.code == "335544344" && is_full(text) => ErrorKind::Full,
        Some(known) => known.kind,
        None => Statement,
    };
    // Where in its own text a routine was, from the inside out.
    let (stack, lines): (Vec<&str>, Vec<&str>) = lines
        .into_iter()
        .partition(|line| line.starts_with("At ") && line.contains(" line: "));
    let is_place = |line: &&str| place(line).is_some() && line.starts_with("At line ");
    let is_general = |line: &&str| GENERAL.iter().any(|general| line.starts_with(general));
    let particular: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| !is_general(line) && !is_place(line))
        .collect();
    let message = match particular.is_empty() {
        true => lines.join(": "),
        false => particular.join(": "),
    };
    let mut made = AdapterError::new(kind, in_lower_case(message.trim_end_matches('.')));
    if let Some(known) = known {
        made = made.with_code(known.code).with_sqlstate(known.state);
    }
    made.position = lines
        .iter()
        .find_map(|line| place(line))
        .and_then(|place| offset(statement, place));
    made.chain = stack.into_iter().map(in_lower_case).collect();
    made.hint = hint(&made).map(str::to_owned);
    made
}

fn is_known(line: &str, known: &Known) -> bool {
    // Objects and databases stand in the middle of these.
    match known.begins {
        "object " => line.starts_with("object ") && line.ends_with(" is in use"),
        "database " => line.starts_with("database ") && line.ends_with(" shutdown"),
        begins => line.starts_with(begins),
    }
}

fn is_full(text: &str) -> bool {
    text.contains("No space left") || text.contains("quota exceeded")
}

fn hint(error: &AdapterError) -> Option<&'static str> {
    match (error.kind, error.code.as_deref()?) {
        (Busy, "335544453") => Some("others are using it: it can be changed when they are gone"),
        (Authentication, _) => Some("check user and password in the URL"),
        _ => None,
    }
}

/// The line and the column that an error names, `line 1, column 15`, from 1.
fn place(text: &str) -> Option<(usize, usize)> {
    let (_, behind) = text.split_once("line ")?;
    let (line, column) = behind.split_once(", column ")?;
    let digits = column.find(|letter: char| !letter.is_ascii_digit());
    let column = &column[..digits.unwrap_or(column.len())];
    Some((line.parse().ok()?, column.parse().ok()?))
}

/// The byte offset of a line and a column, which counts bytes.
fn offset(statement: &str, (line, column): (usize, usize)) -> Option<u64> {
    let mut start = 0;
    for _ in 1..line {
        start += statement[start..].find('\n')? + 1;
    }
    let mut offset = (start + column.checked_sub(1)?).min(statement.len());
    while !statement.is_char_boundary(offset) {
        offset -= 1;
    }
    Some(offset as u64)
}

/// The first letter small, unless it begins a word in capitals.
fn in_lower_case(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.as_str()) {
        (Some(first), rest)
            if !rest.starts_with(|next: char| next.is_uppercase() || next == '/') =>
        {
            first.to_lowercase().chain(rest.chars()).collect()
        }
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_has_a_kind_a_code_and_a_place() {
        let statement = "SELECT é\nFROM nothing";
        let table = [
            (
                "Dynamic SQL Error\nSQL error code = -204\nTable unknown\nNOTHING\nAt line 2, column 6",
                Statement,
                "335544580",
                Some(15),
                "table unknown: NOTHING",
            ),
            (
                "Dynamic SQL Error\nSQL error code = -104\nToken unknown - line 1, column 8\né",
                Statement,
                "335544634",
                Some(7),
                "token unknown - line 1, column 8: é",
            ),
            (
                "deadlock\nupdate conflicts with concurrent update\nconcurrent transaction number is 12",
                Busy,
                "335544336",
                None,
                "deadlock: update conflicts with concurrent update: concurrent transaction number is 12",
            ),
            (
                "lock conflict on no wait transaction\nunsuccessful metadata update\nobject TABLE \"A\" is in use",
                Busy,
                "335544453",
                None,
                "lock conflict on no wait transaction: object TABLE \"A\" is in use",
            ),
            (
                "unsuccessful metadata update\nCREATE TABLE A failed\nTable A already exists",
                Statement,
                "335544351",
                None,
                "CREATE TABLE A failed: Table A already exists",
            ),
            (
                "I/O error during \"write\" operation for file \"/a\"\nNo space left on device",
                ErrorKind::Full,
                "335544344",
                None,
                "I/O error during \"write\" operation for file \"/a\": No space left on device",
            ),
            (
                "exception 1\nMINE\nno.\nAt block line: 3, col: 4",
                Statement,
                "",
                None,
                "exception 1: MINE: no",
            ),
        ];
        for (text, kind, code, position, message) in table {
            let error = said(text, statement);
            assert_eq!(error.kind, kind, "{text}");
            assert_eq!(error.code.unwrap_or_default(), code, "{text}");
            assert_eq!(error.position, position, "{text}");
            assert_eq!(error.message, message, "{text}");
            assert_eq!(error.retryable, kind == Busy, "{text}");
        }
    }

    #[test]
    fn a_place_that_is_not_in_the_statement_is_none() {
        assert_eq!(offset("a\nb", (2, 1)), Some(2));
        assert_eq!(offset("a\nb", (2, 9)), Some(3));
        assert_eq!(offset("a\nb", (3, 1)), None);
        assert_eq!(offset("é", (1, 2)), Some(0));
        assert_eq!(place("At procedure 'P' line: 3, col: 4"), None);
    }
}
