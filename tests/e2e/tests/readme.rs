//! The README's first steps, as they stand there.

use std::fs;
use std::path::Path;

use dapter_e2e::{Normaliser, Sandbox};

/// A fenced block: its language and its text.
type Block = (String, String);

fn first_steps() -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = fs::read_to_string(path).expect("there is a README");
    let section = readme
        .split("\n## ")
        .find(|section| section.starts_with("First steps"))
        .expect("the README has first steps");
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in section.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some((language.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, text))) => text.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    blocks
}

#[test]
fn the_first_steps_work_word_by_word() {
    let sandbox = Sandbox::new();
    sandbox.name_ids();
    let mut expected = naming_ids();
    let mut environment = String::new();
    let mut commands = 0;
    for (language, text) in first_steps() {
        if language == "sql" {
            fill_in(&sandbox, &text);
            continue;
        }
        let mut seen = String::new();
        for line in text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            if let Some(variable) = line.strip_prefix("export ") {
                environment = format!("{variable} ");
                seen.push_str(&format!("$ {line}\n"));
                continue;
            }
            let output = sandbox.transcript(&format!("{environment}{line}"));
            seen.push_str(&output.replacen(&environment, "", 1));
            commands += 1;
        }
        assert_eq!(
            expected.normal(&text),
            seen,
            "the README's console:\n{text}"
        );
    }
    assert!(commands > 5, "the README has lost its first steps");
}

/// Takes over what the README fills into the script, below the header that `create` wrote.
fn fill_in(sandbox: &Sandbox, text: &str) {
    const SECTIONS: &str = "-- dapter:upgrade\n";
    let (header, body) = text
        .split_once(SECTIONS)
        .expect("the README's script has sections");
    let script = sandbox.only_file("migrations/versions");
    let created = sandbox.read(&script);
    let (made, _) = created
        .split_once(SECTIONS)
        .expect("the script has sections");
    assert_eq!(
        naming_ids().normal(header),
        naming_ids().normal(made),
        "the README's header is the one that `create` writes"
    );
    sandbox.write(&script, format!("{made}{SECTIONS}{body}"));
}

fn naming_ids() -> Normaliser {
    let mut normaliser = Normaliser::default();
    normaliser.name_ids();
    normaliser
}
