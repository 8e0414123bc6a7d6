//! What generated scripts are made of.

use proptest::prelude::*;

use super::super::Rules;

/// The dialects, by number.
pub(super) fn rules() -> impl Strategy<Value = Rules> {
    prop::sample::select(vec![
        Rules::STANDARD,
        Rules::SQLITE,
        Rules::POSTGRESQL,
        Rules::MYSQL,
        Rules::MARIADB,
        Rules::MYSQL.with_ansi_quotes(),
        Rules::MYSQL.without_backslash_escapes(),
    ])
}

/// Pieces with a meaning to some lexer or splitter.
const FRAGMENTS: &[&str] = &[
    ";",
    ";",
    ";",
    "'",
    "''",
    "\"",
    "`",
    "[",
    "]",
    "\\",
    "\\.",
    "\n",
    "\r\n",
    " ",
    "--",
    "-- ",
    "#",
    "/*",
    "*/",
    "/*!",
    "/*!50003 ",
    "/*!80013",
    "/*M!",
    "$$",
    "$a$",
    "$",
    "$1",
    "@",
    "@@",
    ":",
    ":a",
    ".",
    "(",
    ")",
    "=",
    "E'",
    "U&'",
    "U&\"",
    "x'",
    "é",
    "\u{feff}",
    "\0",
    "1",
    "1.5",
    "a",
    "\nDELIMITER ",
    "DELIMITER //",
    "//",
    "\nDELIMITER ;\n",
    "BEGIN ",
    "END ",
    "END",
    "CASE ",
    "WHEN ",
    "THEN ",
    "ELSE ",
    "IF ",
    "IF(",
    "LOOP ",
    "REPEAT ",
    "UNTIL ",
    "WHILE ",
    "DO ",
    "FOR ",
    "DECLARE ",
    "EXIT ",
    "HANDLER ",
    "CREATE ",
    "OR ",
    "REPLACE ",
    "TEMP ",
    "TRIGGER ",
    "FUNCTION ",
    "PROCEDURE ",
    "EVENT ",
    "RULE ",
    "DEFINER",
    "EACH ",
    "ROW ",
    "FOLLOWS ",
    "ATOMIC ",
    "NOT ",
    "COPY ",
    "FROM ",
    "stdin",
    "\n\\.\n",
    "SELECT ",
    "SET ",
    "RETURN ",
    "EXPLAIN ",
    "ALTER ",
];

/// Text in which quotes, comments and keywords meet in every order.
pub(super) fn mixture() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..60).prop_map(|pieces| pieces.concat())
}

/// Statements that each are one, by dialect.
pub(super) fn known_statements(rules: &Rules) -> Vec<&'static str> {
    let mut known = vec![
        "SELECT 1",
        "SELECT 'it''s; -- no /* comment' -- yes; 'it is\n, 2",
        "INSERT INTO \"a;b\" VALUES (1, 'é;')",
        "SELECT /* ; ' \" */ 1",
        "SELECT CASE WHEN 1 THEN 2 END",
        "BEGIN",
        "COMMIT",
        "CREATE TABLE end_begin (a INT, b INT)",
    ];
    known.extend_from_slice(if *rules == Rules::SQLITE {
        &[
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN ';' END; UPDATE a SET end = 1; END",
            "CREATE TEMP TRIGGER [be;gin] AFTER INSERT ON a BEGIN SELECT 1; /* END; */ SELECT 2; END",
            "SELECT `a;`, [b;'], 'a\\'",
        ]
    } else if *rules == Rules::POSTGRESQL {
        &[
            "DO $$ BEGIN a; END; $$",
            "DO $tag$ $$ ; $$ ' $tag$",
            "SELECT E'\\';', U&';', /* /* ; */ ' */ 1",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END",
            "CREATE RULE r AS ON INSERT TO v DO (SELECT (1); SELECT 2)",
            "COPY t FROM stdin;\n1\t'\n$$;\n\\.",
        ]
    } else {
        &[
            "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; SELECT CASE 1 WHEN 1 THEN 2 END; END",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN WHILE 1 DO SET @a = ';'; END WHILE; END",
            "/*!50003 CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SELECT 1; END */",
            "SELECT `a;`, '\\';', 5--3 # ; '\n, 1",
            "BEGIN NOT ATOMIC SELECT 1; END",
        ]
    });
    known
}

/// What may stand between two statements besides the terminator.
pub(super) const GAPS: &[&str] = &[
    "",
    " ",
    "\n",
    "\r\n\t",
    "-- it's; a\n",
    "/* ; ' \" */",
    ";",
    " ; \n;",
];
