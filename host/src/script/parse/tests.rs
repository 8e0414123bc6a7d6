use std::path::Path;

use super::{parse, parse_bytes, parse_owned};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::revision::{BranchLabel, RevisionId};
use crate::script::{BodyPart, ChunkKind, Script, ScriptBody, ScriptTransaction, SectionError};

const FULL: &str = "\
-- ----------------------
-- Add users table
-- a remark
-- dapter:revision   ae1027a6acf0
-- dapter:revises    1a2b, 3c4d 5e6f
-- dapter:created    2025-05-16T10:30:00Z
-- dapter:branch     crm, crm-eu
-- dapter:depends-on 77aa,billing
-- dapter:transaction none

-- dapter:upgrade
CREATE TABLE users (id INTEGER);
-- dapter:statement
CREATE FUNCTION f() AS $$ a; b; $$;
-- dapter:end

CREATE INDEX i ON users (id);

-- dapter:upgrade mysql, mariadb

-- dapter:downgrade
DROP TABLE users;
";

const SHORTEST: &str = "# dapter:revision a\n# dapter:irreversible \"no\"\n# dapter:upgrade";

fn path() -> &'static Path {
    Path::new("a.sql")
}

fn good(text: &str) -> Script {
    parse(path(), text).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

fn body(text: &str) -> ScriptBody {
    parse_owned(path(), text.as_bytes().to_vec()).unwrap()
}

fn parts(parts: Result<Vec<BodyPart<'_>>, SectionError>) -> Vec<(ChunkKind, usize, String)> {
    let parts = parts.unwrap().into_iter();
    parts
        .map(|part| (part.kind, part.line, part.text.to_owned()))
        .collect()
}

/// The problems of a text, each as `line: message`, with line 0 for those of the whole file.
fn problems(text: &str) -> Vec<String> {
    let Err(Diagnostics(found)) = parse(path(), text) else {
        panic!("no problem in {text}");
    };
    found
        .iter()
        .map(|problem| format!("{}: {}", problem.line.unwrap_or(0), problem.message))
        .collect()
}

#[test]
fn a_script_says_everything_its_directives_say() {
    let script = good(FULL);
    let revision = &script.revision;
    assert_eq!(revision.id.as_str(), "ae1027a6acf0");
    assert_eq!(revision.message, "Add users table");
    let ids = ["1a2b", "3c4d", "5e6f"].map(|id| RevisionId::parse(id).unwrap());
    assert_eq!(revision.revises, ids);
    assert_eq!(revision.depends_on, ["77aa", "billing"]);
    let labels = ["crm", "crm-eu"].map(|label| BranchLabel::parse(label).unwrap());
    assert_eq!(revision.branch_labels, labels);
    assert_eq!(script.created.as_deref(), Some("2025-05-16T10:30:00Z"));
    assert_eq!(script.transaction, ScriptTransaction::None);
    assert_eq!(script.irreversible, None);
    assert_eq!(script.path, path());
    let lines = script.lines;
    assert_eq!(
        (
            lines.revision,
            lines.revises,
            lines.branch,
            lines.depends_on
        ),
        (4, Some(5), Some(7), Some(8))
    );
    assert_eq!(script.upgrade[0].line, 11);
    assert_eq!(script.upgrade[1].adapters, ["mysql", "mariadb"]);
}

#[test]
fn an_adapter_runs_the_section_that_names_it_else_the_one_that_names_none() {
    let body = body(FULL);
    let general = [
        (
            ChunkKind::Text,
            12,
            "CREATE TABLE users (id INTEGER);\n".to_owned(),
        ),
        (
            ChunkKind::Statement,
            14,
            "CREATE FUNCTION f() AS $$ a; b; $$;\n".to_owned(),
        ),
        (
            ChunkKind::Text,
            16,
            "\nCREATE INDEX i ON users (id);\n\n".to_owned(),
        ),
    ];
    assert_eq!(parts(body.upgrade_for("postgresql")), general);
    assert_eq!(parts(body.upgrade_for("mariadb")), []);
    let drop = (ChunkKind::Text, 22, "DROP TABLE users;\n".to_owned());
    assert_eq!(parts(body.downgrade_for("mysql")), [drop]);
}

#[test]
fn a_missing_section_and_an_irreversible_script_are_told_apart() {
    let script = good(
        "-- dapter:revision a\n-- dapter:irreversible \"the data is gone\"\n-- dapter:upgrade mysql\n",
    );
    let missing = script.upgrade_for("sqlite").unwrap_err();
    assert_eq!(
        missing.to_string(),
        "a.sql has no upgrade section for the adapter `sqlite`"
    );
    let irreversible = script.downgrade_for("mysql").unwrap_err();
    assert_eq!(
        irreversible.to_string(),
        "revision a (a.sql) is irreversible: the data is gone"
    );
}

#[test]
fn what_is_absent_has_its_plain_meaning() {
    let script = good(SHORTEST);
    assert_eq!(script.revision.message, "");
    assert!(script.revision.revises.is_empty());
    assert_eq!(script.transaction, ScriptTransaction::Default);
    assert_eq!(script.upgrade[0].chunks, []);
    assert_eq!(script.lines.revises, None);

    let base = good(&SHORTEST.replacen('\n', "\n// dapter:revises base\n", 1));
    assert!(base.revision.revises.is_empty());
    assert_eq!(base.lines.revises, Some(2));
}

#[test]
fn line_ends_and_byte_order_mark_change_neither_meaning_nor_lines() {
    let plain = body(FULL);
    for (text, line_end) in [
        (format!("\u{feff}{FULL}"), "\n"),
        (FULL.replace('\n', "\r\n"), "\r\n"),
        (format!("\u{feff}{}", FULL.replace('\n', "\r")), "\r"),
    ] {
        let dressed = body(&text);
        let (one, other) = (plain.script(), dressed.script());
        assert_eq!(one.revision, other.revision);
        assert_eq!(one.lines, other.lines);
        assert_eq!(one.checksum, other.checksum);
        for adapter in ["sqlite", "mysql"] {
            let expected = parts(plain.upgrade_for(adapter)).into_iter();
            let expected: Vec<_> = expected
                .map(|(kind, line, text)| (kind, line, text.replace('\n', line_end)))
                .collect();
            assert_eq!(parts(dressed.upgrade_for(adapter)), expected);
        }
    }
}

/// A script with the given lines in its header, from line 2 on.
fn with_header(lines: &str) -> String {
    format!("-- dapter:revision a\n{lines}\n-- dapter:upgrade\n-- dapter:downgrade\n")
}

/// A script with the given lines in its upgrade section, from line 3 on.
fn with_body(lines: &str) -> String {
    format!("-- dapter:revision a\n-- dapter:upgrade\n{lines}\n-- dapter:downgrade\n")
}

#[test]
fn each_problem_of_the_header_is_found_at_its_line() {
    for (lines, expected) in [
        (
            "-- dapter:revision b",
            "2: `dapter:revision` is repeated; the first is on line 1",
        ),
        (
            "\n-- dapter:revises",
            "3: `dapter:revises` is without a value",
        ),
        ("-- dapter:revises ,", "2: `,` names nothing"),
        ("-- dapter:revises b, base", "2: `base` is a reserved word"),
        (
            "-- dapter:branch a@b",
            "2: `a@b` holds the character '@', which is not allowed",
        ),
        ("-- dapter:depends-on head", "2: `head` is a reserved word"),
        (
            "-- dapter:created today",
            "2: `today` is no date and time as RFC 3339 writes it",
        ),
        (
            "-- dapter:transaction all",
            "2: `dapter:transaction` cannot be `all`",
        ),
        (
            "-- dapter:revison b",
            "2: unknown directive `dapter:revison`",
        ),
        ("-- dapter: revises b", "2: a directive without a name"),
        (
            "SELECT 1;\nSELECT 2;",
            "2: only comments may stand before the first section",
        ),
        (
            "-- dapter:statement",
            "2: `dapter:statement` stands before the first section",
        ),
        (
            "-- dapter:end",
            "2: `dapter:end` without `dapter:statement`",
        ),
        (
            "-- dapter:irreversible because",
            "2: the reason is missing or not in double quotes",
        ),
        (
            "-- dapter:irreversible \"\"",
            "2: the reason is missing or not in double quotes",
        ),
        (
            "-- dapter:irreversible \"",
            "2: the reason is missing or not in double quotes",
        ),
    ] {
        let problems = problems(&with_header(lines));
        assert_eq!(problems[0], expected, "{lines}");
        let also_a_downgrade = usize::from(lines.contains("irreversible"));
        assert_eq!(problems.len(), 1 + also_a_downgrade, "{problems:?}");
    }
}

#[test]
fn each_problem_of_the_sections_is_found_at_its_line() {
    for (lines, expected) in [
        (
            "-- dapter:revises b",
            "3: `dapter:revises` belongs in the header",
        ),
        (
            "a\n-- dapter:upgrade",
            "4: `dapter:upgrade` is repeated; the first is on line 2",
        ),
        (
            "-- dapter:upgrade x y\n-- dapter:upgrade z, y",
            "4: `dapter:upgrade y` is repeated; the first is on line 3",
        ),
        ("-- dapter:upgrade x x", "3: adapter `x` is named twice"),
        (
            "-- dapter:statement\na",
            "3: `dapter:statement` without `dapter:end`",
        ),
        (
            "a\n-- dapter:end",
            "4: `dapter:end` without `dapter:statement`",
        ),
        (
            "-- dapter:statement\n \n-- dapter:end",
            "3: nothing stands between `dapter:statement` and `dapter:end`",
        ),
        (
            "-- dapter:statement\na\n-- dapter:statement\n-- dapter:end",
            "5: `dapter:statement` stands inside the statement that begins on line 3",
        ),
        (
            "-- dapter:statement now\na\n-- dapter:end",
            "3: `dapter:statement` takes no value",
        ),
        (
            "-- dapter:statement\na\n-- dapter:end;",
            "5: unknown directive `dapter:end;`",
        ),
        (
            "-- dapter:rollback",
            "3: unknown directive `dapter:rollback`",
        ),
    ] {
        let problems = problems(&with_body(lines));
        assert!(
            problems.iter().any(|problem| problem == expected),
            "{problems:?}"
        );
    }
}

#[test]
fn what_a_script_must_have_is_missed() {
    for (text, expected) in [
        ("", vec!["1: this is no script: it has no directive"]),
        (
            "CREATE TABLE a;\n",
            vec!["1: this is no script: it has no directive"],
        ),
        (
            "-- dapter:revision a\n",
            vec![
                "1: there is no section `dapter:upgrade`",
                "1: there is no section `dapter:downgrade`",
            ],
        ),
        (
            "-- dapter:upgrade\n-- dapter:downgrade\n",
            vec!["1: the header has no `dapter:revision`"],
        ),
        (
            "-- dapter:revision a\n-- dapter:irreversible \"x\"\n-- dapter:upgrade\n\n-- dapter:downgrade",
            vec!["5: a downgrade section in a script that line 2 calls irreversible"],
        ),
    ] {
        assert_eq!(problems(text), expected, "{text}");
    }
}

#[test]
fn all_problems_are_reported_at_once_in_the_order_of_their_lines() {
    let text = "-- dapter:revision a b\n\
                DROP TABLE x;\n\
                -- dapter:upgrade\n\
                -- dapter:end\n\
                -- dapter:upgarde\n\
                -- dapter:statement\n";
    assert_eq!(
        problems(text),
        [
            "1: `a b` holds the character ' ', which is not allowed",
            "2: only comments may stand before the first section",
            "4: `dapter:end` without `dapter:statement`",
            "5: unknown directive `dapter:upgarde`",
            "6: `dapter:statement` without `dapter:end`",
            "6: there is no section `dapter:downgrade`",
        ]
    );
}

#[test]
fn an_unknown_directive_is_answered_with_the_nearest_or_with_all() {
    let hint = |name: &str| {
        let Err(Diagnostics(found)) = parse(path(), &with_body(&format!("-- dapter:{name}")))
        else {
            panic!("{name} is known");
        };
        found[0].hint.clone().unwrap()
    };
    assert_eq!(hint("downgrad"), "did you mean `dapter:downgrade`?");
    assert!(hint("rollback").contains("revision, repeatable, revises, created"));
}

#[test]
fn bytes_that_are_not_utf_8_are_found_by_offset_and_line() {
    for (before, line) in [("", 1), ("a\n", 2), ("a\r\nb\rc", 3), ("\u{feff}é\n\n", 3)] {
        let mut bytes = before.as_bytes().to_vec();
        bytes.extend([b'x', 0xff, b'\n']);
        let expected = Diagnostics(vec![Diagnostic {
            path: path().to_owned(),
            line: Some(line),
            message: format!("not UTF-8 at byte {}", before.len() + 1),
            hint: Some("save the file in the encoding UTF-8".to_owned()),
        }]);
        assert_eq!(parse_bytes(path(), &bytes), Err(expected.clone()));
        assert_eq!(parse_owned(path(), bytes), Err(expected));
    }
}
