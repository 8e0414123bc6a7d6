//! The adapters that misbehave.

use crate::session::{HostileSession, Manner, memory};
use dapter_plugin_api::{
    Capability, Comment, ConnectOptions, Description, Notices, Result, Statement,
    SyncMigrationAdapter,
};

/// What the adapters here have in common.
const fn description(key: &'static str, schemes: &'static [&'static str]) -> Description {
    Description {
        schemes,
        extension: "mem",
        comment: Comment::Hash,
        ..Description::new(key)
    }
}

fn lines(script: &str) -> Vec<Statement> {
    Statement::lines(script, &["#"])
}

/// Panics when it is made.
#[derive(Debug)]
pub(crate) struct PanicMake;

impl Default for PanicMake {
    fn default() -> Self {
        panic!("being made is not for me")
    }
}

impl SyncMigrationAdapter for PanicMake {
    type Session = HostileSession;

    const DESCRIPTION: Description = description("panic-make", &["panic-make"]);

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<HostileSession> {
        Ok(HostileSession::new(
            memory(options, notices)?,
            Manner::Plain,
        ))
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(lines(script))
    }
}

/// Panics when it is asked to connect.
#[derive(Debug, Default)]
pub(crate) struct PanicConnect;

impl SyncMigrationAdapter for PanicConnect {
    type Session = HostileSession;

    const DESCRIPTION: Description = description("panic-connect", &["panic-connect"]);

    fn connect(&self, _: &ConnectOptions, _: &Notices) -> Result<HostileSession> {
        panic!("connecting is not for me")
    }
}

/// Panics in a call.
#[derive(Debug, Default)]
pub(crate) struct PanicCall;

impl SyncMigrationAdapter for PanicCall {
    type Session = HostileSession;

    const DESCRIPTION: Description = description("panic-call", &["panic-call"]);

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<HostileSession> {
        Ok(HostileSession::new(
            memory(options, notices)?,
            Manner::Plain,
        ))
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        assert!(
            !script.contains("panic-in-split"),
            "splitting is not for me"
        );
        Ok(lines(script))
    }
}

/// Panics when its session is dropped.
#[derive(Debug, Default)]
pub(crate) struct PanicDrop;

impl SyncMigrationAdapter for PanicDrop {
    type Session = HostileSession;

    const DESCRIPTION: Description = description("panic-drop", &["panic-drop"]);

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<HostileSession> {
        Ok(HostileSession::new(
            memory(options, notices)?,
            Manner::PanicOnDrop,
        ))
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(lines(script))
    }
}

/// Implements what it does not declare; being asked for it is a panic.
#[derive(Debug, Default)]
pub(crate) struct Undeclared;

impl SyncMigrationAdapter for Undeclared {
    type Session = HostileSession;

    const DESCRIPTION: Description = description("undeclared", &["undeclared"]);

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<HostileSession> {
        Ok(HostileSession::new(
            memory(options, notices)?,
            Manner::NotToBeAsked,
        ))
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(lines(script))
    }
}

/// Splits off what is no statement: two that overlap if the script begins with `overlap`, one that ends inside a
/// character if it begins with `inside`, and otherwise one that ends behind the script.
#[derive(Debug, Default)]
pub(crate) struct BadSplit;

impl SyncMigrationAdapter for BadSplit {
    type Session = HostileSession;

    const DESCRIPTION: Description = description("bad-split", &["bad-split"]);

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<HostileSession> {
        Ok(HostileSession::new(
            memory(options, notices)?,
            Manner::Plain,
        ))
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        let from_to = |start, end| Statement {
            alone: false,
            start,
            end,
            line: 1,
            column: 1,
        };
        let inside = script.find(|c: char| !c.is_ascii()).map_or(0, |at| at + 1);
        Ok(match script.split_whitespace().next() {
            Some("overlap") => vec![from_to(0, script.len()), from_to(1, script.len())],
            Some("inside") => vec![from_to(0, inside)],
            _ => vec![from_to(0, script.len() + 1)],
        })
    }
}

/// Waits until it is cancelled.
#[derive(Debug, Default)]
pub(crate) struct Slow;

impl SyncMigrationAdapter for Slow {
    type Session = HostileSession;

    const DESCRIPTION: Description = Description {
        capabilities: &[Capability::Cancel],
        ..description("slow", &["slow"])
    };

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<HostileSession> {
        Ok(HostileSession::new(memory(options, notices)?, Manner::Slow))
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(lines(script))
    }
}
