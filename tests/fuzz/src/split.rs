//! Any text in any dialect: the lexer and the splitter keep what `soundness.rs` says.

#![no_main]

use dapter_plugin_api::sql;
use libfuzzer_sys::{Corpus, fuzz_target};

#[path = "../../../plugin-api/src/sql/tests/soundness.rs"]
mod soundness;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((&number, text)) = input.split_first() else {
        return Corpus::Reject;
    };
    let Ok(text) = str::from_utf8(text) else {
        return Corpus::Reject;
    };
    let dialect = usize::from(number) % soundness::DIALECTS.len();
    soundness::assert_sound(text, &soundness::DIALECTS[dialect]);
    Corpus::Keep
});
