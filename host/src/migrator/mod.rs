//! The migration protocol: [`Migrator`] for programs that wait, [`AsyncMigrator`] for programs that do not.
//!
//! Both are thin: the work is in `Core`, which is asynchronous and is driven to its end where the caller wants.

mod asynchronous;
mod checking;
mod core;
mod hooks;
mod inquiry;
mod linting;
mod migrating;
mod planning;
mod repair;
mod repeatable;
mod saved_plan;
mod scripts;
mod settings;
mod stamping;
mod status;
mod synchronous;
mod tenants;
mod writer;

pub use asynchronous::AsyncMigrator;
pub(crate) use planning::{statements as planned, text_statements as planned_text};

pub use inquiry::{CurrentRevision, HistoryEntry};
pub use repair::{RepairChoice, Repaired};
pub use repeatable::{RepeatableState, RepeatableStatus};
pub use saved_plan::{PlanChanged, SavedPlan, SavedStep};
pub use scripts::Scripts;
pub use settings::{Initialization, MigrationSettings, NewMigration, StampTo};
pub use status::{HalfDone, NextRun, Status};
pub use synchronous::Migrator;
pub use writer::ScriptWriter;
