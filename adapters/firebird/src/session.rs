//! A connection.

use crate::address::Address;
use crate::attachment::{Attachment, LOOKING, Transaction, changing};
use crate::calls::{Call, Calls, canceller};
use crate::form::Form;
use crate::values::{number_at, rows};
use crate::{change, facts, history, lock, tables};
use dapter_plugin_api::{
    AdapterError, Canceller, ErrorKind, History, HistoryChange, LockOutcome, LockRow, LogEntry,
    Record, Result, Rows, ServerFacts, SyncSession,
};
use rsfbclient_core::TrLockResolution;
use std::time::Duration;

/// How long a change of the history waits for another, in seconds: none takes longer.
const PATIENCE: u32 = 10;

/// A connection to one database of a server.
pub struct FirebirdSession {
    attachment: Attachment,
    address: Address,
    /// The server's number of this connection.
    number: u64,
    calls: Calls,
    /// The host's transaction, if one is open.
    open: Option<Open>,
    /// The transaction that is the lock, if this session holds it.
    lock: Option<Transaction>,
    /// How statements wait for others.
    wait: TrLockResolution,
}

/// The host's transaction.
struct Open {
    transaction: Transaction,
    /// Whether it has defined structure.
    structure: bool,
}

impl std::fmt::Debug for FirebirdSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FirebirdSession")
            .field("database", &self.address.database)
            .finish_non_exhaustive()
    }
}

impl FirebirdSession {
    /// Connects.
    pub(crate) fn open(address: Address) -> Result<FirebirdSession> {
        let mut attachment = Attachment::open(&address)?;
        let number = attachment.within(LOOKING, |attachment, transaction| {
            let query = "SELECT CURRENT_CONNECTION FROM RDB$DATABASE";
            let rows = attachment.rows(transaction, query, Vec::new())?;
            rows.first().map_or(Ok(0), |row| number_at(row, 0))
        })?;
        Ok(FirebirdSession {
            attachment,
            address,
            number,
            calls: Calls::default(),
            open: None,
            lock: None,
            wait: TrLockResolution::Wait(None),
        })
    }

    /// Reads, in the host's transaction if one is open.
    fn look<T>(
        &mut self,
        read: impl FnOnce(&mut Attachment, &mut Transaction) -> Result<T>,
    ) -> Result<T> {
        match &mut self.open {
            Some(open) => read(&mut self.attachment, &mut open.transaction),
            None => self.attachment.within(LOOKING, read),
        }
    }

    /// Runs a statement in the host's transaction, or in one of its own.
    fn run(&mut self, statement: &str, form: Form, call: &Call) -> Result<u64> {
        let Some(open) = &mut self.open else {
            let manner = changing(self.wait);
            return self.attachment.within(manner, |attachment, transaction| {
                call.go_on()?;
                attachment.run(transaction, statement, Vec::new())
            });
        };
        let ran = self
            .attachment
            .run(&mut open.transaction, statement, Vec::new());
        let behind_structure = open.structure;
        open.structure |= form == Form::Structure;
        ran.map_err(|error| match behind_structure && error.kind == ErrorKind::Statement {
            true => error.with_hint(
                "what a transaction defines can be used behind its commit only: begin another one for it",
            ),
            false => error,
        })
    }
}

impl SyncSession for FirebirdSession {
    fn ensure_history(&mut self) -> Result<()> {
        let _call = self.calls.begin();
        tables::ensure(&mut self.attachment)
    }

    fn read_history(&mut self) -> Result<History> {
        let _call = self.calls.begin();
        self.look(history::read)
    }

    fn swap_history(&mut self, change: &HistoryChange) -> Result<()> {
        let _call = self.calls.begin();
        let Some(open) = &mut self.open else {
            let manner = changing(TrLockResolution::Wait(Some(PATIENCE)));
            return self.attachment.within(manner, |attachment, transaction| {
                change::make(attachment, transaction, change)
            });
        };
        let transaction = &mut open.transaction;
        let attachment = &mut self.attachment;
        attachment.run(transaction, "SAVEPOINT DAPTER$CHANGE", Vec::new())?;
        let Err(mut error) = change::make(attachment, transaction, change) else {
            return Ok(());
        };
        let undo = "ROLLBACK TO SAVEPOINT DAPTER$CHANGE";
        if let Err(second) = attachment.run(transaction, undo, Vec::new()) {
            error
                .chain
                .push(format!("and it could not be undone: {second}"));
        }
        Err(error)
    }

    fn read_log(&mut self) -> Result<Vec<LogEntry>> {
        let _call = self.calls.begin();
        self.look(history::read_log)
    }

    fn execute(&mut self, statement: &str) -> Result<u64> {
        let form = Form::of(statement);
        form.refused(statement)?;
        if form == Form::Commit {
            return match self.open {
                None => Ok(0),
                Some(_) => Err(AdapterError::new(
                    ErrorKind::Statement,
                    "`COMMIT` would end dapter's transaction",
                )
                .at(0)
                .with_hint("delete it")),
            };
        }
        let call = self.calls.begin();
        self.run(statement, form, &call)
    }

    /// Statement and record are one transaction, whatever the statement is.
    fn execute_recorded(&mut self, statement: &str, record: &Record) -> Result<u64> {
        if self.open.is_some() {
            return Err(AdapterError::new(
                ErrorKind::Statement,
                "a transaction is open already",
            ));
        }
        let form = Form::of(statement);
        form.refused(statement)?;
        let call = self.calls.begin();
        let manner = changing(self.wait);
        self.attachment.within(manner, |attachment, transaction| {
            // The history is free for others, a sign of life say, as long as the statement runs.
            change::check(attachment, transaction, &record.change)?;
            call.go_on()?;
            let rows = match form {
                Form::Commit => 0,
                _ => attachment.run(transaction, statement, Vec::new())?,
            };
            change::make(attachment, transaction, &record.change)?;
            Ok(rows)
        })
    }

    /// The server counts in seconds.
    fn set_lock_timeout(&mut self, timeout: Duration) -> Result<()> {
        let seconds = timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0);
        self.wait = TrLockResolution::Wait(match seconds {
            0 => None,
            _ => Some(u32::try_from(seconds).unwrap_or(i32::MAX.unsigned_abs())),
        });
        Ok(())
    }

    fn begin(&mut self) -> Result<()> {
        if self.open.is_some() {
            return Err(AdapterError::new(
                ErrorKind::Statement,
                "a transaction is open already",
            ));
        }
        let _call = self.calls.begin();
        let transaction = self.attachment.begin(changing(self.wait))?;
        self.open = Some(Open {
            transaction,
            structure: false,
        });
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        let Some(mut open) = self.open.take() else {
            return Err(AdapterError::new(
                ErrorKind::Statement,
                "no transaction is open",
            ));
        };
        let _call = self.calls.begin();
        let Err(mut error) = self.attachment.commit(&mut open.transaction) else {
            return Ok(());
        };
        if error.kind == ErrorKind::Busy {
            self.open = Some(open);
        } else if let Err(second) = self.attachment.rollback(&mut open.transaction) {
            error
                .chain
                .push(format!("and it could not be rolled back: {second}"));
        }
        Err(error)
    }

    fn rollback(&mut self) -> Result<()> {
        let _call = self.calls.begin();
        match self.open.take() {
            Some(mut open) => self.attachment.rollback(&mut open.transaction),
            None => Ok(()),
        }
    }

    fn lock(&mut self, holder: &LockRow, wait: Duration) -> Result<LockOutcome> {
        if self.lock.is_some() {
            return Err(AdapterError::new(
                ErrorKind::Statement,
                "this session holds the lock already",
            ));
        }
        let call = self.calls.begin();
        match lock::take(&mut self.attachment, holder, wait, &call)? {
            Ok(transaction) => {
                self.lock = Some(transaction);
                Ok(LockOutcome::Acquired)
            }
            Err(who) => Ok(LockOutcome::Held(who)),
        }
    }

    fn unlock(&mut self) -> Result<()> {
        let _call = self.calls.begin();
        match self.lock.take() {
            Some(mut transaction) => lock::give_back(&mut self.attachment, &mut transaction),
            None => Err(AdapterError::new(
                ErrorKind::Statement,
                "this session does not hold the lock",
            )),
        }
    }

    fn query(&mut self, statement: &str) -> Result<Rows> {
        Form::of(statement).refused(statement)?;
        let _call = self.calls.begin();
        self.look(|attachment, transaction| {
            attachment
                .rows(transaction, statement, Vec::new())
                .map(rows)
        })
    }

    fn server_facts(&mut self) -> Result<ServerFacts> {
        let _call = self.calls.begin();
        self.look(facts::facts)
    }

    fn canceller(&self) -> Option<Canceller> {
        Some(canceller(
            self.address.clone(),
            self.number,
            self.calls.clone(),
        ))
    }
}

/// What is open ends before the connection: others need not wait until the server finds it gone.
impl Drop for FirebirdSession {
    fn drop(&mut self) {
        let open = self.open.take().map(|open| open.transaction);
        for mut transaction in open.into_iter().chain(self.lock.take()) {
            // A connection that is lost has rolled back already.
            let _ = self.attachment.rollback(&mut transaction);
        }
    }
}
