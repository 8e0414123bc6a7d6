//! The documents: what is asked, and how it is answered.

use crate::{AdapterError, ConnectOptions, ErrorKind, HistoryChange, LockRow, Notice, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The format byte of JSON, the only format so far.
const JSON: u8 = b'J';

/// What to open.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Open<'a> {
    /// The adapter alone: it answers [`Request::Describe`], [`Request::Split`] and [`Request::CreateDatabase`].
    Adapter { key: Cow<'a, str> },
    /// A session.
    Session {
        key: Cow<'a, str>,
        options: ConnectOptions,
    },
}

impl Open<'_> {
    pub(super) fn into_owned(self) -> Open<'static> {
        match self {
            Open::Adapter { key } => Open::Adapter {
                key: Cow::Owned(key.into_owned()),
            },
            Open::Session { key, options } => Open::Session {
                key: Cow::Owned(key.into_owned()),
                options,
            },
        }
    }
}

/// A call: a struct, so that it can gain fields beside the request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call<'a> {
    #[serde(borrow)]
    pub(super) request: Request<'a>,
}

/// What is asked of an adapter or of a session.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "one request lives at a time, and is borrowed where it is large"
)]
pub(super) enum Request<'a> {
    Describe,
    Split {
        #[serde(borrow)]
        script: Cow<'a, str>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        options: Option<Cow<'a, ConnectOptions>>,
    },
    EnsureHistory,
    ReadHistory,
    SwapHistory {
        change: Cow<'a, HistoryChange>,
    },
    ReadLog,
    Execute {
        #[serde(borrow)]
        statement: Cow<'a, str>,
    },
    ExecuteRecorded {
        #[serde(borrow)]
        statement: Cow<'a, str>,
        change: Cow<'a, HistoryChange>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intent: Option<Cow<'a, HistoryChange>>,
    },
    SetLockTimeout {
        timeout_ms: u64,
    },
    CreateDatabase {
        options: Cow<'a, ConnectOptions>,
    },
    Begin,
    Commit,
    Rollback,
    Lock {
        holder: Cow<'a, LockRow>,
        wait_ms: u64,
    },
    Unlock,
    Query {
        #[serde(borrow)]
        statement: Cow<'a, str>,
    },
}

/// The names of all requests, to tell one that is unknown from one that is garbled.
const REQUESTS: &[&str] = &[
    "describe",
    "split",
    "ensure_history",
    "read_history",
    "swap_history",
    "read_log",
    "execute",
    "execute_recorded",
    "set_lock_timeout",
    "create_database",
    "begin",
    "commit",
    "rollback",
    "lock",
    "unlock",
    "query",
];

/// The answer to a call.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Response<T> {
    pub(super) outcome: Outcome<T>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) notices: Vec<Notice>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome<T> {
    Ok(T),
    Error(AdapterError),
}

/// Writes a document into `buffer`, in place of what it held.
pub(super) fn encode_into<T: Serialize>(buffer: &mut Vec<u8>, document: &T) -> Result<()> {
    buffer.clear();
    buffer.push(JSON);
    serde_json::to_writer(buffer, document)
        .map_err(|error| AdapterError::from_source(ErrorKind::Protocol, &error))
}

/// Writes an answer. One that cannot be written becomes the error that says so.
pub(super) fn encode_response<T: Serialize>(result: Result<T>, notices: Vec<Notice>) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(64);
    let outcome = match result {
        Ok(value) => Outcome::Ok(value),
        Err(error) => Outcome::Error(error),
    };
    match encode_into(&mut buffer, &Response { outcome, notices }) {
        Ok(()) => buffer,
        Err(error) => encode_response::<()>(Err(error), Vec::new()),
    }
}

/// Reads a document.
pub(super) fn decode<'a, T: Deserialize<'a>>(document: &'a [u8]) -> Result<T> {
    serde_json::from_slice(body(document)?).map_err(|error| malformed(&error))
}

/// Reads an answer.
pub(super) fn decode_response<T: DeserializeOwned>(document: &[u8]) -> Result<Response<T>> {
    decode(document)
}

/// Reads a call; a request of a newer version is `Unsupported`, not a broken document.
pub(super) fn decode_call(document: &[u8]) -> Result<Request<'_>> {
    let body = body(document)?;
    serde_json::from_slice::<Call<'_>>(body)
        .map(|call| call.request)
        .map_err(|error| match unknown_request(body) {
            Some(name) => AdapterError::unsupported(&format!("the request `{name}`")).with_hint(
                "the plugin is older than this dapter: a newer version of it may support it",
            ),
            None => malformed(&error),
        })
}

fn body(document: &[u8]) -> Result<&[u8]> {
    match document.split_first() {
        Some((&JSON, body)) => Ok(body),
        Some((other, _)) => Err(AdapterError::new(
            ErrorKind::Protocol,
            format!("the document is in a format ({other:#04x}) that this side does not know"),
        )),
        None => Err(AdapterError::new(
            ErrorKind::Protocol,
            "the document is empty",
        )),
    }
}

fn malformed(error: &serde_json::Error) -> AdapterError {
    AdapterError::new(
        ErrorKind::Protocol,
        format!("the document cannot be read: {error}"),
    )
}

fn unknown_request(body: &[u8]) -> Option<String> {
    let call: serde_json::Value = serde_json::from_slice(body).ok()?;
    let request = call.get("request")?;
    let name = match request {
        serde_json::Value::String(name) => name,
        serde_json::Value::Object(fields) if fields.len() == 1 => fields.keys().next()?,
        _ => return None,
    };
    (!REQUESTS.contains(&name.as_str())).then(|| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: &str) -> Result<String> {
        let document = format!("J{json}");
        decode_call(document.as_bytes()).map(|request| format!("{request:?}"))
    }

    #[test]
    fn a_request_of_a_newer_version_is_unsupported() {
        for json in [
            r#"{"request":"fly"}"#,
            r#"{"request":{"fly":{"to":"the moon"}}}"#,
        ] {
            let error = request(json).expect_err("unknown");
            assert_eq!(error.kind, ErrorKind::Unsupported);
            assert!(error.message.contains("`fly`"), "{error}");
        }
    }

    #[test]
    fn fields_of_a_newer_version_are_ignored() {
        assert_eq!(
            request(r#"{"request":"begin","deadline":5}"#).expect("reads"),
            "Begin"
        );
        let read = request(r#"{"request":{"split":{"script":"a","speed":9}}}"#).expect("reads");
        assert_eq!(read, r#"Split { script: "a", options: None }"#);
    }

    #[test]
    fn a_broken_document_is_a_protocol_error() {
        for document in [
            "",
            "J",
            "J{",
            "X{}",
            "J{\"request\":{\"execute\":{}}}",
            "J{\"request\":7}",
        ] {
            let error = decode_call(document.as_bytes()).expect_err("broken");
            assert_eq!(error.kind, ErrorKind::Protocol, "{document}");
        }
    }

    #[test]
    fn every_request_has_its_name_in_the_list() {
        let change: Cow<'_, HistoryChange> = Cow::Owned(HistoryChange::default());
        let text = || Cow::Borrowed("text");
        let all = [
            Request::Describe,
            Request::Split {
                script: text(),
                options: None,
            },
            Request::EnsureHistory,
            Request::ReadHistory,
            Request::SwapHistory {
                change: change.clone(),
            },
            Request::ReadLog,
            Request::Execute { statement: text() },
            Request::ExecuteRecorded {
                statement: text(),
                change,
                intent: None,
            },
            Request::SetLockTimeout { timeout_ms: 1 },
            Request::CreateDatabase {
                options: Cow::Owned(ConnectOptions::default()),
            },
            Request::Begin,
            Request::Commit,
            Request::Rollback,
            Request::Lock {
                holder: Cow::Owned(LockRow::default()),
                wait_ms: 1,
            },
            Request::Unlock,
            Request::Query { statement: text() },
        ];
        let names: Vec<String> = all
            .iter()
            .map(
                |request| match serde_json::to_value(request).expect("writes") {
                    serde_json::Value::String(name) => name,
                    other => other
                        .as_object()
                        .and_then(|o| o.keys().next())
                        .expect("one key")
                        .clone(),
                },
            )
            .collect();
        assert_eq!(names, REQUESTS);
    }
}
