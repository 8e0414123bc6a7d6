//! The server's own lock, `GET_LOCK`.
//!
//! It belongs to the connection and ends with it; a server that still executes a long statement for a client that died holds
//! it until that statement ends, which is right: until then the database is being changed. The locks of a server share
//! their names, so the database's name is part of it.

use crate::answer::ResultSet;
use crate::change::{assignments, holder_columns};
use crate::connect::LockKind;
use crate::connection::Connection;
use crate::error::{NO_SUCH_COLUMN, NO_SUCH_TABLE, NOT_SUPPORTED, failed, sets};
use crate::literal::text;
use crate::rows;
use crate::session::Session;
use crate::tables::{LOCK, qualified};
use dapter_plugin_api::{AdapterError, ErrorKind, LockOutcome, LockRow, Result};
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

/// How long the server waits at once. It counts in whole seconds.
const TURN: Duration = Duration::from_secs(1);

/// How long to pause where less than a second is left.
const PAUSE: Duration = Duration::from_millis(20);

impl<C: Connection> Session<C> {
    /// Waits at most `wait` for the lock.
    pub(crate) async fn acquire(
        &mut self,
        holder: &LockRow,
        wait: Duration,
    ) -> Result<LockOutcome> {
        if self.lock_kind == LockKind::Row {
            return Err(AdapterError::unsupported(
                "locks of the server, as `lock=row` says",
            ));
        }
        let start = Instant::now();
        let mut turn = Duration::ZERO;
        loop {
            if self.try_lock(turn).await? {
                self.holder = Some(holder.clone());
                self.tell_holder().await?;
                return Ok(LockOutcome::Acquired);
            }
            let left = wait.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Ok(LockOutcome::Held(self.holder_told().await?));
            }
            if left < TURN {
                turn = Duration::ZERO;
                self.pause(left.min(PAUSE)).await?;
            } else {
                turn = TURN;
            }
        }
    }

    async fn try_lock(&mut self, turn: Duration) -> Result<bool> {
        let name = text(&lock_name(&self.database));
        let query = format!("SELECT GET_LOCK({name}, {})", turn.as_secs());
        let set = match self.send(vec![query]).await.whole() {
            Ok(sets) => sets.into_iter().next().unwrap_or_default(),
            // A cluster that writes everywhere has no lock that holds everywhere.
            Err(failure) if failure.code() == Some(NOT_SUPPORTED) => {
                let mut error = AdapterError::unsupported("locks of a cluster");
                error.chain.push(failed(failure).message);
                return Err(error);
            }
            Err(failure) => return Err(failed(failure)),
        };
        match set.first() {
            Some(b"1") => Ok(true),
            Some(_) => Ok(false),
            // The wait was interrupted.
            None => Err(cancelled()),
        }
    }

    async fn pause(&mut self, pause: Duration) -> Result<()> {
        let set = self
            .one(format!("SELECT SLEEP({})", pause.as_secs_f64()))
            .await?;
        if set.first() == Some(b"1") {
            return Err(cancelled());
        }
        Ok(())
    }

    /// Writes down who holds the lock, for others to read; nothing where no history is kept yet. Of nobody nothing is
    /// written: the host only looks whether the lock is free, and may be one that can read and no more.
    pub(crate) async fn tell_holder(&mut self) -> Result<()> {
        let Some(holder) = &self.holder else {
            return Ok(());
        };
        if *holder == LockRow::default() {
            return Ok(());
        }
        let columns = holder_columns(holder);
        let (names, values): (Vec<_>, Vec<_>) = columns.iter().cloned().unzip();
        let insert = format!(
            "INSERT INTO {} (id, connection_id, {}) VALUES (2, CONNECTION_ID(), {}) \
             ON DUPLICATE KEY UPDATE connection_id = CONNECTION_ID(), {}",
            qualified(&self.database, LOCK.name),
            names.join(", "),
            values.join(", "),
            assignments(&columns)
        );
        match self.send(vec![insert]).await.whole() {
            Ok(_) => Ok(()),
            Err(failure) if matches!(failure.code(), Some(NO_SUCH_TABLE | NO_SUCH_COLUMN)) => {
                Ok(())
            }
            Err(failure) => Err(failed(failure)),
        }
    }

    /// Who holds the lock, if the last who wrote that down does.
    async fn holder_told(&mut self) -> Result<Option<LockRow>> {
        let query = format!(
            "{} WHERE id = 2 AND connection_id = IS_USED_LOCK({})",
            LOCK.select(&self.database),
            text(&lock_name(&self.database))
        );
        match self.send(vec![query]).await.whole() {
            Ok(sets) => {
                let set: ResultSet = sets.into_iter().next().unwrap_or_default();
                Ok(rows::locks(set)?.pop())
            }
            Err(failure) if matches!(failure.code(), Some(NO_SUCH_TABLE | NO_SUCH_COLUMN)) => {
                Ok(None)
            }
            Err(failure) => Err(failed(failure)),
        }
    }

    /// Gives the lock back.
    pub(crate) async fn release(&mut self) -> Result<()> {
        if self.lock_kind == LockKind::Row {
            return Err(AdapterError::unsupported(
                "locks of the server, as `lock=row` says",
            ));
        }
        self.holder = None;
        let name = text(&lock_name(&self.database));
        let sets = sets(
            self.send(vec![format!("SELECT RELEASE_LOCK({name})")])
                .await,
        )?;
        if sets.first().and_then(ResultSet::first) == Some(b"1") {
            return Ok(());
        }
        Err(AdapterError::new(
            ErrorKind::Other,
            "this session does not hold the lock",
        )
        .with_hint("a proxy that hands connections from one session to another loses locks: write `lock=row` into the URL"))
    }
}

fn cancelled() -> AdapterError {
    AdapterError::new(ErrorKind::Cancelled, "waiting for the lock was stopped")
}

/// A name of at most 64 characters, as MySQL demands, whatever the database is called.
pub(crate) fn lock_name(database: &str) -> String {
    let digest = Sha256::digest(database.as_bytes());
    let digits: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("dapter:{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_database_has_a_name_that_fits() {
        let long = lock_name(&"日".repeat(64));
        assert!(long.len() <= 64, "{long}");
        assert_ne!(lock_name("a"), lock_name("b"));
        assert_eq!(lock_name("a"), lock_name("a"));
    }
}
