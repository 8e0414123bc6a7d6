//! The tests that every dapter database adapter passes: ours, and those of third parties.
//!
//! An adapter promises what the documentation of [`SyncSession`](dapter_plugin_api::SyncSession) and
//! [`Capability`](dapter_plugin_api::Capability) lists; each promise is at least one case here. Cases are gated by
//! capability both ways: what is declared must behave, what is not declared must answer `Unsupported`.
//!
//! You describe your adapter in a [`Subject`]: how to get an empty database, and a few statements in its own language.
//! The suite is then a test target with `harness = false`:
//!
//! ```no_run
//! use dapter_conformance::{Effect, Failing, Script, Subject, Writers};
//! use dapter_plugin_api::abi::{Adapter, block_on};
//! use dapter_plugin_api::memory::MemoryAdapter;
//! use dapter_plugin_api::{ConnectOptions, ErrorKind};
//! use std::process::ExitCode;
//! use std::sync::atomic::{AtomicU32, Ordering};
//!
//! fn main() -> ExitCode {
//!     let databases = AtomicU32::new(0);
//!     dapter_conformance::run(Subject {
//!         adapter: block_on(Adapter::linked_sync::<MemoryAdapter>()).expect("the adapter is made"),
//!         fresh: Box::new(move || {
//!             Ok(ConnectOptions::new(format!("memory:{}", databases.fetch_add(1, Ordering::Relaxed))))
//!         }),
//!         absent: None,
//!         refused: Vec::new(),
//!         prepare: Vec::new(),
//!         put: Effect::new("put a 1", 1, "del a"),
//!         fail: Failing::new("fail", ErrorKind::Statement).with_code("TOLD"),
//!         script: Script::new("put a 1\nput b 2\n", &["put a 1", "put b 2"]),
//!         unsplittable: None,
//!         look: None,
//!         ddl: None,
//!         slow: None,
//!         kill: Vec::new(),
//!         writers: Writers::One,
//!     })
//! }
//! ```
//!
//! No case sleeps or measures time. Where an adapter may answer [`Busy`](dapter_plugin_api::ErrorKind::Busy), which
//! promises that nothing was changed, a case takes it at its word and repeats the call.
//!
//! | module | what it tests |
//! |---|---|
//! | `describe` | what the adapter says of itself, and that the subject covers it |
//! | `connect` | refused connections, options, secrets in messages |
//! | `history`, `swap`, `log`, `lock_row`, `race` | what the database remembers, and compare-and-swap of it |
//! | `execute`, `recorded`, `query`, `split` | statements |
//! | `transactions`, `ddl` | all or nothing, over data and history |
//! | `lock`, `cancel`, `lock_timeout`, `create_database`, `lint`, `trace`, `inspect`, `scratch`, `foreign`, `server_facts`, `offline`, `render`, `backup` | the capabilities of those names |
//! | `sessions` | several at once, after errors, from other threads |
//! | `killed` | sessions that the server ends |
//! | `processes` | two processes at once, and one that dies |
//! | `process` | what sessions leave behind in the process |
//! | `output` | what the adapter writes to the standard output |
//!
//! `dapter plugin test` runs the same cases on the file of a plugin, with a subject that is a file, `conformance.toml`: see
//! `docs/authors.md`. A test target reads the same file (`suite_of`, with the feature `file`).
#![deny(missing_docs)]

/// The version of the kit, which reports name.
pub const KIT_VERSION: &str = env!("CARGO_PKG_VERSION");

mod backup;
mod bench;
mod cancel;
mod case;
mod check;
mod client;
mod connect;
mod create_database;
#[cfg(feature = "file")]
mod databases;
mod ddl;
mod describe;
mod execute;
#[cfg(feature = "file")]
mod file_error;
mod foreign;
#[cfg(feature = "harness")]
mod harness;
mod history;
mod inspect;
mod killed;
mod lint;
mod lock;
mod lock_row;
mod lock_timeout;
mod log;
mod offline;
mod outcome;
mod output;
#[cfg(feature = "file")]
mod placeholders;
mod process;
mod processes;
mod query;
mod race;
mod recorded;
mod render;
mod run;
mod samples;
mod scratch;
mod scripts;
mod server_facts;
mod sessions;
mod split;
mod subject;
#[cfg(feature = "file")]
mod subject_file;
mod suite;
mod surroundings;
mod swap;
mod trace;
mod transactions;

pub use case::{Case, Turn};
#[cfg(feature = "file")]
pub use databases::Databases;
#[cfg(feature = "file")]
pub use file_error::FileError;
#[cfg(all(feature = "harness", feature = "file"))]
pub use harness::suite_of;
#[cfg(feature = "harness")]
pub use harness::{run, suite};
#[cfg(feature = "harness")]
pub use libtest_mimic::Trial;
pub use outcome::{Failure, Outcome, Skip};
pub use run::{Running, Tested};
pub use subject::{Effect, Failing, Fresh, Look, Refusal, Script, Subject, Writers};
#[cfg(feature = "file")]
pub use subject_file::SubjectFile;
pub use suite::{behaviours, cases, cases_in};
pub use surroundings::{Elsewhere, Printed, StartElsewhere, Surroundings};
