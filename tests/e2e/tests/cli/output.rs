//! Where output goes, and in which colours.

use std::io::Read;
use std::process::Stdio;

use dapter_e2e::Sandbox;

const ESCAPE: u8 = 0x1b;

fn project() -> Sandbox {
    Sandbox::with_scripts(&[("a1", "", ""), ("a1->b1", "", "")])
}

#[test]
fn results_go_to_standard_output_and_everything_else_to_standard_error() {
    let sandbox = project();
    for (line, results, messages) in [
        ("dapter upgrade", true, false),
        ("dapter upgrade --quiet", false, false),
        ("dapter current --quiet", true, false),
        ("dapter history --quiet", true, false),
        ("dapter downgrade zz", false, true),
        ("dapter show base", false, true),
        ("dapter show base --quiet", false, false),
        ("dapter init --quiet", false, false),
        ("dapter", false, true),
        ("dapter --help", true, false),
        ("dapter --unknown", false, true),
    ] {
        let output = sandbox.dapter(line);
        assert_eq!(
            !output.stdout.is_empty(),
            results,
            "{line}: standard output"
        );
        assert_eq!(
            !output.stderr.is_empty(),
            messages,
            "{line}: standard error"
        );
    }
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let sandbox = project();
    for (line, coloured) in [
        ("dapter upgrade zz", false),
        ("dapter --color auto upgrade zz", false),
        ("dapter --color never upgrade zz", false),
        ("dapter --color always upgrade zz", true),
        ("CLICOLOR_FORCE=1 dapter upgrade zz", true),
        ("NO_COLOR=1 dapter --color auto upgrade zz", false),
        ("NO_COLOR=1 dapter --color always upgrade zz", true),
    ] {
        let output = sandbox.dapter(line);
        assert_eq!(output.stderr.contains(&ESCAPE), coloured, "{line}");
    }
    let json = sandbox.dapter("dapter --color always --json upgrade zz");
    assert!(!json.stdout.contains(&ESCAPE), "JSON has no colours");
}

#[test]
fn a_reader_that_goes_away_stops_nothing() {
    let sandbox = project();
    for line in [
        "dapter upgrade",
        "dapter history",
        "dapter --help",
        "dapter downgrade base",
    ] {
        let mut command = sandbox.command(line);
        let mut running = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("dapter starts");
        // Closes the pipe.
        drop(running.stdout.take());
        let mut said = String::new();
        let mut stderr = running.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut said).expect("text");
        let status = running.wait().expect("dapter ends");
        assert!(status.success(), "{line}: {status}\n{said}");
        assert_eq!(said, "", "{line}");
    }
    let current = sandbox.dapter("dapter current --quiet");
    assert!(current.stdout.is_empty(), "the last run went down to base");
}
