//! The right to change a database, held by one deployer at a time.
//!
//! Adapters with [`Capability::Lock`] have a lock of their own. For all others, and where a connection cannot hold such a
//! lock, the host keeps a lock row in the history: it is taken and given back by compare-and-swap, names its holder, and
//! its token is demanded by every change, so that a holder who was taken for dead cannot write any more. The row is taken
//! in the transaction that makes the tables, and given back in the last step's transaction, so it costs no commit of its
//! own in a first run. Its holder gives signs of life; one of another machine that gives none counts as dead after a while.

use std::thread;
use std::time::Duration;

use dapter_plugin_api::abi::{Session, block_on};
use dapter_plugin_api::{
    AdapterError, Capability, ErrorKind, History, HistoryChange, LockChange, LockOutcome, LockRow,
    Result,
};

use super::clock::now;
use super::context::Context;
use super::event::Event;
use super::failure::LockFailure;
use super::heartbeat::{Heartbeat, Silence};
use super::patience::{Patience, swap};
use super::random::random_hex;
use super::rollback::rolled_back;
use super::thread::{Connector, Placement};

/// Enough that nobody else has the same.
const TOKEN_BYTES: usize = 16;

/// Why the lock was not acquired.
#[derive(Debug)]
pub(crate) enum AcquireError {
    /// Somebody else held it all the time.
    Held(Box<LockFailure>),
    /// The database refused.
    Adapter(AdapterError),
}

impl From<AdapterError> for AcquireError {
    fn from(error: AdapterError) -> Self {
        Self::Adapter(error)
    }
}

/// A session that holds the lock, until it gives it back. Dropped before that, it rolls back and gives it back.
#[derive(Debug)]
pub(crate) struct Locked {
    session: Option<Session>,
    held: Option<Held>,
    connector: Connector,
    /// Given as long as the lock row is held.
    heartbeat: Option<Heartbeat>,
}

#[derive(Debug, Clone)]
enum Held {
    /// The adapter's own lock.
    Native,
    /// The lock row with this token.
    Row(String),
}

impl Locked {
    /// Takes the lock, waiting for others as long as the context allows. The connector is the one that the session came
    /// from: a session that breaks cannot give its lock row back, another one can.
    pub(crate) async fn acquire(
        session: Session,
        connector: Connector,
        history: &History,
        context: &Context<'_>,
    ) -> Result<Self, AcquireError> {
        let row = context.identity.lock_row(&random_hex(TOKEN_BYTES)?, now());
        let native = session.has(Capability::Lock);
        // Noted before it is asked for: who drops this future on the way cannot know how far the database came.
        let mut locked = Self {
            session: Some(session),
            held: Some(if native {
                Held::Native
            } else {
                Held::Row(row.token.clone())
            }),
            connector,
            heartbeat: None,
        };
        let acquired = locked.take(&row, history.ready, context).await;
        match acquired {
            Ok(()) => return Ok(locked),
            Err(AcquireError::Held(_)) => locked.held = None,
            Err(AcquireError::Adapter(_)) => {
                // The lock may have been taken all the same. Most likely it was not, and then there is nothing to give
                // back; the error that matters is the first.
                let _ = locked.release(context).await;
            }
        }
        acquired.map(|()| locked)
    }

    async fn take(
        &mut self,
        row: &LockRow,
        ready: bool,
        context: &Context<'_>,
    ) -> Result<(), AcquireError> {
        if self.session().has(Capability::Lock) {
            match acquire_native(self.session(), row, ready, context).await {
                Err(AcquireError::Adapter(error)) if error.kind == ErrorKind::Unsupported => {
                    context.observer.event(&Event::LockRow { reason: &error });
                    self.held = Some(Held::Row(row.token.clone()));
                }
                other => return other,
            }
        }
        acquire_row(self.session(), row, ready, context).await?;
        self.heartbeat = Some(Heartbeat::start(&self.connector, &row.token));
        Ok(())
    }

    /// The session.
    pub(crate) fn session(&mut self) -> &mut Session {
        self.session
            .as_mut()
            .expect("only `drop` takes the session out")
    }

    /// What a change must demand of the lock row.
    pub(crate) fn require(&self) -> LockChange {
        match &self.held {
            Some(Held::Row(token)) => LockChange::Require(token.clone()),
            Some(Held::Native) | None => LockChange::Ignore,
        }
    }

    /// The same, for the last change of a run: it gives the lock row back. Call [`released`](Self::released) once it lasts.
    pub(crate) fn give_back(&self) -> LockChange {
        match &self.held {
            Some(Held::Row(token)) => LockChange::Release(token.clone()),
            Some(Held::Native) | None => LockChange::Ignore,
        }
    }

    /// Notes that the change made of [`give_back`](Self::give_back) lasts.
    pub(crate) fn released(&mut self) {
        if matches!(self.held, Some(Held::Row(_))) {
            self.held = None;
            self.heartbeat = None;
        }
    }

    /// Gives the lock back, if that has not happened yet.
    pub(crate) async fn release(&mut self, context: &Context<'_>) -> Result<()> {
        let Some(held) = self.held.clone() else {
            return Ok(());
        };
        self.heartbeat = None;
        let patience = Patience::to_give_back(context.lock_wait, context.placement);
        let connector = self.connector.clone();
        let result = give_back(self.session(), &held, &connector, &patience).await;
        // What could be tried was tried.
        self.held = None;
        result
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let (Some(mut session), Some(held)) = (self.session.take(), self.held.take()) else {
            return;
        };
        // The run was dropped half-way (a future that nobody awaits any more, or a panic). Nobody is left to be told of an
        // error here; a lock that cannot be given back names a process that a later run can see to be gone.
        let connector = Connector {
            placement: Placement::Here,
            ..self.connector.clone()
        };
        let mut clean_up = move || {
            block_on(async {
                if session.has(Capability::Transactions) {
                    let _ = session.rollback().await;
                }
                let patience = Patience::to_give_back(Duration::ZERO, Placement::Here);
                let _ = give_back(&mut session, &held, &connector, &patience).await;
            });
        };
        match self.connector.placement {
            Placement::Here => clean_up(),
            Placement::OwnThread => {
                let _ = thread::Builder::new()
                    .name("dapter-unlock".to_owned())
                    .spawn(clean_up);
            }
        }
    }
}

/// Gives the lock back. A lock row outlives its session: if that one is broken, another gives the row back.
async fn give_back(
    session: &mut Session,
    held: &Held,
    connector: &Connector,
    patience: &Patience,
) -> Result<()> {
    let token = match held {
        Held::Native => return session.unlock().await,
        Held::Row(token) => token,
    };
    let change = HistoryChange {
        lock: LockChange::Release(token.clone()),
        ..HistoryChange::default()
    };
    match swap(session, &change, patience).await {
        Err(error) if error.kind != ErrorKind::Conflict => {
            let mut second = connector.connect().await.map_err(|_| error)?;
            match swap(&mut second, &change, patience).await {
                // The first attempt took effect, although its answer was lost.
                Err(error) if error.kind == ErrorKind::Conflict => Ok(()),
                other => other,
            }
        }
        other => other,
    }
}

async fn acquire_native(
    session: &mut Session,
    row: &LockRow,
    ready: bool,
    context: &Context<'_>,
) -> Result<(), AcquireError> {
    let mut waiting = Waiting::new(context);
    let mut silence = Silence::default();
    loop {
        match session.lock(row, Duration::ZERO).await {
            Ok(LockOutcome::Acquired) => {
                match row_in_the_way(session, ready, &mut silence, context).await? {
                    None => break,
                    // Others reach the database over connections that cannot hold its lock.
                    Some(holder) => {
                        session.unlock().await?;
                        waiting.wait(Some(holder), None).await?;
                    }
                }
            }
            Ok(LockOutcome::Held(holder)) => waiting.wait(holder, None).await?,
            Err(error) if error.kind == ErrorKind::Busy => waiting.wait(None, Some(error)).await?,
            Err(error) => return Err(error.into()),
        }
    }
    if !ready {
        let patience = context.patience();
        patience
            .repeat(session, |session| Box::pin(session.ensure_history()))
            .await?;
    }
    Ok(())
}

/// Who holds the lock row although the adapter has a lock of its own; one that is known to be dead, or has given no sign
/// of life for too long, is done away with.
async fn row_in_the_way(
    session: &mut Session,
    ready: bool,
    silence: &mut Silence,
    context: &Context<'_>,
) -> Result<Option<LockRow>, AcquireError> {
    if !ready {
        return Ok(None);
    }
    let Some(holder) = session.read_history().await?.lock else {
        return Ok(None);
    };
    if !context.identity.knows_dead(&holder) && !is_silent(&holder, silence, context) {
        return Ok(Some(holder));
    }
    let change = HistoryChange {
        lock: LockChange::Release(holder.token.clone()),
        ..HistoryChange::default()
    };
    match swap(session, &change, &context.patience()).await {
        // It gave the row back itself, or another one who waits was quicker.
        Err(error) if error.kind == ErrorKind::Conflict => return Ok(Some(holder)),
        other => other?,
    }
    context.observer.event(&Event::TookOver { holder: &holder });
    Ok(None)
}

async fn acquire_row(
    session: &mut Session,
    row: &LockRow,
    ready: bool,
    context: &Context<'_>,
) -> Result<(), AcquireError> {
    // The row may be held by a transaction of its holder, for which nobody would wait beyond the time that there is.
    if session.has(Capability::LockTimeout) {
        session.set_lock_timeout(context.lock_timeout).await?;
    }
    let mut waiting = Waiting::new(context);
    let mut dead: Option<LockRow> = None;
    let mut silence = Silence::default();
    loop {
        match take_row(session, row, dead.as_ref(), ready).await {
            Ok(()) => {
                if let Some(holder) = &dead {
                    context.observer.event(&Event::TookOver { holder });
                }
                return Ok(());
            }
            Err(error) if error.kind == ErrorKind::Conflict || error.kind == ErrorKind::Busy => {
                if error.kind == ErrorKind::Busy {
                    silence.is_broken();
                }
                let holder = holder(session).await?;
                match holder {
                    Some(holder)
                        if Some(&holder) != dead.as_ref()
                            && (context.identity.knows_dead(&holder)
                                || is_silent(&holder, &mut silence, context)) =>
                    {
                        dead = Some(holder);
                    }
                    holder => {
                        dead = None;
                        waiting
                            .wait(holder, (error.kind == ErrorKind::Busy).then_some(error))
                            .await?;
                    }
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether a holder of another machine has given no sign of life for too long. Of one on this machine it is known that it
/// lives.
fn is_silent(holder: &LockRow, silence: &mut Silence, context: &Context<'_>) -> bool {
    let elsewhere = holder.host != context.identity.host
        || holder.machine.is_empty()
        || holder.machine != context.identity.machine;
    silence.is_too_long(holder) && elsewhere
}

/// Who holds the lock row, unless the database is too busy to be read.
async fn holder(session: &mut Session) -> Result<Option<LockRow>> {
    match session.read_history().await {
        Ok(history) => Ok(history.lock),
        Err(error) if error.kind == ErrorKind::Busy => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes the lock row; where there are no tables yet, in the transaction that makes them.
async fn take_row(
    session: &mut Session,
    row: &LockRow,
    dead: Option<&LockRow>,
    ready: bool,
) -> Result<()> {
    let change = HistoryChange {
        lock: LockChange::Take {
            instead_of: dead.map(|dead| dead.token.clone()),
            row: row.clone(),
        },
        ..HistoryChange::default()
    };
    if ready {
        return session.swap_history(&change).await;
    }
    if !session.has(Capability::TransactionalDdl) {
        session.ensure_history().await?;
        return session.swap_history(&change).await;
    }
    session.begin().await?;
    let result = async {
        session.ensure_history().await?;
        session.swap_history(&change).await?;
        session.commit().await
    }
    .await;
    match result {
        Ok(()) => Ok(()),
        Err(error) => Err(rolled_back(session, error).await),
    }
}

/// Waits for a holder and tells the observer whom for.
struct Waiting<'a> {
    context: &'a Context<'a>,
    patience: Patience,
    told: Option<Option<LockRow>>,
}

impl<'a> Waiting<'a> {
    fn new(context: &'a Context<'a>) -> Self {
        Self {
            context,
            patience: context.patience(),
            told: None,
        }
    }

    async fn wait(
        &mut self,
        holder: Option<LockRow>,
        error: Option<AdapterError>,
    ) -> Result<(), AcquireError> {
        if self.told.as_ref() != Some(&holder) {
            self.context.observer.event(&Event::Waiting {
                holder: holder.as_ref(),
                timeout: self.context.lock_wait,
            });
            self.told = Some(holder.clone());
        }
        if self.patience.pause().await? {
            return Ok(());
        }
        Err(AcquireError::Held(Box::new(LockFailure {
            holder,
            waited: self.patience.waited(),
            error,
        })))
    }
}
