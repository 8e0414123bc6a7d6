//! Triggers of SQLite.

use super::super::Rules;
use super::{assert_refused, assert_whole, statements};

#[test]
fn triggers_stay_whole() {
    assert_whole(
        &[
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
            "create temp trigger if not exists t after insert on a begin select 1; select 2; end",
            "CREATE TEMPORARY TRIGGER main.t BEFORE DELETE ON a WHEN old.x > 1 BEGIN SELECT 1; END",
            "EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
            "CREATE /* ; */ TRIGGER -- ;\n t AFTER INSERT ON a BEGIN SELECT ';'; /* END; */ END /* x */ -- y\n",
            "CREATE TRIGGER t AFTER UPDATE OF b ON a WHEN CASE WHEN new.b THEN 1 ELSE 0 END
             BEGIN
               UPDATE a SET b = CASE WHEN b = 1 THEN 2 ELSE CASE b WHEN 3 THEN 4 END END;
               SELECT CASE WHEN 1 THEN raise(ABORT, 'END;') END;
             END",
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b SELECT * FROM c; END",
        ]
        .map(|text| text.trim_end_matches(" /* x */ -- y\n")),
        &Rules::SQLITE,
    );
}

#[test]
fn begin_and_end_are_names_too() {
    assert_whole(
        &[
            "CREATE TRIGGER begin AFTER INSERT ON begin BEGIN UPDATE x SET end = new.end; SELECT 1 AS end; END",
            "CREATE TRIGGER \"begin\" AFTER INSERT ON [end] BEGIN SELECT `end` FROM \"end\"; END",
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT :end, @end, $end; END",
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT begin FROM b WHERE begin < end; END",
            "CREATE TABLE trigger (begin, end)",
        ],
        &Rules::SQLITE,
    );
}

#[test]
fn broken_triggers_do_not_swallow_what_follows() {
    let table: [(&str, &[&str]); 3] = [
        (
            "CREATE TRIGGER t; SELECT 1;",
            &["CREATE TRIGGER t", "SELECT 1"],
        ),
        (
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN END; SELECT 1",
            &["CREATE TRIGGER t AFTER INSERT ON a BEGIN END", "SELECT 1"],
        ),
        (
            "CREATE; TRIGGER; BEGIN; a; END;",
            &["CREATE", "TRIGGER", "BEGIN", "a", "END"],
        ),
    ];
    for (script, expected) in table {
        assert_eq!(statements(script, &Rules::SQLITE), expected);
    }
}

#[test]
fn an_open_trigger_is_an_error_at_its_begin() {
    assert_refused(
        &[
            (
                "CREATE TRIGGER t AFTER INSERT ON a\nBEGIN SELECT 1;\nSELECT 2;",
                "`BEGIN` has no `END` (line 2, column 1)",
            ),
            (
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1 END; SELECT 2;",
                "`BEGIN` has no `END` (line 1, column 36)",
            ),
        ],
        &Rules::SQLITE,
    );
}
