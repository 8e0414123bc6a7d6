use std::path::Path;

use proptest::prelude::*;

use super::{parse, parse_bytes};
use crate::diagnostic::Diagnostics;
use crate::script::Script;

fn path() -> &'static Path {
    Path::new("a.sql")
}

/// Lines that meet in scripts, and lines that should not.
fn lines() -> impl Strategy<Value = String> {
    let words = "(revision|revises|created|branch|depends-on|transaction|irreversible|upgrade|downgrade|statement|end|x|)";
    let directive = format!("[ \t]?(--|#|//) ?dapter:{words} ?[ab,\"é ]{{0,4}}");
    let line = prop_oneof![
        5 => proptest::string::string_regex(&directive).unwrap(),
        1 => Just("-- dapter:revision a".to_owned()),
        1 => Just("-- dapter:upgrade".to_owned()),
        1 => Just("-- dapter:downgrade".to_owned()),
        2 => "[-#/ a;é\u{feff}]{0,6}",
    ];
    let line_end = prop_oneof!["\n", "\r\n", "\r"];
    proptest::collection::vec((line, line_end), 0..12)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + &end).collect())
}

/// Valid scripts with arbitrary lines in their sections.
fn valid_scripts() -> impl Strategy<Value = String> {
    let text = "([ab ;é-]{0,8}(\n|\r\n|\r)){0,4}";
    let section = (text, proptest::option::of(text), text).prop_map(|(before, block, after)| {
        let block = block.map_or_else(String::new, |block| {
            format!("-- dapter:statement\nx{block}\n-- dapter:end\n")
        });
        format!("{before}{block}{after}")
    });
    (section.clone(), section).prop_map(|(upgrade, downgrade)| {
        format!("\u{feff}-- é\n-- dapter:revision a\n-- dapter:upgrade\n{upgrade}-- dapter:downgrade\n{downgrade}")
    })
}

fn check_ranges(text: &str, script: &Script) -> Result<(), TestCaseError> {
    let sections = script.upgrade.iter().chain(&script.downgrade);
    let mut chunks: Vec<_> = sections.flat_map(|section| &section.chunks).collect();
    chunks.sort_by_key(|chunk| chunk.line);
    let mut end = 0;
    for chunk in chunks {
        prop_assert!(end <= chunk.range.start && chunk.range.start < chunk.range.end);
        end = chunk.range.end;
        let content = text.get(chunk.range.clone());
        prop_assert!(content.is_some_and(|content| !content.trim().is_empty()));
        let before = text[..chunk.range.start].replace("\r\n", "\n");
        let line = 1 + before.matches(['\n', '\r']).count();
        prop_assert_eq!(chunk.line, line);
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused_with_reasons(text in prop_oneof![lines(), "(?s).{0,80}"]) {
        match parse(path(), &text) {
            Ok(script) => check_ranges(&text, &script)?,
            Err(Diagnostics(found)) => {
                prop_assert!(!found.is_empty());
                prop_assert!(found.is_sorted_by_key(|problem| problem.line));
                prop_assert!(found.iter().all(|problem| !problem.message.ends_with('.')));
            }
        }
    }

    #[test]
    fn chunks_are_whole_lines_in_order(text in valid_scripts()) {
        let script = parse(path(), &text);
        prop_assert!(script.is_ok(), "{script:?}");
        check_ranges(&text, &script.unwrap())?;
    }

    #[test]
    fn any_bytes_are_parsed_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        if let Err(Diagnostics(found)) = parse_bytes(path(), &bytes) {
            prop_assert!(!found.is_empty());
        }
    }
}
