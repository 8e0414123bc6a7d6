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
//! | `segfault-call` | in the statement `crash` uses up the stack, which ends the process by a signal |
//! | `abort-call` | in the statement `crash` aborts the process |
//! | `exit-call` | in the statement `crash` ends the process with code 0 |
//! | `loop-call` | in the statement `crash` computes for ever |
//! | `memory-call` | in the statement `crash` takes memory for ever |
//! | `print-call` | in the statement `crash` writes to the standard output, and goes on |
//! | `async-memory` | behaves well, in asynchronous code: every call waits for another thread first |

mod async_memory;
mod deadly;
mod misbehaving;
mod session;
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
    deadly::Abort,
    deadly::Exit,
    deadly::Loop,
    deadly::Memory,
    deadly::Print,
    async async_memory::AsyncMemory,
);
