use std::path::Path;

use proptest::prelude::*;

use super::{NewScript, ScriptFormat, default_template, flatten, render};
use crate::diagnostic::Diagnostics;
use crate::revision::{BranchLabel, Revision, RevisionId};
use crate::script::{ScriptError, parse};

fn path() -> &'static Path {
    Path::new("script.sql")
}

fn new_script() -> NewScript {
    NewScript {
        format: ScriptFormat::Adapter,
        revision: Revision {
            id: RevisionId::parse("ae1027a6acf0").unwrap(),
            revises: Vec::new(),
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            aliases: Vec::new(),
            message: "Add users table".to_owned(),
        },
        created: "2025-05-16T10:30:00Z".to_owned(),
        upgrade: String::new(),
        downgrade: String::new(),
    }
}

fn full_script() -> NewScript {
    let mut script = new_script();
    script.revision.revises = ["1a2b", "3c4d"]
        .map(|id| RevisionId::parse(id).unwrap())
        .into();
    script.revision.depends_on = vec!["billing".to_owned()];
    script.revision.branch_labels = vec![BranchLabel::parse("crm").unwrap()];
    script.upgrade = "CREATE TABLE a;\nCREATE TABLE b;\n".to_owned();
    script.downgrade = "DROP TABLE b;\n\nDROP TABLE a;".to_owned();
    script
}

fn problems(template: &str, script: &NewScript) -> Vec<String> {
    let Err(Diagnostics(found)) = render(path(), template, script) else {
        panic!("no problem in {template}");
    };
    found
        .iter()
        .map(|problem| format!("{}: {}", problem.line.unwrap_or(0), problem.message))
        .collect()
}

#[test]
fn a_line_without_its_value_is_left_out() {
    let text = render(path(), &default_template("--").unwrap(), &new_script()).unwrap();
    assert_eq!(
        text,
        "\
-- Add users table
-- dapter:revision   ae1027a6acf0
-- dapter:created    2025-05-16T10:30:00Z

-- dapter:upgrade

-- dapter:downgrade
"
    );
}

#[test]
fn every_value_has_its_place() {
    let text = render(path(), &default_template("#").unwrap(), &full_script()).unwrap();
    assert_eq!(
        text,
        "\
# Add users table
# dapter:revision   ae1027a6acf0
# dapter:revises    1a2b, 3c4d
# dapter:branch     crm
# dapter:depends-on billing
# dapter:created    2025-05-16T10:30:00Z

# dapter:upgrade
CREATE TABLE a;
CREATE TABLE b;

# dapter:downgrade
DROP TABLE b;

DROP TABLE a;
"
    );
}

#[test]
fn a_template_of_the_users_own_keeps_everything_but_placeholders() {
    let template = "\u{feff}-- $${message} costs $5, $$x$$ and $$$${y}\r\n\
                    -- dapter:revision ${revision}\r\n\
                    -- dapter:irreversible \"never\"\r\n\
                    -- dapter:upgrade\r\n\
                    -- by ${message}, ${revision}";
    assert_eq!(
        render(path(), template, &new_script()).unwrap(),
        "-- ${message} costs $5, $$x$$ and $$${y}\n\
         -- dapter:revision ae1027a6acf0\n\
         -- dapter:irreversible \"never\"\n\
         -- dapter:upgrade\n\
         -- by Add users table, ae1027a6acf0\n"
    );
}

#[test]
fn problems_of_the_template_are_reported_at_once_with_their_lines() {
    assert_eq!(
        problems("-- ${mesage}\n\n-- ${revision\n-- ${}\n", &full_script()),
        [
            "0: the template has no placeholder `${revision}`",
            "0: the template has no placeholder `${revises}`",
            "0: the template has no placeholder `${branch}`",
            "0: the template has no placeholder `${depends_on}`",
            "0: the template has no placeholder `${upgrade}`",
            "0: the template has no placeholder `${downgrade}`",
            "1: unknown placeholder `${mesage}`",
            "3: `${` without `}`",
            "4: unknown placeholder `${}`",
        ]
    );
}

#[test]
fn a_template_that_makes_a_wrong_script_is_refused() {
    let sections = "-- dapter:upgrade\n-- dapter:downgrade\n";
    assert_eq!(
        problems(
            &format!("-- dapter:revision ${{revision}}\n-- dapter:upgarde\n{sections}"),
            &new_script()
        ),
        ["0: line 2 of the script made from it is wrong: unknown directive `dapter:upgarde`"]
    );
    assert_eq!(
        problems(
            &format!("-- ${{revision}}\n-- dapter:revision b\n{sections}"),
            &new_script()
        ),
        ["0: the script made from it has another value of `dapter:revision` than it should"]
    );
}

#[test]
fn a_message_is_one_line_that_can_be_read_back() {
    for (message, expected) in [
        ("  Add\r\n\n users \rtable ", "Add users table"),
        ("Add  users", "Add  users"),
        ("\n", ""),
    ] {
        assert_eq!(flatten(message), expected, "{message:?}");
    }
    for message in ["dapter:upgrade", "---", "\n=="] {
        let mut script = new_script();
        message.clone_into(&mut script.revision.message);
        let found = problems(&default_template("--").unwrap(), &script);
        assert!(found[0].contains("could not be read back"), "{found:?}");
    }
}

#[test]
fn only_markers_that_directives_follow_make_a_template() {
    for marker in ["--", "#", "//"] {
        let template = default_template(marker).unwrap();
        render(path(), &template, &full_script()).unwrap();
    }
    for marker in ["", ";", "---"] {
        let error = default_template(marker).unwrap_err();
        assert!(matches!(error, ScriptError::CommentMarker { .. }));
    }
}

proptest! {
    #[test]
    fn whatever_is_rendered_reads_back(message in "(?s).{0,40}", upgrade in "[a;\n é]{0,20}") {
        let mut script = full_script();
        script.revision.message = message;
        script.upgrade = upgrade;
        let template = default_template("--").unwrap();
        if let Ok(text) = render(path(), &template, &script) {
            let read = parse(path(), &text).unwrap();
            script.revision.message = flatten(&script.revision.message);
            prop_assert_eq!(&*read.revision, &script.revision);
            prop_assert_eq!(read.created, Some(script.created));
        }
    }

    #[test]
    fn any_template_is_filled_in_or_refused(template in "([-${}a \n]|message|revision|dapter:){0,30}") {
        if let Err(Diagnostics(found)) = render(path(), &template, &new_script()) {
            prop_assert!(!found.is_empty());
        }
    }
}
