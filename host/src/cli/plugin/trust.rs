//! `dapter plugin trust`: whose keys are trusted.

use std::fs;
use std::path::Path;

use clap::Subcommand;
use dapter::plugin::trust::{Pinned, Revoked, TrustFile};
use dapter::plugin::{KeyId, LOCAL, PublicKey, check_part};
use serde_json::{Value, json};

use super::super::output::{Failure, Output};
use super::super::table::table;
use super::books::{change_trust, now, read_trust};
use super::sources::failure;

#[derive(Debug, Subcommand)]
pub(crate) enum Trust {
    /// Show the publishers whose keys are trusted, and the keys that are revoked
    List,
    /// Trust a publisher's key
    Add {
        /// The publisher: the part of its plugins' ids before the slash
        publisher: String,
        /// Its public key, or the file that holds it
        key: String,
    },
    /// Forget a publisher's key
    Remove {
        /// The publisher
        publisher: String,
    },
    /// Never accept a key again, whoever publishes with it
    Revoke {
        /// A publisher, a public key, the file that holds it, or the sixteen digits of its number
        key: String,
        /// Why, in a few words
        #[arg(long, default_value = "", hide_default_value = true)]
        why: String,
    },
}

pub(super) fn run(command: &Trust, output: &Output) -> Result<(), Failure> {
    match command {
        Trust::List => {}
        Trust::Add { publisher, key } => add(publisher, &read_key(key)?)?,
        Trust::Remove { publisher } => remove(publisher)?,
        Trust::Revoke { key, why } => revoke(key, why)?,
    }
    let trust = read_trust()?;
    output.result(&document(&trust), &text(&trust, *output))
}

fn remove(publisher: &str) -> Result<(), Failure> {
    change_trust(|trust| match trust.publishers.remove(publisher) {
        Some(_) => Ok(()),
        None => Err(unknown(publisher, trust)),
    })
}

fn add(publisher: &str, key: &PublicKey) -> Result<(), Failure> {
    check_part(publisher).map_err(failure)?;
    if publisher == LOCAL {
        return Err(
            Failure::usage("`local` is what unsigned files are called, and has no key")
                .hint("choose the publisher's own name"),
        );
    }
    change_trust(|trust| {
        if let Some(revoked) = trust.revocation(key.id()) {
            return Err(Failure::refused(format!(
                "the key {} was revoked: {}",
                key.id(),
                revoked.why
            ))
            .hint("ask the publisher for the key that took its place"));
        }
        match trust.publishers.get(publisher) {
            Some(pinned) if pinned.key == *key => Ok(()),
            Some(pinned) => Err(Failure::refused(format!(
                "{publisher} has the key {} already, and this one is {}",
                pinned.key, key
            ))
            .hint(format!(
                "if the publisher says that it was changed: dapter plugin trust remove {publisher}, then add it again"
            ))),
            None => {
                let pinned = Pinned {
                    key: *key,
                    from: "by hand".to_owned(),
                    since: now(),
                };
                trust.publishers.insert(publisher.to_owned(), pinned);
                Ok(())
            }
        }
    })
}

fn revoke(text: &str, why: &str) -> Result<(), Failure> {
    let number: Option<KeyId> = text.parse().ok();
    change_trust(|trust| {
        let pinned = trust.publishers.get(text).map(|pinned| pinned.key.id());
        let key = match pinned.or(number) {
            Some(key) => key,
            None => read_key(text)?.id(),
        };
        trust.revoke(Revoked {
            key,
            why: why.chars().filter(|letter| !letter.is_control()).collect(),
            since: now(),
        });
        Ok(())
    })
}

/// A key, as it was typed or in the file that was named.
pub(super) fn read_key(text: &str) -> Result<PublicKey, Failure> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let content = fs::read_to_string(Path::new(text)).map_err(|error| {
        Failure::usage(format!(
            "`{text}` is no public key, and no file that can be read: {error}"
        ))
        .hint("a key is one line that begins with RW; or name the .pub file")
    })?;
    content.parse().map_err(failure)
}

fn unknown(publisher: &str, trust: &TrustFile) -> Failure {
    let known: Vec<&str> = trust.publishers.keys().map(String::as_str).collect();
    let hint = match known.is_empty() {
        true => "no publisher is known".to_owned(),
        false => format!("known are {}", known.join(", ")),
    };
    Failure::usage(format!("no key of `{publisher}` is known")).hint(hint)
}

fn text(trust: &TrustFile, output: Output) -> String {
    let mut rows = Vec::new();
    for (publisher, pinned) in &trust.publishers {
        let key = pinned.key.id();
        let note = match trust.revocation(key) {
            Some(_) => "revoked".to_owned(),
            None => format!("from {}", pinned.from),
        };
        rows.push(vec![publisher.clone(), pinned.key.to_string(), note]);
    }
    for revoked in &trust.revoked {
        rows.push(vec![
            "revoked".to_owned(),
            revoked.key.to_string(),
            revoked.why.clone(),
        ]);
    }
    let mut text = table(&rows);
    if rows.is_empty() && output.is_chatty() {
        text.push_str("no publisher is trusted\n");
    }
    text
}

fn document(trust: &TrustFile) -> Value {
    let publishers: Vec<Value> = trust
        .publishers
        .iter()
        .map(|(publisher, pinned)| {
            json!({
                "publisher": publisher,
                "key": pinned.key,
                "number": pinned.key.id(),
                "from": pinned.from,
                "since": pinned.since,
                "revoked": trust.revocation(pinned.key.id()).is_some(),
            })
        })
        .collect();
    let revoked: Vec<Value> = trust
        .revoked
        .iter()
        .map(|revoked| json!({"number": revoked.key, "why": revoked.why, "since": revoked.since}))
        .collect();
    json!({"publishers": publishers, "revoked": revoked})
}
