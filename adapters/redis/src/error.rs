//! What went wrong, in the kinds that a host acts on.

use crate::words::Fault;
use dapter_plugin_api::{AdapterError, ErrorKind};
use redis::RedisError;

/// A text that is no command, or no script.
pub(crate) fn unreadable(kind: ErrorKind, fault: &Fault) -> AdapterError {
    AdapterError::new(kind, fault.why)
        .at(fault.at as u64)
        .with_hint("arguments are quoted as in redis-cli; `\\\"` stands for a quote within quotes")
}

/// An error of a connection that stands.
pub(crate) fn told(error: &RedisError) -> AdapterError {
    match error.code() {
        Some(code) => said(code, error.detail().unwrap_or_default()),
        None if error.is_io_error() => lost(error),
        None => AdapterError::from_source(ErrorKind::Other, error),
    }
}

/// An error while connecting.
pub(crate) fn unreachable(server: &str, error: &RedisError) -> AdapterError {
    let mut made = told(error);
    if error.code().is_none() {
        made.kind = ErrorKind::Connect;
        made.message = format!("{server} cannot be reached: {error}");
        made.chain.clear();
        made.hint = Some("is the server running, and is the address right?".to_owned());
    }
    made
}

fn lost(error: &RedisError) -> AdapterError {
    AdapterError::from_source(ErrorKind::ConnectionLost, error)
        .with_hint("whether the last command took effect is seen when the history is read again")
}

/// What the server said, as it stands in a reply: a code and a sentence.
pub(crate) fn line(text: &str) -> AdapterError {
    let is_code = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase());
    match text.split_once(' ').filter(|(code, _)| is_code(code)) {
        Some((code, sentence)) => said(code, sentence),
        None => AdapterError::new(ErrorKind::Statement, text).with_code("ERR"),
    }
}

/// The codes stand in Redis's source (`createSharedObjects` in `server.c`) and in the documentation of RESP.
fn said(code: &str, sentence: &str) -> AdapterError {
    let kind = match code {
        "NOAUTH" | "WRONGPASS" => ErrorKind::Authentication,
        "NOPERM" | "READONLY" => ErrorKind::Permission,
        "OOM" => ErrorKind::Full,
        "BUSY" | "LOADING" | "TRYAGAIN" | "MASTERDOWN" | "CLUSTERDOWN" => ErrorKind::Busy,
        "MISCONF" | "NOREPLICAS" => ErrorKind::Other,
        _ => ErrorKind::Statement,
    };
    let hint = match code {
        "NOAUTH" => Some("write the password into the URL: redis://user:password@host"),
        "READONLY" => Some("connect to the server that this one replicates"),
        "OOM" => Some("raise `maxmemory`, or delete what is not needed"),
        "MISCONF" => Some("the server cannot write its snapshot: look at its disk and its log"),
        "CROSSSLOT" | "MOVED" => Some("this adapter does not work on clusters"),
        _ => None,
    };
    let sentence = match sentence {
        "" => code,
        sentence => sentence.trim_end_matches('.'),
    };
    let mut error = AdapterError::new(kind, in_lower_case(sentence)).with_code(code);
    error.hint = hint.map(str::to_owned);
    error
}

/// The first letter small, unless it begins a word in capitals.
fn in_lower_case(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.as_str()) {
        (Some(first), rest) if !rest.starts_with(char::is_uppercase) => {
            first.to_lowercase().chain(rest.chars()).collect()
        }
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_kinds() {
        let cases = [
            (
                "NOAUTH Authentication required.",
                ErrorKind::Authentication,
                "authentication required",
            ),
            (
                "NOPERM this user has no permissions",
                ErrorKind::Permission,
                "this user has no permissions",
            ),
            (
                "READONLY You can't write",
                ErrorKind::Permission,
                "you can't write",
            ),
            (
                "OOM command not allowed",
                ErrorKind::Full,
                "command not allowed",
            ),
            (
                "LOADING Redis is loading",
                ErrorKind::Busy,
                "redis is loading",
            ),
            (
                "ERR DB index is out of range",
                ErrorKind::Statement,
                "DB index is out of range",
            ),
            (
                "user_script:1: my own",
                ErrorKind::Statement,
                "user_script:1: my own",
            ),
            ("", ErrorKind::Statement, ""),
        ];
        for (text, kind, message) in cases {
            let error = line(text);
            assert_eq!(
                (error.kind, error.message.as_str()),
                (kind, message),
                "{text}"
            );
            assert_eq!(error.retryable, kind == ErrorKind::Busy, "{text}");
        }
    }
}
