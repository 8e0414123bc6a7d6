//! Adapters whose statement `crash` does what no error can tell of: it ends the process, or never comes back.
//!
//! None of them may be used in a process that is to go on.

use crate::session::{HostileSession, Manner, memory};
use dapter_plugin_api::{
    Comment, ConnectOptions, Description, Notices, Result, Statement, SyncMigrationAdapter,
};
use std::hint::black_box;
use std::io::{self, Write};
use std::process;

/// What the statement `crash` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    /// Follows a pointer that leads nowhere: the system sends SIGSEGV.
    Segfault,
    /// Uses up the stack: the system sends SIGSEGV, and Rust ends the process with SIGABRT.
    Overflow,
    Abort,
    /// Ends the process as if all were well.
    Exit,
    Loop,
    Memory,
    /// Writes where a program's output belongs.
    Print,
}

impl Crash {
    /// Comes back from [`Crash::Print`] alone.
    pub(crate) fn happen(self) {
        match self {
            Crash::Segfault => follow_a_bad_pointer(),
            Crash::Overflow => {
                black_box(deeper(black_box(0)));
            }
            Crash::Abort => process::abort(),
            #[allow(
                clippy::exit,
                reason = "an adapter that ends the process is what is to be tested"
            )]
            Crash::Exit => process::exit(0),
            Crash::Loop => loop {
                black_box(());
            },
            Crash::Memory => {
                let mut taken = Vec::new();
                loop {
                    // Written to, so that the system must have it.
                    taken.push(black_box(vec![1_u8; 1 << 20]));
                }
            }
            Crash::Print => {
                // Not `println!`: what a test runner catches would not show.
                let mut output = io::stdout();
                let _ = output.write_all(b"this is no place for an adapter to write to\n");
                let _ = output.flush();
            }
        }
    }
}

/// Reads where nothing is, which no system lets a process do.
#[allow(
    unsafe_code,
    reason = "a fault that safe code cannot have is what is to be tested"
)]
fn follow_a_bad_pointer() {
    let _ = io::stderr().write_all(b"following a pointer that leads nowhere\n");
    let nowhere = std::ptr::without_provenance::<u8>(black_box(8));
    // SAFETY: it is not safe. The page at address 0 belongs to no process, so that this ends in a signal and nothing is read.
    black_box(unsafe { nowhere.read_volatile() });
}

/// Calls itself until the stack is used up.
fn deeper(depth: u64) -> u64 {
    let frame = black_box([depth; 128]);
    match frame[0] {
        u64::MAX => 0,
        _ => deeper(depth + 1) + frame[1],
    }
}

macro_rules! deadly {
    ($($name:ident $key:literal $what:literal)*) => {$(
        #[doc = $what]
        #[derive(Debug, Default)]
        pub(crate) struct $name;

        impl SyncMigrationAdapter for $name {
            type Session = HostileSession;

            const DESCRIPTION: Description = Description {
                schemes: &[$key],
                extension: "mem",
                comment: Comment::Hash,
                ..Description::new($key)
            };

            fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<HostileSession> {
                let memory = memory(options, notices)?;
                Ok(HostileSession::new(memory, Manner::Deadly(Crash::$name)))
            }

            fn split(&self, script: &str) -> Result<Vec<Statement>> {
                Ok(Statement::lines(script, &["#"]))
            }
        }
    )*};
}

deadly! {
    Segfault "segfault-call" "Follows a bad pointer in a call."
    Overflow "overflow-call" "Uses up the stack in a call."
    Abort "abort-call" "Aborts in a call."
    Exit "exit-call" "Exits in a call."
    Loop "loop-call" "Never comes back from a call."
    Memory "memory-call" "Takes all memory in a call."
    Print "print-call" "Writes to the standard output in a call."
}
