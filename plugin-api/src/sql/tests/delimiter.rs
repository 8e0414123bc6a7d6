//! The `DELIMITER` command of the `mysql` client.

use super::super::Rules;
use super::{assert_refused, statements};

const PROCEDURE: &str = "CREATE PROCEDURE p()\nBEGIN\n  SELECT ';', \"$$ //\" /* $$ // */;\nEND";

#[test]
fn delimiters_of_all_sorts() {
    for delimiter in [
        "$$",
        "//",
        ";;",
        "|",
        "-- end",
        "@@",
        "§",
        "MySQL",
        "delimiter",
        "#",
        "*/",
    ] {
        let script = format!(
            "a;\nDELIMITER {delimiter}\n{PROCEDURE}\n{delimiter}\nb; {delimiter} c\ndelimiter ;\nd;"
        );
        let delimiter = delimiter.split(' ').next().unwrap_or_default();
        let script = script.replace("-- end", delimiter);
        assert_eq!(
            statements(&script, &Rules::MYSQL),
            ["a", PROCEDURE, "b;", "c", "d"],
            "{delimiter}"
        );
    }
}

#[test]
fn the_delimiter_may_touch_the_word_before_it() {
    for delimiter in ["$$", "//", "MySQL", "é"] {
        let script =
            format!("DELIMITER {delimiter}\nSELECT 1 FROM t{delimiter}SELECT 2{delimiter}");
        assert_eq!(
            statements(&script, &Rules::MYSQL),
            ["SELECT 1 FROM t", "SELECT 2"]
        );
    }
}

#[test]
fn the_rest_of_the_line_belongs_to_the_command() {
    let table = [
        "DELIMITER $$ comment\na$$b",
        "delimiter '$$'\r\na$$b",
        "/* x */ DELIMITER \"$$\"\na$$ DELIMITER ;;\nb;;",
        "DELIMITER $$\na\nDELIMITER ;\nb;",
        "DELIMITER\t$$\na\n  delimiter ; \nb",
        "DELIMITER\u{b}$$\u{b}\na$$b",
    ];
    for script in table {
        assert_eq!(statements(script, &Rules::MYSQL), ["a", "b"], "{script:?}");
    }
    assert!(statements("DELIMITER $$", &Rules::MYSQL).is_empty());
}

#[test]
fn a_delimiter_that_starts_the_word_can_be_changed() {
    for delimiter in ["d", "del", "delimiter"] {
        let script = format!("DELIMITER {delimiter}\na {delimiter}\ndelimiter ;\nb;");
        assert_eq!(statements(&script, &Rules::MYSQL), ["a", "b"], "{script:?}");
    }
}

#[test]
fn delimiter_is_a_name_too() {
    for script in [
        "SELECT delimiter ;",
        "CREATE TABLE t (\n  delimiter varchar(10)\n);",
        "SELECT a,\ndelimiter, b;",
        "SELECT 'x\nDELIMITER ;\n' /*\nDELIMITER ;\n*/ x;",
        "delimiter_x;",
        "delimiter: BEGIN NOT ATOMIC SELECT 1; END;",
        "SELECT a,\ndelimiter;",
    ] {
        assert_eq!(
            statements(script, &Rules::MYSQL),
            [script.trim_end_matches(';').trim_end()]
        );
    }
    assert_eq!(
        statements("DELIMITER $$\na", &Rules::SQLITE),
        ["DELIMITER $$\na"]
    );
}

#[test]
fn what_is_no_delimiter_is_refused() {
    let message =
        "`DELIMITER` takes a delimiter of 1 to 64 bytes without a backslash (line 2, column 1)";
    let long = format!("a;\nDELIMITER {}\n", "$".repeat(65));
    for script in [
        "a;\nDELIMITER\nb",
        "a;\nDELIMITER   \n",
        "a;\nDELIMITER \\\n",
        "a;\nDELIMITER ''",
        "a;\nDELIMITER;\nb;",
        "a;\nDELIMITER# x\n",
        &long,
    ] {
        assert_refused(&[(script, message)], &Rules::MYSQL);
    }
}
