//! The only code that changes a database.
//!
//! `Locked` takes the lock, [`run`] carries a plan out, step by step; each step
//! commits its statements, its history row and its log line together, or journals every statement where the database
//! or the script does not allow a transaction. Whatever happens on the way, the lock is given back and the
//! [`Report`] or the [`RunFailure`] says in which state the database is now.
//!
//! **Invariants:** nothing here knows a statement's language; nothing here prints.

mod backup;
mod change;
mod clock;
mod context;
mod deadline;
mod event;
mod failure;
mod heartbeat;
mod hook;
mod identity;
mod interrupt;
mod journal;
mod lock;
mod offline;
mod patience;
mod random;
mod rollback;
mod run;
mod step;
mod thread;
mod trial;

pub use backup::{BackupError, BackupMade};
pub use event::{Event, Observer, Silent};
pub use failure::{DatabaseState, LockFailure, RunFailure, StatementFailure};
pub use hook::{HookCommands, HookFacts, HookFailure};
pub use identity::Identity;
pub use interrupt::Interrupt;
pub use run::{AppliedStep, Report};
pub use trial::{TrialError, TrialStatement};

pub(crate) use backup::{into_file, into_folder};
pub(crate) use change::{adopted_row, adopted_rows, applied_row, repair_entry, stamp_change};
pub(crate) use clock::created_now;
pub(crate) use context::Context;
pub(crate) use hook::{HookAct, PreparedHook, PreparedHooks, facts_of_failure};
pub(crate) use lock::{AcquireError, Locked};
pub(crate) use offline::Draft;
pub(crate) use patience::{Patience, swap};
pub(crate) use random::random_hex;
pub(crate) use run::execute;
pub(crate) use thread::{Connector, Placement, offload};
pub(crate) use trial::trial;
