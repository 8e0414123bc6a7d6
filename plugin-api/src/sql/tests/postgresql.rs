//! Bodies, rules, data and client commands of PostgreSQL.

use super::super::{Rules, split};
use super::{assert_refused, assert_whole, statements};

const RULES: Rules = Rules::POSTGRESQL;

#[test]
fn bodies_stay_whole() {
    assert_whole(
        &[
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN a; /* ' */ END; $$",
            "DO $do$ BEGIN EXECUTE $x$SELECT ';'$x$; END $do$",
            "CREATE FUNCTION f(a int DEFAULT 1) RETURNS int BEGIN ATOMIC SELECT 1; RETURN 2; END",
            "create or replace procedure p() language sql begin atomic end",
            "CREATE FUNCTION f() RETURNS int\nBEGIN /* x */ ATOMIC\n SELECT CASE WHEN true THEN 1 END; SELECT 1 AS end, (x).end; END",
            "CREATE FUNCTION begin(atomic int) RETURNS int RETURN CASE WHEN true THEN 1 END",
            "CREATE FUNCTION f() RETURNS int AS 'SELECT 1;' LANGUAGE sql",
            "CREATE OR REPLACE RULE r AS ON INSERT TO v DO INSTEAD (INSERT INTO a VALUES (1); SELECT f((2)); )",
            "CREATE RULE r AS ON INSERT TO v DO NOTHING",
            "SELECT E'\\';', U&'d\\0061t;', 'a\\'",
            "SELECT 1 /* a /* ; */ ; */ + 1",
        ],
        &RULES,
    );
}

#[test]
fn only_bodies_hold_semicolons() {
    assert_eq!(
        statements("SELECT (1; SELECT 2", &RULES),
        ["SELECT (1", "SELECT 2"]
    );
    assert_eq!(statements("CREATE FUNCTION f(; SELECT 2", &RULES).len(), 2);
}

#[test]
fn copy_takes_its_data_along() {
    let script = "SELECT 1;\nCOPY t (a, b) FROM stdin; -- data\n1\t'\n;\\.\n\\.\r\nSELECT 2;";
    let spans = split(script, &RULES).unwrap();
    let texts: Vec<_> = spans.iter().map(|span| span.text(script)).collect();
    let copy = "COPY t (a, b) FROM stdin; -- data\n1\t'\n;\\.\n\\.";
    assert_eq!(texts, ["SELECT 1", copy, "SELECT 2"]);
    assert_eq!(spans[1].command(script), "COPY t (a, b) FROM stdin");
    assert_eq!(spans[1].copy_data.unwrap().text(script), "1\t'\n;\\.\n");
    assert_eq!((spans[2].line, spans[2].column), (6, 1));
    assert_eq!(statements(copy, &RULES), [copy]);
    let empty = "copy t from STDIN with (format csv);\n\\.";
    assert_eq!(
        split(empty, &RULES).unwrap()[0]
            .copy_data
            .unwrap()
            .text(empty),
        ""
    );
}

#[test]
fn other_copies_have_no_data() {
    assert_whole(
        &[
            "COPY t TO stdout",
            "COPY t FROM '/srv/stdin'",
            "COPY (SELECT * FROM stdin) TO stdout",
        ],
        &RULES,
    );
}

#[test]
fn what_only_psql_understands_is_refused() {
    assert_refused(
        &[
            (
                "SELECT 1;\n\\d users\n",
                "`\\d` is a command of the psql client (line 2, column 1)",
            ),
            (
                "  \\i a.sql",
                "`\\i` is a command of the psql client (line 1, column 3)",
            ),
            (
                "SELECT 1 \\gexec",
                "`\\gexec` is a command of the psql client (line 1, column 10)",
            ),
            (
                "\\restrict abc",
                "`\\restrict` is a command of the psql client (line 1, column 1)",
            ),
        ],
        &RULES,
    );
}

#[test]
fn open_bodies_and_data_are_refused() {
    assert_refused(
        &[
            (
                "CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT 1; SELECT 2;",
                "`BEGIN` has no `END` (line 2, column 1)",
            ),
            (
                "CREATE RULE r AS ON INSERT TO v DO (SELECT 1; SELECT 2;",
                "`(` has no `)` (line 1, column 36)",
            ),
            (
                "COPY t FROM stdin;\n1\n",
                "the data of `COPY … FROM STDIN` have no end (line 1, column 1)",
            ),
            (
                "COPY t FROM stdin",
                "the data of `COPY … FROM STDIN` have no end (line 1, column 1)",
            ),
            (
                "a;COPY t FROM stdin; b;\n1\n\\.\n",
                "the data of `COPY … FROM STDIN` begin in the next line (line 1, column 3)",
            ),
        ],
        &RULES,
    );
}
