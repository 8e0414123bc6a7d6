//! What carries documents between a host and a plugin: the boundary itself, or something that stands for it.

use super::raw::{Port_TO, PortBox};
use super::wire::{Outcome, REQUESTS, Response, decode_response, encode_response};
use crate::{AdapterError, Notice, Result};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// The answer to a document, under way.
pub type CallFuture<'a> = Pin<Box<dyn Future<Output = Vec<u8>> + Send + 'a>>;

/// What a document names, being opened; the error is a document too.
pub type OpenFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Arc<dyn Transport>, Vec<u8>>> + Send + 'a>>;

/// Where a plugin's code runs: what opens its adapters and their sessions.
///
/// [`Plugin`](super::Plugin) is one in this process. Another may carry the documents to one elsewhere: they are bytes that
/// mean the same everywhere.
pub trait Source: Send + Sync {
    /// Opens what the document names.
    fn open<'a>(&'a self, document: &'a [u8]) -> OpenFuture<'a>;
}

/// What carries documents to an adapter or a session and back.
pub trait Transport: Send + Sync {
    /// Answers one document with another.
    fn call<'a>(&'a self, document: &'a [u8]) -> CallFuture<'a>;

    /// Stops the running call, from any thread.
    fn cancel(&self);
}

impl Transport for PortBox {
    fn call<'a>(&'a self, document: &'a [u8]) -> CallFuture<'a> {
        let reply = Port_TO::call(self, document.into());
        Box::pin(async move { reply.await.into() })
    }

    fn cancel(&self) {
        Port_TO::cancel(self);
    }
}

/// The document that answers a call, or the opening of something, with an error: what a transport says for a plugin that
/// cannot be asked any more.
#[must_use]
pub fn refusal(error: AdapterError) -> Vec<u8> {
    encode_response::<()>(Err(error), Vec::new())
}

/// What a document asks for, to be named in a message: `execute`, say. It is not read as a whole.
#[must_use]
pub fn operation(document: &[u8]) -> &'static str {
    // The request's name is the first or second word in quotes of either format.
    const BEGINNING: usize = 64;
    let beginning = &document[..document.len().min(BEGINNING)];
    let mut words = beginning.split(|&byte| byte == b'"').skip(1).step_by(2);
    let is_opening = |word: &[u8]| matches!(word, b"session" | b"adapter");
    match words.next() {
        Some(b"request") => {}
        Some(word) if is_opening(word) => {
            return if word == b"session" {
                "connect"
            } else {
                "open"
            };
        }
        _ => return "a call",
    }
    let name = words.next().and_then(|word| std::str::from_utf8(word).ok());
    let known = REQUESTS.iter().find(|known| name == Some(**known));
    known.copied().unwrap_or("a call")
}

pub(super) fn outcome<T: DeserializeOwned>(reply: &[u8]) -> Result<(T, Vec<Notice>)> {
    let (value, notices) = outcome_with_notices(reply);
    value.map(|value| (value, notices))
}

pub(super) fn outcome_with_notices<T: DeserializeOwned>(reply: &[u8]) -> (Result<T>, Vec<Notice>) {
    match decode_response::<T>(reply) {
        Ok(Response { outcome, notices }) => match outcome {
            Outcome::Ok(value) => (Ok(value), notices),
            Outcome::Error(error) => (Err(error), notices),
        },
        Err(error) => (Err(error), Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::{Open, Request, encode_call, encode_into};
    use super::*;
    use crate::ErrorKind;
    use std::borrow::Cow;

    #[test]
    fn a_document_tells_what_it_asks_for() {
        let mut document = Vec::new();
        for (request, name) in [
            (Request::Begin, "begin"),
            (
                Request::Query {
                    statement: Cow::Borrowed("\"request\""),
                },
                "query",
            ),
            (
                Request::Execute {
                    statement: Cow::Owned("x".repeat(100_000)),
                },
                "execute",
            ),
        ] {
            encode_call(&mut document, request).expect("writes");
            assert_eq!(operation(&document), name);
        }
        let open = Open::Adapter {
            key: Cow::Borrowed("toy"),
        };
        encode_into(&mut document, &open).expect("writes");
        assert_eq!(operation(&document), "open");
        for strange in [&b""[..], b"J", b"J{\"request\":", b"J{\"request\":\"fly\"}"] {
            assert_eq!(operation(strange), "a call");
        }
    }

    #[test]
    fn a_refusal_reads_as_its_error() {
        let error = AdapterError::new(ErrorKind::ConnectionLost, "gone");
        assert_eq!(outcome::<()>(&refusal(error.clone())), Err(error));
    }
}
