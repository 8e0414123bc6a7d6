//! Code that runs when the system loads the library, before anybody has asked for anything of it.

use crate::deadly::Crash;
use std::hint::black_box;

/// What it does: the word behind the colon, filled up with blanks. Tests write another one into a copy of the library.
#[used]
static WORD: [u8; 33] = *b"dapter-hostile-initialiser:none  ";

/// Functions whose addresses are in this section are called by the system's loader (ELF).
#[allow(
    unsafe_code,
    reason = "only so does code run before a library is asked for anything"
)]
// SAFETY: the section holds addresses of functions that take nothing they need, and this is one.
#[used]
#[unsafe(link_section = ".init_array")]
static INITIALISER: extern "C" fn() = initialise;

extern "C" fn initialise() {
    // Hidden from the compiler, which would find the word that is here now.
    let word = black_box(&WORD);
    let word = word
        .trim_ascii_end()
        .split(|&byte| byte == b':')
        .next_back();
    match word.unwrap_or_default() {
        b"fault" => Crash::Segfault.happen(),
        b"abort" => Crash::Abort.happen(),
        b"exit" => Crash::Exit.happen(),
        b"loop" => Crash::Loop.happen(),
        _ => {}
    }
}
