//! The migration protocol: [`Migrator`] for programs that wait, [`AsyncMigrator`] for programs that do not.
//!
//! Both are thin: the work is in `Core`, which is asynchronous and is driven to its end where the caller wants.

mod adopting;
mod asynchronous;
mod autogenerating;
mod backup;
mod checking;
mod core;
mod drift;
mod exporting;
mod former_names;
mod hooks;
mod inquiry;
mod linting;
mod migrating;
mod offline;
mod planning;
mod portable;
mod portable_view;
mod portable_writing;
mod proving;
mod remembered_file;
mod remembering;
mod repair;
mod repeatable;
mod saved_plan;
mod scratch;
mod script_reading;
mod scripts;
mod settings;
mod source_folder;
mod squashed;
mod squashing;
mod stamping;
mod status;
mod synchronous;
mod tenants;
mod tool;
mod verifying;
mod writer;

pub use adopting::{AdoptHistory, Adopted, Adoption};
pub use asynchronous::AsyncMigrator;
pub use autogenerating::{AutogenerateOptions, model_files};
pub(crate) use planning::{statements as planned, text_statements as planned_text};

pub use exporting::{Export, ExportHistory, Exported};
pub use inquiry::{CurrentRevision, HistoryEntry};
pub use offline::OfflineError;
pub use repair::{RepairChoice, Repaired};
pub use repeatable::{RepeatableState, RepeatableStatus};
pub use saved_plan::{PlanChanged, SavedPlan, SavedStep};
pub use script_reading::ScriptReading;
pub use scripts::Scripts;
pub use settings::{BackupTo, Initialization, MigrationSettings, NewMigration, StampKind, StampTo};
pub use source_folder::read_source_folder;
pub use squashing::{SquashFailure, Squashed};
pub use status::{HalfDone, NextRun, Status};
pub use synchronous::Migrator;
pub use tool::MadeByTool;
pub use writer::ScriptWriter;
