//! What a server answers to a text: result sets, and the failure that ended them.

use dapter_plugin_api::{Rows, Value};

/// The answers to a text of one or more statements, as far as they ran: a server stops at the first that fails.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) sets: Vec<ResultSet>,
    pub(crate) failure: Option<Failure>,
}

impl Answer {
    /// No answer, for a reason that is none of a statement.
    pub(crate) fn failed(failure: Failure) -> Self {
        Answer {
            sets: Vec::new(),
            failure: Some(failure),
        }
    }

    /// The result sets, if no statement failed.
    pub(crate) fn whole(self) -> Result<Vec<ResultSet>, Failure> {
        match self.failure {
            None => Ok(self.sets),
            Some(failure) => Err(failure),
        }
    }
}

/// Why a text did not run, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The server said so.
    Server {
        code: u16,
        sqlstate: String,
        message: String,
    },
    /// The connection broke.
    Lost(String),
    /// The client and the server did not understand each other.
    Client(String),
}

impl Failure {
    /// The server's error code.
    pub(crate) fn code(&self) -> Option<u16> {
        match self {
            Failure::Server { code, .. } => Some(*code),
            Failure::Lost(_) | Failure::Client(_) => None,
        }
    }
}

/// What one statement returned.
#[derive(Debug, Default)]
pub(crate) struct ResultSet {
    pub(crate) columns: Vec<Column>,
    /// The rows as the text protocol sends them; empty if they were not asked for.
    pub(crate) rows: Vec<Vec<Option<Vec<u8>>>>,
    pub(crate) affected: u64,
}

/// A column of a result set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// What the text of a value stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Real,
    /// Text, and what has no better form here: decimal numbers, dates, JSON.
    Text,
    Bytes,
}

impl ResultSet {
    /// The first value of the first row; `None` where there is none, or it is `NULL`.
    pub(crate) fn first(&self) -> Option<&[u8]> {
        self.rows.first()?.first()?.as_deref()
    }

    /// The rows with their types.
    pub(crate) fn into_rows(self) -> Rows {
        let kinds: Vec<Kind> = self.columns.iter().map(|column| column.kind).collect();
        let typed = |row: Vec<Option<Vec<u8>>>| {
            let values = row.into_iter().zip(&kinds);
            values.map(|(value, &kind)| typed(value, kind)).collect()
        };
        Rows {
            rows: self.rows.into_iter().map(typed).collect(),
            columns: self.columns.into_iter().map(|column| column.name).collect(),
        }
    }
}

/// A value of its column's type; text where it does not fit: an unsigned number beyond 63 bits, say.
fn typed(value: Option<Vec<u8>>, kind: Kind) -> Value {
    let Some(bytes) = value else {
        return Value::Null;
    };
    if kind == Kind::Bytes {
        return Value::Bytes(bytes);
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Value::Bytes(error.into_bytes()),
    };
    let number = match kind {
        Kind::Integer => text.parse().ok().map(Value::Integer),
        Kind::Real => text
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(Value::Real),
        Kind::Text | Kind::Bytes => None,
    };
    number.unwrap_or(Value::Text(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_type_of_their_column() {
        let value = |text: &str, kind| typed(Some(text.as_bytes().to_owned()), kind);
        assert_eq!(value("-7", Kind::Integer), Value::Integer(-7));
        let great = "18446744073709551615";
        assert_eq!(value(great, Kind::Integer), Value::Text(great.to_owned()));
        assert_eq!(value("1.5e3", Kind::Real), Value::Real(1500.0));
        assert_eq!(value("1.50", Kind::Text), Value::Text("1.50".to_owned()));
        assert_eq!(value("a", Kind::Bytes), Value::Bytes(b"a".to_vec()));
        assert_eq!(
            typed(Some(vec![0xff]), Kind::Text),
            Value::Bytes(vec![0xff])
        );
        assert_eq!(typed(None, Kind::Text), Value::Null);
    }
}
