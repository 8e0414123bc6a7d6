//! `dapter completions`.

use clap::CommandFactory;
use clap_complete::{Shell, generate};
use serde_json::json;

use super::arguments::Arguments;
use super::output::{Failure, Output};

pub(super) fn run(shell: Shell, output: &Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "dapter", &mut script);
    let script = String::from_utf8_lossy(&script);
    output.result(
        &json!({"shell": shell.to_string(), "script": script}),
        &script,
    )
}
