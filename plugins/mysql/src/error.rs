//! What the errors of servers and clients mean to a host.
//!
//! Source of the codes: "Server Error Message Reference" of MySQL and "MariaDB Error Code Reference".

use crate::answer::Failure;
use dapter_plugin_api::{AdapterError, ErrorKind, Result};

pub(crate) const NO_SUCH_TABLE: u16 = 1146;
pub(crate) const DATABASE_EXISTS: u16 = 1007;
pub(crate) const NOT_SUPPORTED: u16 = 1235;
pub(crate) const NO_SUCH_COLUMN: u16 = 1054;
pub(crate) const DUPLICATE_COLUMN: u16 = 1060;
pub(crate) const DUPLICATE_KEY: u16 = 1062;
/// How a guard of ours refuses; see [`guards`](crate::change::guards).
pub(crate) const SUBQUERY_OF_SEVERAL_ROWS: u16 = 1242;
pub(crate) const DEADLOCK: u16 = 1213;
pub(crate) const NO_SUCH_SAVEPOINT: u16 = 1305;
pub(crate) const INTERRUPTED: u16 = 1317;

/// A failure that came while no statement of the host ran.
pub(crate) fn failed(failure: Failure) -> AdapterError {
    match failure {
        Failure::Server {
            code,
            sqlstate,
            message,
        } => {
            let mut error = AdapterError::new(kind(code, &message), lower(&message))
                .with_code(code.to_string())
                .with_sqlstate(sqlstate);
            error.hint = hint(code).map(str::to_owned);
            error.retryable |= RETRYABLE.contains(&code);
            error
        }
        Failure::Lost(message) => AdapterError::new(
            ErrorKind::ConnectionLost,
            format!("the connection to the server broke: {message}"),
        ),
        Failure::Client(message) => AdapterError::new(ErrorKind::Other, message),
    }
}

/// A failure of a statement of the host, which may tell its place.
pub(crate) fn refused(mut failure: Failure, statement: &str) -> AdapterError {
    let mut place = None;
    if let Failure::Server { code, message, .. } = &mut failure
        && SYNTAX.contains(code)
        && let Some(fault) = Fault::of(message)
    {
        let near = fault.within(statement);
        place = fault.position(near, statement);
        *message = format!("{}{near}{}", fault.before, fault.behind);
    }
    let mut error = failed(failure);
    error.position = place.map(|place| place as u64);
    error
}

/// A failure to connect.
pub(crate) fn not_connected(failure: Failure) -> AdapterError {
    let code = failure.code();
    let mut error = match failure {
        Failure::Lost(message) => {
            let mut error = AdapterError::new(ErrorKind::Connect, message);
            error.retryable = true;
            error
        }
        Failure::Client(message) => AdapterError::new(ErrorKind::Connect, message),
        server @ Failure::Server { .. } => failed(server),
    };
    let Some(code) = code else {
        return error;
    };
    (error.kind, error.retryable) = match code {
        // Access denied, host not allowed, account locked, password expired, authentication plugin not understood.
        1045 | 1130 | 1251 | 1275 | 1524 | 1698 | 1820 | 1862 | 2059 | 3118 | 3955 | 4151 => {
            (ErrorKind::Authentication, false)
        }
        1044 => (ErrorKind::Permission, false),
        1049 => (ErrorKind::DatabaseMissing, false),
        // Too many connections, of all or of this user; the server starts, stops, or has no memory or thread left.
        1040 | 1041 | 1053 | 1135 | 1203 | 1226 | 1927 => (ErrorKind::Connect, true),
        _ => (ErrorKind::Connect, error.retryable),
    };
    error.hint = connect_hint(code).map(str::to_owned).or(error.hint);
    error
}

fn connect_hint(code: u16) -> Option<&'static str> {
    match code {
        1040 | 1203 | 1226 => {
            Some("wait until others have disconnected, or raise the limit of connections")
        }
        1045 | 1698 => {
            Some("check user and password; a user belongs to the host that it connects from")
        }
        1044 => Some("grant the user its rights in the database: GRANT ALL ON `database`.* TO …"),
        1129 => {
            Some("after too many failed attempts the server blocks this host until FLUSH HOSTS")
        }
        1820 | 1862 => Some("the password has expired: set a new one"),
        3159 => Some("the server wants an encrypted connection: write `ssl_mode=REQUIRED`"),
        _ => None,
    }
}

/// What may succeed later although it promises no more than other failures.
const RETRYABLE: &[u16] = &[1040, 1047, 1053, 1158, 1159, 1160, 1161, 1203];

/// Syntax errors, whose message tells the place.
const SYNTAX: &[u16] = &[1064, 1149];

fn kind(code: u16, message: &str) -> ErrorKind {
    match code {
        // Lock wait time-out, deadlock (of rows and of user locks), a table or row that changed under the transaction,
        // NOWAIT, a look at the information schema that met a definition being changed (MariaDB also while it purges).
        // Whoever opened the transaction says whether nothing was changed.
        1205 | DEADLOCK | 1020 | 1412 | 1684 | 3058 | 3572 => ErrorKind::Busy,
        1044 | 1045 | 1142 | 1143 | 1227 | 1290 | 1370 | 1410 | 1419 | 1698 | 1792 | 1836
        | 1874 | 1961 | 3619 | 4165 => ErrorKind::Permission,
        1021 | 1114 | 1878 => ErrorKind::Full,
        // ENOSPC and EDQUOT as errors of files and engines tell them.
        3 | 1026 | 1030 | 1180
            if ["rrno: 28", "rror: 28", "rror 28", "rrno: 122", "rror 122"]
                .iter()
                .any(|text| message.contains(text)) =>
        {
            ErrorKind::Full
        }
        INTERRUPTED => ErrorKind::Cancelled,
        1053 | 1077 | 1152 | 1158..=1161 | 1184 | 1927 | 2006 | 2013 | 4031 => {
            ErrorKind::ConnectionLost
        }
        1037 | 1038 | 1041 | 1047 | 1135 | 1180 => ErrorKind::Other,
        _ => ErrorKind::Statement,
    }
}

fn hint(code: u16) -> Option<&'static str> {
    match code {
        1205 => Some("another session uses the same rows or tables: let it finish, or wait longer"),
        DEADLOCK => {
            Some("the server rolled the transaction back so that another could go on: try again")
        }
        1290 | 1792 | 1836 => {
            Some("the server, or the transaction, may only read: connect to the one that writes")
        }
        1142 | 1143 | 1227 | 1370 | 1044 => Some("grant the user the right that is missing"),
        1419 => Some(
            "a server that writes a binary log wants `log_bin_trust_function_creators`, or a user with more rights",
        ),
        1021 | 1114 | 1878 => Some("make room on the server's disk"),
        1153 => Some("raise the server's `max_allowed_packet`, or write the statement as several"),
        1969 | 3024 => Some(
            "the server's limit of time for a statement is reached: raise it, or do less at once",
        ),
        1223 => Some("the session holds a global read lock: UNLOCK TABLES before anything else"),
        _ => None,
    }
}

/// The servers begin their sentences with a capital letter and end none with a full stop but a few.
fn lower(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut characters = message.chars();
    match (characters.next(), characters.clone().next()) {
        // An abbreviation stays as it is.
        (Some(first), Some(second))
            if first.is_ascii_uppercase() && !second.is_ascii_uppercase() =>
        {
            first.to_ascii_lowercase().to_string() + characters.as_str()
        }
        _ => message.to_owned(),
    }
}

/// What a syntax error says of its place: `… near 'TEXT' at line N`. The text is what comes from the fault on, up to 80
/// characters, and nothing if the statement ends too early.
struct Fault<'m> {
    before: String,
    near: &'m str,
    behind: String,
    line: usize,
}

impl<'m> Fault<'m> {
    fn of(message: &'m str) -> Option<Fault<'m>> {
        let (front, number) = message.rsplit_once("' at line ")?;
        let opening = front.find(" near '")? + " near '".len();
        Some(Fault {
            before: front[..opening].to_owned(),
            near: &front[opening..],
            behind: format!("' at line {number}"),
            line: number.trim().parse().ok()?,
        })
    }

    /// The text without what stood behind the statement in the same message.
    fn within(&self, statement: &str) -> &'m str {
        if self.near.trim_start().starts_with(SEPARATOR.trim_start()) {
            return "";
        }
        let ends = self.near.match_indices(SEPARATOR).map(|(end, _)| end);
        let mut within = ends.map(|end| &self.near[..end]);
        within
            .find(|near| statement.ends_with(near))
            .unwrap_or(self.near)
    }

    /// The byte offset of the text, where it stands but once in its line.
    fn position(&self, near: &str, statement: &str) -> Option<usize> {
        if near.is_empty() {
            return Some(statement.trim_end().len());
        }
        // MariaDB says so where there is more.
        let found = |near: &str| {
            let mut places = statement
                .match_indices(near)
                .map(|(place, _)| place)
                .filter(|&place| 1 + statement[..place].matches('\n').count() == self.line);
            let first = places.next()?;
            places.next().is_none().then_some(first)
        };
        found(near).or_else(|| found(near.strip_suffix("...")?))
    }
}

/// What stands between the statements of a message: on a line of its own, so that no comment takes it in.
pub(crate) const SEPARATOR: &str = "\n;\n";

/// The result sets of an answer, if nothing failed.
pub(crate) fn sets(answer: crate::answer::Answer) -> Result<Vec<crate::answer::ResultSet>> {
    answer.whole().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(code: u16, message: &str) -> Failure {
        Failure::Server {
            code,
            sqlstate: "HY000".to_owned(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn every_code_has_its_kind() {
        let table = [
            (1064, ErrorKind::Statement, false),
            (1062, ErrorKind::Statement, false),
            (1205, ErrorKind::Busy, true),
            (1213, ErrorKind::Busy, true),
            (1684, ErrorKind::Busy, true),
            (1142, ErrorKind::Permission, false),
            (1290, ErrorKind::Permission, false),
            (1114, ErrorKind::Full, false),
            (1317, ErrorKind::Cancelled, false),
            (3024, ErrorKind::Statement, false),
            (1927, ErrorKind::ConnectionLost, false),
        ];
        for (code, kind, retryable) in table {
            let error = failed(server(code, "It failed."));
            assert_eq!((error.kind, error.retryable), (kind, retryable), "{code}");
            assert_eq!(error.message, "it failed");
            assert_eq!(error.code, Some(code.to_string()));
        }
        let full = "Got error 28 \"No space left on device\" from storage engine InnoDB";
        assert_eq!(failed(server(1030, full)).kind, ErrorKind::Full);
        assert_eq!(
            failed(Failure::Lost("x".to_owned())).kind,
            ErrorKind::ConnectionLost
        );
    }

    #[test]
    fn a_refused_connection_says_why() {
        let table = [
            (1045, ErrorKind::Authentication, false),
            (1049, ErrorKind::DatabaseMissing, false),
            (1044, ErrorKind::Permission, false),
            (1040, ErrorKind::Connect, true),
            (1053, ErrorKind::Connect, true),
            (3159, ErrorKind::Connect, false),
        ];
        for (code, kind, retryable) in table {
            let error = not_connected(server(code, "no"));
            assert_eq!((error.kind, error.retryable), (kind, retryable), "{code}");
        }
        let lost = not_connected(Failure::Lost("connection refused".to_owned()));
        assert_eq!((lost.kind, lost.retryable), (ErrorKind::Connect, true));
    }

    #[test]
    fn a_syntax_error_is_found_in_the_statement() {
        let table = [
            ("SELECT 1\nFORM t", "FORM t", 2, Some(9)),
            ("SELEKT 1", "SELEKT 1", 1, Some(0)),
            ("SELECT (1", "", 1, Some(9)),
            ("a b a b", "a b", 1, None),
            ("x\nx", "x", 2, Some(2)),
            ("SELECT 'it''s' x y", "'it''s' x y", 1, Some(7)),
            ("something else", "not there", 1, None),
            ("SELECT 1 FORM t", "t\n;\nINSERT INTO x", 1, Some(14)),
            ("SELECT (1", ";\nINSERT INTO x", 1, Some(9)),
            (
                "SELECT x FORM a very long statement",
                "FORM a very...",
                1,
                Some(9),
            ),
        ];
        for (statement, near, line, expected) in table {
            let message =
                format!("You have an error; check the manual near '{near}' at line {line}");
            let error = refused(server(1064, &message), statement);
            assert_eq!(error.position, expected, "{statement}");
            assert!(!error.message.contains("INSERT"), "{error}");
        }
    }

    #[test]
    fn abbreviations_keep_their_capitals() {
        assert_eq!(lower("XA error"), "XA error");
        assert_eq!(lower("Table 'T' is full"), "table 'T' is full");
    }
}
