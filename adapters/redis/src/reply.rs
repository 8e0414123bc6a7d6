//! Replies of the server as rows.

use dapter_plugin_api::{Rows, Value};
use redis::Value as Reply;

/// A reply as rows of one column: one for each element of a list.
pub(crate) fn rows(reply: Reply) -> Rows {
    let elements = match reply {
        Reply::Array(elements) | Reply::Set(elements) => elements,
        other => vec![other],
    };
    Rows {
        columns: vec!["value".to_owned()],
        rows: elements
            .into_iter()
            .map(|element| vec![value(element)])
            .collect(),
    }
}

fn value(reply: Reply) -> Value {
    match reply {
        Reply::Nil => Value::Null,
        Reply::Int(number) => Value::Integer(number),
        Reply::Boolean(truth) => Value::Bool(truth),
        Reply::Double(number) if number.is_finite() => Value::Real(number),
        Reply::BulkString(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Value::Text(text),
            Err(bytes) => Value::Bytes(bytes.into_bytes()),
        },
        other => Value::Text(text(&other)),
    }
}

/// A reply in a reply, as people write lists.
fn text(reply: &Reply) -> String {
    match reply {
        Reply::Nil => "(nil)".to_owned(),
        Reply::Okay => "OK".to_owned(),
        Reply::Int(number) => number.to_string(),
        Reply::SimpleString(text) => text.clone(),
        Reply::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Reply::Array(elements) | Reply::Set(elements) => {
            let elements: Vec<String> = elements.iter().map(text).collect();
            format!("[{}]", elements.join(", "))
        }
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_a_row_for_each_element() {
        let list = Reply::Array(vec![
            Reply::Nil,
            Reply::Int(3),
            Reply::BulkString(b"a".to_vec()),
            Reply::BulkString(vec![0xff]),
            Reply::Array(vec![Reply::Int(1), Reply::Okay]),
        ]);
        let expected = [
            Value::Null,
            Value::Integer(3),
            Value::Text("a".to_owned()),
            Value::Bytes(vec![0xff]),
            Value::Text("[1, OK]".to_owned()),
        ];
        assert_eq!(rows(list).rows, expected.map(|value| vec![value]));
        assert_eq!(rows(Reply::Okay).rows, [vec![Value::Text("OK".to_owned())]]);
    }
}
