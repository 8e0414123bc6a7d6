//! The right to change a database.
//!
//! Firebird has no locks for applications. What it has is names that are there once: who holds the lock has begun to make the
//! domain `DAPTER$LOCK` in a transaction that stays open. Another who begins to make it too finds the first in the way;
//! nobody ever sees it, and when the holder's connection ends, however, the server rolls it back. Who it is stands in a variable
//! of the holder's connection, which the monitoring tables show.

use crate::attachment::{Attachment, LOOKING, Transaction, changing};
use crate::calls::Call;
use crate::values::{text, text_at};
use dapter_plugin_api::{AdapterError, ErrorKind, LockRow, Result};
use rsfbclient_core::TrLockResolution;
use std::thread;
use std::time::{Duration, Instant};

const TAKE: &str = "CREATE DOMAIN DAPTER$LOCK AS INTEGER";

const TELL: &str = "SELECT RDB$SET_CONTEXT('USER_SESSION', 'DAPTER_LOCK', CAST(? AS VARCHAR(8000))) FROM RDB$DATABASE";

/// The violation of a key: whether the other one is committed makes no difference to the server.
const IS_THERE: &str = "335544665";

const LEFT: &str = "SELECT 1 FROM RDB$FIELDS WHERE RDB$FIELD_NAME = 'DAPTER$LOCK'";

const WHO: &str = "SELECT MON$VARIABLE_VALUE FROM MON$CONTEXT_VARIABLES \
     WHERE MON$VARIABLE_NAME = 'DAPTER_LOCK' AND MON$ATTACHMENT_ID IS NOT NULL";

/// The first pause before asking again, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(200));

/// Waits at most so long for the lock: the transaction that holds it, or who does.
///
/// # Errors
/// [`ErrorKind::Unsupported`] if the user may make no domains; [`ErrorKind::Cancelled`].
pub(crate) fn take(
    attachment: &mut Attachment,
    holder: &LockRow,
    wait: Duration,
    call: &Call,
) -> Result<Result<Transaction, Option<LockRow>>> {
    let started = Instant::now();
    let mut pause = PAUSES.0;
    loop {
        call.go_on()?;
        if let Some(mut transaction) = attempt(attachment)? {
            if let Err(error) = tell(attachment, Some(holder)) {
                attachment.rollback(&mut transaction)?;
                return Err(error);
            }
            return Ok(Ok(transaction));
        }
        let left = wait.saturating_sub(started.elapsed());
        if left.is_zero() {
            return who(attachment).map(Err);
        }
        thread::sleep(pause.min(left));
        pause = (pause * 2).min(PAUSES.1);
    }
}

fn attempt(attachment: &mut Attachment) -> Result<Option<Transaction>> {
    let mut transaction = attachment.begin(changing(TrLockResolution::NoWait))?;
    let Err(error) = attachment.run(&mut transaction, TAKE, Vec::new()) else {
        return Ok(Some(transaction));
    };
    attachment.rollback(&mut transaction)?;
    match error.kind {
        _ if error.code.as_deref() == Some(IS_THERE) => Ok(None),
        ErrorKind::Busy => Ok(None),
        ErrorKind::Permission => Err(AdapterError::new(
            ErrorKind::Unsupported,
            "this user may make no domains, which the lock is made of",
        )
        .with_hint("grant it with `GRANT CREATE DOMAIN TO USER …`")),
        _ => Err(error),
    }
}

/// Gives the lock back.
pub(crate) fn give_back(attachment: &mut Attachment, transaction: &mut Transaction) -> Result<()> {
    attachment.rollback(transaction)?;
    tell(attachment, None)
}

fn tell(attachment: &mut Attachment, holder: Option<&LockRow>) -> Result<()> {
    let value = match holder {
        Some(holder) => text(
            &serde_json::to_string(holder)
                .map_err(|error| AdapterError::from_source(ErrorKind::Other, &error))?,
        ),
        None => rsfbclient_core::SqlType::Null,
    };
    attachment.within(LOOKING, |attachment, transaction| {
        attachment.rows(transaction, TELL, vec![value]).map(drop)
    })
}

/// Who holds the lock, as far as this user may see.
fn who(attachment: &mut Attachment) -> Result<Option<LockRow>> {
    attachment.within(LOOKING, |attachment, transaction| {
        if !attachment.rows(transaction, LEFT, Vec::new())?.is_empty() {
            return Err(AdapterError::new(
                ErrorKind::Other,
                "somebody has made the domain DAPTER$LOCK, which dapter's lock is",
            )
            .with_hint("drop it: DROP DOMAIN DAPTER$LOCK"));
        }
        let rows = attachment.rows(transaction, WHO, Vec::new())?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        // What a newer version says of itself may be something else.
        Ok(serde_json::from_str(&text_at(row, 0)?).ok())
    })
}
