//! The transaction that is open: the host's, or the script's.
//!
//! The host's transaction begins with its first statement, in the same message, and ends without a message if there was
//! none. Nothing here depends on settings of the session: a pooler may hand another one to every transaction.

use crate::dialect::{self, Form};
use crate::error::{has_state, located, unlocated};
use crate::link::{Answer, Link};
use crate::search_path;
use crate::session::PostgresSession;
use dapter_plugin_api::{AdapterError, ErrorKind, Result};

/// Nothing of a database's or a role's defaults may turn a lost race into a failure that cannot be repeated.
pub(crate) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; ";

const HINT: &str = "write `-- dapter:transaction none` into the script, and its statements run outside dapter's transaction";

/// Whose transaction is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Nobody's.
    Idle,
    /// The host's, and nothing was sent yet.
    Begun,
    /// The host's.
    Open,
    /// The script's own.
    Script,
    /// The host's or the script's, after an error: it can only be rolled back.
    Failed,
}

impl<L: Link> PostgresSession<L> {
    /// Finds out what is open if a call was given up on the way.
    pub(crate) async fn settle_doubt(&mut self) -> Result<()> {
        if !self.in_doubt {
            return Ok(());
        }
        if self.state == State::Idle {
            return self.end_with_rollback().await;
        }
        self.state = State::Failed;
        self.in_doubt = false;
        Ok(())
    }

    /// Refuses a call in a transaction that failed: what follows would be ignored.
    pub(crate) async fn usable(&mut self) -> Result<()> {
        self.settle_doubt().await?;
        if self.state != State::Failed {
            return Ok(());
        }
        Err(AdapterError::new(
            ErrorKind::Statement,
            "the transaction failed earlier, and can only be rolled back",
        )
        .with_code("25P02")
        .with_sqlstate("25P02"))
    }

    /// Refuses statements that would end the host's transaction or begin another in it.
    pub(crate) fn check_control(&self, text: &str) -> Result<()> {
        check_control(text, self.state)
    }

    /// Sends a statement and returns its own answers.
    pub(crate) async fn tell(&mut self, statement: &str) -> Result<Vec<Answer>> {
        let (prefix, sent) = self.prefix();
        let message = format!("{prefix}{statement}");
        self.in_doubt = true;
        let result = self.link.send(&message).await;
        self.in_doubt = false;
        match result {
            Ok(mut answers) => {
                self.note_success();
                Ok(answers.split_off(sent.min(answers.len())))
            }
            Err(error) => {
                self.note_failure();
                Err(located(error, &prefix, statement))
            }
        }
    }

    /// Sends a statement of this adapter, whose text nobody knows, and returns its last answer.
    pub(crate) async fn ask(&mut self, statement: &str) -> Result<Answer> {
        let answers = self.tell(statement).await.map_err(unlocated)?;
        Ok(answers.into_iter().next_back().unwrap_or_default())
    }

    /// What goes before a statement in its message, and how many statements that is.
    fn prefix(&self) -> (String, usize) {
        let (mut prefix, mut sent) = match self.state {
            State::Begun => (BEGIN.to_owned(), 1),
            _ => (String::new(), 0),
        };
        if self.state != State::Open && self.state != State::Script || !self.settings_told {
            for setting in self.local_settings() {
                prefix.push_str(&setting);
                sent += 1;
            }
        }
        (prefix, sent)
    }

    /// The settings of a transaction. Outside of one they hold for the rest of the message, which the server takes for a
    /// transaction.
    fn local_settings(&self) -> Vec<String> {
        let mut settings = Vec::new();
        if !self.lock_timeout.is_zero() {
            let milliseconds = self.lock_timeout.as_millis().clamp(1, i32::MAX as u128);
            settings.push(format!("SET LOCAL lock_timeout = {milliseconds}; "));
        } else if self.state == State::Open {
            // There may have been a limit before.
            settings.push("SET LOCAL lock_timeout = 0; ".to_owned());
        }
        if let Some(names) = &self.settings.search_path {
            settings.push(format!(
                "SET LOCAL search_path = {}; ",
                search_path::list(names)
            ));
        }
        settings
    }

    fn note_success(&mut self) {
        if self.state == State::Begun {
            self.state = State::Open;
        }
        self.settings_told = self.state != State::Idle;
    }

    /// An error within a transaction leaves it open and useless; the server may not even have begun it.
    pub(crate) fn note_failure(&mut self) {
        if self.state != State::Idle {
            self.state = State::Failed;
        }
    }

    /// The host begins a transaction.
    pub(crate) fn note_begin(&mut self) -> Result<()> {
        if self.state != State::Idle {
            return Err(AdapterError::new(
                ErrorKind::Statement,
                "a transaction is open already",
            ));
        }
        self.state = State::Begun;
        self.settings_told = false;
        Ok(())
    }

    /// Makes sure that the transaction is open on the server: for what cannot be sent in one message with its beginning.
    pub(crate) async fn open_transaction(&mut self) -> Result<()> {
        let (prefix, _) = self.prefix();
        if prefix.is_empty() {
            return Ok(());
        }
        self.raw(&prefix).await.map(drop)
    }

    /// Sends a message as it is.
    pub(crate) async fn raw(&mut self, message: &str) -> Result<Vec<Answer>> {
        self.in_doubt = true;
        let result = self.link.send(message).await;
        self.in_doubt = false;
        match &result {
            Ok(_) => self.note_success(),
            Err(_) => self.note_failure(),
        }
        result.map_err(unlocated)
    }

    /// Makes the host's transaction last.
    pub(crate) async fn end_with_commit(&mut self) -> Result<()> {
        match self.state {
            State::Begun => {
                self.state = State::Idle;
                Ok(())
            }
            State::Open => self.commit_now().await,
            State::Failed => {
                self.end_with_rollback().await?;
                Err(AdapterError::new(
                    ErrorKind::Statement,
                    "the transaction failed earlier, and was rolled back",
                ))
            }
            State::Idle | State::Script => Err(AdapterError::new(
                ErrorKind::Statement,
                "no transaction of the host is open",
            )),
        }
    }

    /// Sends the `COMMIT`. If it fails, the transaction is rolled back, so nobody may repeat the call.
    pub(crate) async fn commit_now(&mut self) -> Result<()> {
        let committed = self.raw("COMMIT").await;
        // The server has ended the transaction either way.
        self.state = State::Idle;
        committed.map(drop).map_err(|mut error| {
            if error.kind == ErrorKind::Busy {
                error.kind = ErrorKind::Statement;
                error.hint = Some("run the same command again".to_owned());
            }
            error.retryable = false;
            error
        })
    }

    /// Undoes whatever is open.
    pub(crate) async fn end_with_rollback(&mut self) -> Result<()> {
        if !self.in_doubt && matches!(self.state, State::Idle | State::Begun) {
            self.state = State::Idle;
            return Ok(());
        }
        self.in_doubt = true;
        let undone = match self.link.send("ROLLBACK").await {
            // Whoever stopped the statement before may have asked once too often.
            Err(error) if error.kind == ErrorKind::Cancelled => self.link.send("ROLLBACK").await,
            undone => undone,
        };
        undone.map_err(unlocated)?;
        self.in_doubt = false;
        self.state = State::Idle;
        Ok(())
    }

    /// An error, after which nothing is left open. That the rollback fails too is told with it.
    pub(crate) async fn rolled_back(&mut self, mut error: AdapterError) -> AdapterError {
        if error.kind != ErrorKind::ConnectionLost
            && let Err(undoing) = self.end_with_rollback().await
        {
            error.chain.push(undoing.message);
        }
        error
    }
}

/// Refuses statements that would end the host's transaction or begin another in it.
pub(crate) fn check_control(text: &str, state: State) -> Result<()> {
    let statements = match dialect::split(text) {
        // The data of a copy may be long, and are no statements.
        _ if Form::of(text) == Form::Copy => return Ok(()),
        Ok(statements) if statements.len() > 1 => statements,
        _ => {
            let in_host = matches!(state, State::Begun | State::Open);
            return if in_host && Form::of(text).is_transaction_control() {
                Err(not_the_scripts())
            } else {
                Ok(())
            };
        }
    };
    // A text of several statements is one message, and its parts are not told apart.
    let controls = |part: &dapter_plugin_api::Statement| {
        part.text(text)
            .is_some_and(|text| Form::of(text).is_transaction_control())
    };
    if statements.iter().any(controls) {
        return Err(not_the_scripts());
    }
    Ok(())
}

fn not_the_scripts() -> AdapterError {
    AdapterError::new(
        ErrorKind::Statement,
        "the script begins or ends a transaction within dapter's own",
    )
    .with_hint(format!("leave the statement out; or {HINT}"))
}

/// Whether a statement was refused because it cannot run in a transaction block, so that nothing of it has happened.
pub(crate) fn wants_no_transaction(error: &AdapterError) -> bool {
    has_state(error, &["25001", "2D000"])
}
