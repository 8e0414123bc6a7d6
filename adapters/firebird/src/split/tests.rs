use super::*;

fn texts(script: &str) -> Vec<&str> {
    let found = split(script).unwrap_or_else(|fault| panic!("{script}: {fault:?}"));
    let text = |statement: Statement| statement.text(script).expect("a range of the script");
    found.into_iter().map(text).collect()
}

#[test]
fn statements_end_where_they_end() {
    let table: &[(&str, &[&str])] = &[
        ("", &[]),
        (" ;; -- nothing;\n /* ; */ ;", &[]),
        ("A; B", &["A", "B"]),
        ("A -- x;\n, /* ; */ B ; -- y", &["A -- x;\n, /* ; */ B"]),
        ("S 'a;b''c;' ; T", &["S 'a;b''c;'", "T"]),
        ("S \"a;b\"\"c;\" ; T", &["S \"a;b\"\"c;\"", "T"]),
        ("S q'{it's; {nested}}' ; T", &["S q'{it's; {nested}}'", "T"]),
        (
            "S Q'!it's;!', q'[;']', q'(';)', q'<'>' ; T",
            &["S Q'!it's;!', q'[;']', q'(';)', q'<'>'", "T"],
        ),
        ("S seq'; T'", &["S seq'; T'"]),
        ("S x'00', _utf8 ';' ; T", &["S x'00', _utf8 ';'", "T"]),
        ("/* a /* b */ S; T", &["S", "T"]),
    ];
    for (script, expected) in table {
        assert_eq!(texts(script), *expected, "{script}");
    }
}

#[test]
fn set_term_is_obeyed() {
    let table: &[(&str, &[&str])] = &[
        (
            "SET TERM ^ ;\nA; B; ^\nC^SET TERM ; ^ D; E",
            &["A; B;", "C", "D", "E"],
        ),
        ("set term !! ; A !B !! set term ;!! C;", &["A !B", "C"]),
        (
            "SET TERM $$ ; CREATE x END$$ A$$ SET TERM ; $$ B",
            &["CREATE x END", "A", "B"],
        ),
        (
            "SET TERM ^;\nA '^' \"^\" -- ^\n B^ SET TERM ;^",
            &["A '^' \"^\" -- ^\n B"],
        ),
        ("SET TERM // ; A / B // SET TERM ; //", &["A / B"]),
        ("SET TERM GO ; A GO B\nGO", &["A", "B"]),
        // No command: the word is not the second.
        ("UPDATE t SET term = 1; B", &["UPDATE t SET term = 1", "B"]),
    ];
    for (script, expected) in table {
        assert_eq!(texts(script), *expected, "{script}");
    }
}

#[test]
fn bodies_stay_whole_without_set_term() {
    let bodies = [
        "CREATE TRIGGER t FOR x ACTIVE BEFORE INSERT POSITION 0 AS BEGIN new.a = 1; END",
        "create or alter procedure p (a INT = (CASE WHEN 1 = 1 THEN 2 END)) returns (b INT) as\n\
         declare variable c INT;\ndeclare d INT = CASE WHEN 1 = 1 THEN 1 END;\n\
         begin\n  if (a = 1) then begin b = 1; end else b = 2;\n  b = case a when 1 then 2 else 3 end;\n  suspend;\nend",
        "EXECUTE BLOCK AS BEGIN INSERT INTO t VALUES (';'); END",
        "EXECUTE BLOCK RETURNS (a INT) AS DECLARE PROCEDURE s AS BEGIN EXIT; END DECLARE x INT; BEGIN a = 1; END",
        "CREATE PACKAGE k AS BEGIN PROCEDURE p; FUNCTION f RETURNS INT; END",
        "RECREATE PACKAGE BODY k AS BEGIN PROCEDURE p AS BEGIN END FUNCTION f RETURNS INT AS BEGIN RETURN 1; END END",
        "CREATE FUNCTION f RETURNS INT AS BEGIN RETURN 1; END",
        "ALTER TRIGGER t AS BEGIN /* END; */ END",
        // No bodies.
        "CREATE PROCEDURE p (a INT) EXTERNAL NAME 'm!f' ENGINE udr",
        "CREATE PROCEDURE p EXTERNAL NAME 'm!f' ENGINE udr AS 'begin; text'",
        "ALTER TRIGGER t INACTIVE",
        "CREATE VIEW v AS SELECT 1 AS a FROM RDB$DATABASE",
        "CREATE TABLE \"PROCEDURE\" (a INT)",
        "COMMENT ON PROCEDURE p IS 'as begin'",
        "EXECUTE PROCEDURE p",
        "SELECT CASE WHEN 1 = 1 THEN 2 END FROM RDB$DATABASE",
    ];
    for body in bodies {
        let script = format!("-- x\n{body};\nA; {body}");
        assert_eq!(texts(&script), [body, "A", body], "{body}");
    }
}

#[test]
fn lines_and_columns_are_counted_in_characters() {
    let script = "/* é */ A;\r\n  é; B;\nSET TERM ^ ;\n\tC^";
    let found = split(script).expect("splits");
    let places: Vec<_> = found
        .iter()
        .map(|found| (found.line, found.column))
        .collect();
    assert_eq!(places, [(1, 9), (2, 3), (2, 6), (4, 2)]);
}

#[test]
fn what_makes_no_sense_is_refused_at_its_place() {
    let table = [
        ("A; S 'x", 5, "the string is never closed"),
        ("A; S q'{x'", 5, "the string is never closed"),
        ("S \"x", 2, "the name in quotes is never closed"),
        ("A /* x", 2, "the comment is never closed"),
        ("EXECUTE BLOCK AS BEGIN A; B", 17, "the block has no `END`"),
        (
            " CREATE TRIGGER t AS DECLARE a INT; B;",
            1,
            "the routine has no body",
        ),
        (
            "A; SET TERM ^\n;",
            7,
            "`SET TERM` takes a new terminator and then the one in force",
        ),
        (
            "SET TERM ; ;",
            4,
            "`SET TERM` takes a new terminator and then the one in force",
        ),
        (
            "A;\n SET AUTODDL OFF; B",
            4,
            "`SET AUTODDL` is a command of isql, and no statement",
        ),
        (
            "DROP DATABASE",
            0,
            "`DROP DATABASE` is about a database as a whole",
        ),
        (
            "ROLLBACK;",
            0,
            "`ROLLBACK` would begin or end a transaction, which is dapter's",
        ),
    ];
    for (script, at, why) in table {
        let fault = split(script).expect_err(script);
        assert_eq!((fault.at, fault.why.as_str()), (at, why), "{script}");
    }
}
