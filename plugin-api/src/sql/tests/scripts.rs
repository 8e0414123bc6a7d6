//! What holds for every dialect.

use super::super::{Rules, split};
use super::{assert_refused, assert_whole, statements};

const ALL: [Rules; 5] = [
    Rules::STANDARD,
    Rules::SQLITE,
    Rules::POSTGRESQL,
    Rules::MYSQL,
    Rules::MARIADB,
];

#[test]
fn plain_scripts() {
    let table: [(&str, &[&str]); 11] = [
        ("", &[]),
        (" \n\t", &[]),
        (";;  ; /* a; */ ; -- b;\n;", &[]),
        ("a", &["a"]),
        ("a;", &["a"]),
        ("a;b", &["a", "b"]),
        (
            "\u{feff}-- x\n a ; b -- y;\n ; /* z */ c /* w */",
            &["a", "b", "c"],
        ),
        (
            "a -- it's\n, 'b;' /* ; */ c;d",
            &["a -- it's\n, 'b;' /* ; */ c", "d"],
        ),
        ("a;\n\u{feff}b; \u{feff};", &["a", "b"]),
        ("été;\r\n ünï\r\n;", &["été", "ünï"]),
        (
            "BEGIN; UPDATE t SET a = 1; COMMIT;",
            &["BEGIN", "UPDATE t SET a = 1", "COMMIT"],
        ),
    ];
    for rules in ALL {
        for (script, expected) in table {
            assert_eq!(statements(script, &rules), expected, "{script:?}");
        }
    }
}

#[test]
fn statements_that_only_look_like_bodies() {
    for rules in ALL {
        assert_whole(
            &[
                "CREATE TABLE trigger_log (a INT, begin_at INT, end_at INT)",
                "SELECT CASE WHEN a = 1 THEN 2 ELSE 3 END FROM t",
                "DROP TRIGGER IF EXISTS t",
                "ALTER TABLE t ADD COLUMN c INT",
                "COMMIT",
            ],
            &rules,
        );
    }
}

#[test]
fn line_and_column() {
    let script = "\u{feff}a; b;\n\n  'é''ü' ; ö; c\r\n;\r\nd";
    let places: Vec<_> = split(script, &Rules::SQLITE)
        .unwrap()
        .iter()
        .map(|span| (span.text(script), span.line, span.column))
        .collect();
    assert_eq!(
        places,
        [
            ("a", 1, 1),
            ("b", 1, 4),
            ("'é''ü'", 3, 3),
            ("ö", 3, 12),
            ("c", 3, 15),
            ("d", 5, 1),
        ]
    );
}

#[test]
fn what_is_not_closed_is_an_error_at_its_opening() {
    for rules in ALL {
        assert_refused(
            &[
                (
                    "a;\n é 'b",
                    "the string that ' opens is never closed (line 2, column 4)",
                ),
                (
                    "a /* b; *",
                    "the comment that /* opens is never closed (line 1, column 3)",
                ),
                (
                    "x'00",
                    "the string that x' opens is never closed (line 1, column 1)",
                ),
            ],
            &rules,
        );
    }
    assert_refused(
        &[
            (
                "[a;",
                "the quoted identifier that [ opens is never closed (line 1, column 1)",
            ),
            (
                "a\n\n\"b;",
                "the quoted identifier that \" opens is never closed (line 3, column 1)",
            ),
        ],
        &Rules::SQLITE,
    );
    assert_refused(
        &[
            (
                "a; $t$ b; $$",
                "the string that $t$ opens is never closed (line 1, column 4)",
            ),
            (
                "U&\"a",
                "the quoted identifier that U&\" opens is never closed (line 1, column 1)",
            ),
            (
                "E'a'\n'b",
                "the string that E' opens is never closed (line 1, column 1)",
            ),
        ],
        &Rules::POSTGRESQL,
    );
    assert_refused(
        &[
            (
                "a `b;",
                "the quoted identifier that ` opens is never closed (line 1, column 3)",
            ),
            (
                "\"a",
                "the string that \" opens is never closed (line 1, column 1)",
            ),
            (
                "a;\n/*!50003 b;",
                "the comment that /*! opens is never closed (line 2, column 1)",
            ),
        ],
        &Rules::MYSQL,
    );
}

#[test]
fn every_error_has_a_hint() {
    for script in [
        "'",
        "CREATE RULE r AS ON INSERT TO t DO (a;",
        "\\d",
        "COPY t FROM stdin;",
    ] {
        let error = super::refusal(script, &Rules::POSTGRESQL);
        assert!(!error.kind.hint().is_empty());
    }
}
