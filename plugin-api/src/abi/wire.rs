//! The documents: what is asked, and how it is answered.
//!
//! A document is JSON behind one byte, `J`. A call with a long text (a script, or a statement with its data) is JSON without
//! that text, and the text as it is behind it: `T`, the length of the JSON in eight bytes, little end first, the JSON,
//! the text. So a hundred megabytes are neither escaped nor copied on their way.

use crate::{
    AdapterError, ConnectOptions, ErrorKind, ForeignChange, HistoryChange, LockRow, NewRevision,
    Notice, OfflineScript, Rendering, Result, Statement,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::Path;

/// The format byte of JSON.
const JSON: u8 = b'J';

/// The format byte of JSON with a text behind it.
const JSON_AND_TEXT: u8 = b'T';

/// The length from which on a text travels behind the JSON: there nothing in it must be escaped, and read back.
const LONG: usize = 64;

/// Room for the JSON of a call beside its text, in bytes: most need less.
const JSON_ROOM: usize = 512;

/// The bytes that tell the length of the JSON.
const LENGTH_BYTES: usize = 8;

/// What to open.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Open<'a> {
    /// The adapter alone: it answers [`Request::Describe`], [`Request::Split`], [`Request::Lint`],
    /// [`Request::LintRules`], [`Request::CreateDatabase`], [`Request::CreateScratch`],
    /// [`Request::DropScratch`], [`Request::OfflineScript`], [`Request::Backup`], [`Request::Render`],
    /// [`Request::ListScripts`] and [`Request::CreateScript`].
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
    Lint {
        #[serde(borrow)]
        script: Cow<'a, str>,
        statements: Cow<'a, [Statement]>,
        in_transaction: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        options: Option<Cow<'a, ConnectOptions>>,
    },
    LintRules,
    HeldLocks,
    Inspect,
    CreateScratch {
        options: Cow<'a, ConnectOptions>,
    },
    DropScratch {
        options: Cow<'a, ConnectOptions>,
    },
    ReadForeign {
        #[serde(borrow)]
        table: Cow<'a, str>,
    },
    WriteForeign {
        change: Cow<'a, ForeignChange>,
    },
    ServerFacts,
    OfflineScript {
        script: Cow<'a, OfflineScript>,
    },
    Backup {
        options: Cow<'a, ConnectOptions>,
        path: Cow<'a, Path>,
    },
    Render {
        rendering: Cow<'a, Rendering>,
    },
    Subjects {
        statements: Cow<'a, [String]>,
    },
    ListScripts {
        options: Cow<'a, ConnectOptions>,
    },
    CreateScript {
        options: Cow<'a, ConnectOptions>,
        revision: Cow<'a, NewRevision>,
    },
}

impl<'a> Request<'a> {
    /// The text that may be long.
    fn text_mut(&mut self) -> Option<&mut Cow<'a, str>> {
        match self {
            Request::Split { script: text, .. }
            | Request::Lint { script: text, .. }
            | Request::Execute { statement: text }
            | Request::ExecuteRecorded {
                statement: text, ..
            } => Some(text),
            _ => None,
        }
    }
}

/// The names of all requests, to tell one that is unknown from one that is garbled.
pub(super) const REQUESTS: &[&str] = &[
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
    "lint",
    "lint_rules",
    "held_locks",
    "inspect",
    "create_scratch",
    "drop_scratch",
    "read_foreign",
    "write_foreign",
    "server_facts",
    "offline_script",
    "backup",
    "render",
    "subjects",
    "list_scripts",
    "create_script",
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

/// Writes a call into `buffer`, in place of what it held.
pub(super) fn encode_call(buffer: &mut Vec<u8>, mut request: Request<'_>) -> Result<()> {
    let text = match request.text_mut() {
        Some(text) if text.len() >= LONG => std::mem::take(text),
        _ => return encode_into(buffer, &Call { request }),
    };
    buffer.clear();
    buffer.reserve(JSON_ROOM + text.len());
    buffer.push(JSON_AND_TEXT);
    buffer.extend([0; LENGTH_BYTES]);
    serde_json::to_writer(&mut *buffer, &Call { request })
        .map_err(|error| AdapterError::from_source(ErrorKind::Protocol, &error))?;
    let start = 1 + LENGTH_BYTES;
    let length = (buffer.len() - start) as u64;
    buffer[1..start].copy_from_slice(&length.to_le_bytes());
    buffer.reserve_exact(text.len());
    buffer.extend_from_slice(text.as_bytes());
    Ok(())
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
    let Some((&JSON_AND_TEXT, rest)) = document.split_first() else {
        return decode_json(body(document)?);
    };
    let parts = rest
        .split_first_chunk::<LENGTH_BYTES>()
        .and_then(|(length, rest)| {
            let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
            rest.split_at_checked(length)
        });
    let cut_off = || AdapterError::new(ErrorKind::Protocol, "the document is cut off");
    let (json, text) = parts.ok_or_else(cut_off)?;
    let text = std::str::from_utf8(text)
        .map_err(|error| AdapterError::from_source(ErrorKind::Protocol, &error))?;
    let mut request = decode_json(json)?;
    *request.text_mut().ok_or_else(|| {
        AdapterError::new(ErrorKind::Protocol, "the request has no place for its text")
    })? = Cow::Borrowed(text);
    Ok(request)
}

fn decode_json(body: &[u8]) -> Result<Request<'_>> {
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
    fn a_long_text_travels_as_it_is() {
        for length in [0, 10, LONG - 1, LONG, 3 * LONG] {
            let text = "é\n\"".repeat(length / 4 + 1);
            let mut document = Vec::new();
            let request = Request::Execute {
                statement: Cow::Borrowed(&text),
            };
            encode_call(&mut document, request).expect("writes");
            assert_eq!(document[0] == JSON_AND_TEXT, text.len() >= LONG);
            let Request::Execute { statement } = decode_call(&document).expect("reads") else {
                panic!("another request");
            };
            assert_eq!(statement, text);
        }
    }

    #[test]
    fn a_document_with_a_text_that_is_damaged_is_a_protocol_error() {
        let mut document = Vec::new();
        let text = "x".repeat(LONG);
        let request = Request::Execute {
            statement: Cow::Borrowed(&text),
        };
        encode_call(&mut document, request).expect("writes");
        let mut not_text = document.clone();
        not_text.push(0xff);
        let too_long = [&document[..1], &[0xff; 8], &document[9..]].concat();
        let elsewhere = [&b"T\x13\0\0\0\0\0\0\0"[..], br#"{"request":"begin"}"#, b"x"].concat();
        for damaged in [
            &document[..1],
            &document[..20],
            &not_text,
            &too_long,
            &elsewhere,
        ] {
            let error = decode_call(damaged).expect_err("damaged");
            assert_eq!(error.kind, ErrorKind::Protocol);
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
            Request::Lint {
                script: text(),
                statements: Cow::Owned(Vec::new()),
                in_transaction: true,
                options: None,
            },
            Request::LintRules,
            Request::HeldLocks,
            Request::Inspect,
            Request::CreateScratch {
                options: Cow::Owned(ConnectOptions::default()),
            },
            Request::DropScratch {
                options: Cow::Owned(ConnectOptions::default()),
            },
            Request::ReadForeign { table: text() },
            Request::WriteForeign {
                change: Cow::Owned(ForeignChange::default()),
            },
            Request::ServerFacts,
            Request::OfflineScript {
                script: Cow::Owned(OfflineScript::default()),
            },
            Request::Backup {
                options: Cow::Owned(ConnectOptions::default()),
                path: Cow::Borrowed(Path::new("copy")),
            },
            Request::Render {
                rendering: Cow::Owned(Rendering::default()),
            },
            Request::Subjects {
                statements: Cow::Owned(Vec::new()),
            },
            Request::ListScripts {
                options: Cow::Owned(ConnectOptions::default()),
            },
            Request::CreateScript {
                options: Cow::Owned(ConnectOptions::default()),
                revision: Cow::Owned(NewRevision::default()),
            },
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
