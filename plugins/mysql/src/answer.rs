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
    pub(crate) rows: Vec<TextRow>,
    pub(crate) affected: u64,
}

/// A row of texts. It is one piece of memory, since catalogs have a hundred thousand cells: each is its length in four bytes, as no
/// packet of the protocol is longer than a gigabyte, and then itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TextRow(Box<[u8]>);

/// The length that stands for `NULL`.
const NULL: u32 = u32::MAX;

impl FromIterator<Option<Vec<u8>>> for TextRow {
    fn from_iter<I: IntoIterator<Item = Option<Vec<u8>>>>(cells: I) -> Self {
        let mut bytes = Vec::new();
        for cell in cells {
            let length = cell.as_deref().map(|cell| u32::try_from(cell.len()));
            let length = length.map_or(NULL, |length| length.unwrap_or(NULL));
            bytes.extend(length.to_ne_bytes());
            bytes.extend(cell.unwrap_or_default());
        }
        TextRow(bytes.into())
    }
}

impl TextRow {
    /// The values; `None` where one is `NULL`.
    pub(crate) fn cells(&self) -> TextCells<'_> {
        TextCells(&self.0)
    }
}

/// The values of a row, one after the other.
#[derive(Debug, Clone)]
pub(crate) struct TextCells<'r>(&'r [u8]);

impl<'r> Iterator for TextCells<'r> {
    type Item = Option<&'r [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.0.split_first_chunk()?;
        let length = match u32::from_ne_bytes(*length) {
            NULL => None,
            length => usize::try_from(length).ok(),
        };
        let (cell, rest) = rest.split_at_checked(length.unwrap_or_default())?;
        self.0 = rest;
        Some(length.map(|_| cell))
    }
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
        self.rows.first()?.cells().next()?
    }

    /// The rows with their types.
    pub(crate) fn into_rows(self) -> Rows {
        let kinds: Vec<Kind> = self.columns.iter().map(|column| column.kind).collect();
        let typed = |row: TextRow| {
            let values = row.cells().zip(&kinds);
            values
                .map(|(value, &kind)| typed(value.map(<[u8]>::to_vec), kind))
                .collect()
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
    fn a_row_has_the_cells_that_it_was_made_of() {
        let rows: [Vec<Option<&[u8]>>; 3] = [
            vec![],
            vec![None],
            vec![
                Some(b"a"),
                None,
                Some(b""),
                Some(b"\xff\xff\xff\xff\0"),
                None,
            ],
        ];
        for row in rows {
            let cells = row.iter().map(|cell| cell.map(<[u8]>::to_vec));
            let made: TextRow = cells.collect();
            assert_eq!(made.cells().collect::<Vec<_>>(), row);
        }
    }

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
