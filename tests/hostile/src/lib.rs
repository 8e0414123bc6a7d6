//! One plugin with several adapters, for tests of whatever loads plugins.
//!
//! All of them keep their data in the process, as the [`memory`](dapter_plugin_api::memory) adapter does and with its
//! commands (`put KEY VALUE`, `del KEY`, `say TEXT`, `fail TEXT`, `panic TEXT`); the URL is `KEY:NAME`.
//!
//! | key | what it does |
//! |---|---|
//! | `panic-make` | panics when it is made |
//! | `panic-connect` | panics when it is asked to connect |
//! | `panic-call` | panics in the statement `panic TEXT`, and in splitting a script with the line `panic-in-split` |
//! | `panic-drop` | panics when its session is dropped |
//! | `undeclared` | implements transactions and queries, and declares neither |
//! | `bad-split` | splits off statements that are none: beyond the end, overlapping, inside a character |
//! | `slow` | waits in the statement `wait` until it is cancelled |
//! | `segfault-call` | in the statement `crash` follows a bad pointer, which ends the process by a signal |
//! | `overflow-call` | in the statement `crash` uses up the stack, which does so too |
//! | `abort-call` | in the statement `crash` aborts the process |
//! | `exit-call` | in the statement `crash` ends the process with code 0 |
//! | `loop-call` | in the statement `crash` computes for ever |
//! | `memory-call` | in the statement `crash` takes memory for ever |
//! | `print-call` | in the statement `crash` writes to the standard output, and goes on |
//! | `segfault-file` | keeps notes in a file (`set KEY VALUE`, `unset KEY`), and in the statement `crash` follows a bad pointer if the file is called `bad…`; `meet` waits until two databases have met |
//! | `tool` | behaves well, and drives a tool: a folder whose text files are its revisions |
//! | `async-tool` | the same, in asynchronous code |
//! | `async-memory` | behaves well, in asynchronous code: every call waits for another thread first |
//!
//! When the system loads it, it does what one word in it says, and that is nothing: tests write another word over it
//! (`initialiser`).

mod async_memory;
mod async_tool;
mod deadly;
#[cfg(target_os = "linux")]
mod initialiser;
mod kept;
mod misbehaving;
mod session;
/// The database of the crate that `dapter plugin new` makes.
#[allow(
    unreachable_pub,
    missing_debug_implementations,
    clippy::needless_pass_by_value,
    reason = "it is a part of another crate, with its own lints"
)]
#[path = "../../../host/templates/plugin/store.rs"]
mod store;
mod tool;
mod turn;

dapter_plugin_api::export_adapter!(
    misbehaving::PanicMake,
    misbehaving::PanicConnect,
    misbehaving::PanicCall,
    misbehaving::PanicDrop,
    misbehaving::Undeclared,
    misbehaving::BadSplit,
    misbehaving::Slow,
    deadly::Segfault,
    deadly::Overflow,
    deadly::Abort,
    deadly::Exit,
    deadly::Loop,
    deadly::Memory,
    deadly::Print,
    kept::SegfaultFile,
    tool::Tool,
    async async_memory::AsyncMemory,
    async async_tool::AsyncTool,
);
