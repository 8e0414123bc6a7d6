//! Stored programs of MySQL and MariaDB, without `DELIMITER`.

use super::super::Rules;
use super::{assert_refused, assert_whole, statements};

fn assert_whole_in_both(texts: &[&str]) {
    assert_whole(texts, &Rules::MYSQL);
    assert_whole(texts, &Rules::MARIADB);
    assert_whole(texts, &Rules::MYSQL.with_ansi_quotes());
}

#[test]
fn routines_stay_whole() {
    assert_whole_in_both(&[
        "CREATE PROCEDURE p() BEGIN END",
        "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END",
        "CREATE PROCEDURE p(IN `begin` INT, OUT b DECIMAL(10, 2)) COMMENT 'x;' SQL SECURITY INVOKER BEGIN SELECT 1; END",
        "CREATE OR REPLACE DEFINER = `a`@`%` PROCEDURE p() lbl: BEGIN LEAVE lbl; END lbl",
        "CREATE DEFINER=event@localhost PROCEDURE IF NOT EXISTS p() BEGIN SELECT 1; END",
        "CREATE DEFINER=CURRENT_USER() FUNCTION f() RETURNS VARCHAR(10) CHARACTER SET utf8 DETERMINISTIC BEGIN RETURN 1; END",
        "CREATE FUNCTION f() RETURNS SET('a', 'b') NO SQL BEGIN RETURN 'a'; END",
        "CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN IF(a, CASE a WHEN 1 THEN 2 END, 3)",
        "CREATE FUNCTION f RETURNS STRING SONAME 'f.so'",
        "CREATE PROCEDURE p() IF 1 THEN SELECT 1; ELSE SELECT 2; END IF",
        "CREATE PROCEDURE p() CASE 1 WHEN 1 THEN SELECT 1; END CASE",
        "CREATE PROCEDURE p() DROP TABLE IF EXISTS t",
        "CREATE PROCEDURE p() BEGIN BEGIN END; BEGIN SELECT 1; END; END",
        "CREATE PROCEDURE p() BEGIN /* END; */ SELECT 'END;'; # END;\n -- END;\n SELECT `end`; END",
        "CREATE PROCEDURE p() BEGIN SELECT end, x.end, begin FROM t; UPDATE t SET end = 1; END",
        "CREATE PROCEDURE p() BEGIN DECLARE x INT DEFAULT IF(1, 2, 3); DROP TABLE IF EXISTS t; SET x = REPEAT('a', 3); END",
    ]);
}

#[test]
fn control_statements_nest() {
    assert_whole_in_both(&[
        "CREATE PROCEDURE p() BEGIN
           IF a THEN SELECT 1; ELSEIF IF(b, 1, 0) THEN SELECT 2; ELSE IF c THEN SELECT 3; END IF; END IF;
         END",
        "CREATE PROCEDURE p() BEGIN
           CASE x WHEN 1 THEN SELECT CASE y WHEN 1 THEN 2 ELSE 3 END; ELSE BEGIN END; END CASE;
           CASE WHEN CASE WHEN a THEN b END THEN SELECT 1; END CASE;
         END",
        "CREATE PROCEDURE p() BEGIN
           a: LOOP
             b: REPEAT SET i = i + 1; UNTIL CASE WHEN i > 3 THEN 1 ELSE 0 END END REPEAT b;
             WHILE i > 0 DO SET i = i - 1; DO SLEEP(1); END WHILE;
             ITERATE a;
           END LOOP a;
         END",
        "CREATE PROCEDURE p() BEGIN
           DECLARE done INT DEFAULT 0;
           DECLARE c CURSOR FOR SELECT a FROM t FOR UPDATE;
           DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;
           DECLARE EXIT HANDLER FOR SQLSTATE '23000', SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
           DECLARE EXIT HANDLER FOR 1062 IF done THEN SELECT 1; END IF;
           SELECT CASE WHEN done THEN 1 END INTO done;
         END",
        "CREATE PROCEDURE p() BEGIN SET @a := 1; SET @b = CASE WHEN @a THEN 1 END; XA END 'x'; END",
        "CREATE PROCEDURE p() BEGIN
           DECLARE end INT;
           SELECT CASE WHEN end > begin AND NOT end THEN end ELSE (end) END, CASE end WHEN 1 THEN t.end END FROM t;
           REPEAT SET @a = 1; UNTIL @a = end OR f(end) END REPEAT;
         END",
        "CREATE PROCEDURE p() WHILE f() DO SELECT 1; END WHILE",
    ]);
}

#[test]
fn triggers_and_events_stay_whole() {
    assert_whole_in_both(&[
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = IF(NEW.c, 1, 2)",
        "CREATE TRIGGER begin BEFORE INSERT ON begin FOR EACH ROW BEGIN SET NEW.end = 1; END",
        "CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW FOLLOWS begin IF NEW.a THEN SET @x = 1; END IF",
        "CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW PRECEDES `if` lbl: BEGIN SELECT 1; END lbl",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS NOW() + INTERVAL 1 DAY COMMENT 'DO' DO BEGIN DELETE FROM t; DO 1; END",
        "CREATE EVENT IF NOT EXISTS e ON SCHEDULE AT NOW() DO DELETE FROM t WHERE IF(a, b, c)",
        "ALTER DEFINER = CURRENT_USER EVENT e DO BEGIN SELECT 1; END",
        "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.a = 1; END */",
        "/*!50003 CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.a = ';'; */",
    ]);
}

#[test]
fn blocks_of_mariadb_stay_whole() {
    assert_whole(
        &[
            "BEGIN NOT ATOMIC DECLARE x INT; IF x THEN SELECT 1; END IF; END",
            "lbl: BEGIN NOT ATOMIC SELECT 1; END",
            "IF EXISTS (SELECT 1) THEN SELECT 1; END IF",
            "WHILE f() DO SELECT 1; END WHILE",
            "FOR i IN 1..3 DO SELECT i; END FOR",
            "CREATE PROCEDURE p() FOR i IN 1..3 DO SELECT i; END FOR",
            "CREATE PROCEDURE p() NO SQL l: FOR i IN 1..3 DO SELECT i; END FOR l",
            "CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR NOT FOUND FOR i IN 1..3 DO SELECT i; END FOR; END",
            "CREATE PROCEDURE p() BEGIN FOR r IN (SELECT 1 AS a) DO SELECT r.a; END FOR; END",
            "CREATE AGGREGATE FUNCTION f(x INT) RETURNS INT BEGIN LOOP FETCH GROUP NEXT ROW; END LOOP; END",
        ],
        &Rules::MARIADB,
    );
}

#[test]
fn other_statements_end_at_the_semicolon() {
    for script in [
        "BEGIN; SELECT 1; COMMIT",
        "BEGIN WORK; SELECT 1; COMMIT",
        "SET @a := 1; SET @b = 2; REPLACE INTO t VALUES (1)",
        "CREATE DEFINER=a@b SQL SECURITY INVOKER VIEW v AS SELECT 1; a; b",
        "CREATE TABLE t (`begin` INT, `if` INT); DROP PROCEDURE IF EXISTS p; SELECT IF(1, 2, 3)",
        "/*!40101 SET NAMES utf8 */; /*!40101 SET @a = ';' */; a",
    ] {
        assert_eq!(statements(script, &Rules::MYSQL).len(), 3, "{script}");
    }
    assert_eq!(
        statements("/*!80000 SET a = 1 */; a;", &Rules::MARIADB),
        ["a"]
    );
}

#[test]
fn open_blocks_are_refused_at_their_opening() {
    assert_refused(
        &[
            (
                "CREATE PROCEDURE p()\nBEGIN SELECT 1;\nSELECT 2;",
                "`BEGIN` has no `END` (line 2, column 1)",
            ),
            (
                "CREATE PROCEDURE p()\nBEGIN IF a THEN SELECT 1; END; SELECT 1;",
                "`BEGIN` has no `END` (line 2, column 1)",
            ),
            (
                "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW IF a THEN SELECT 1;",
                "`IF` has no `END IF` (line 1, column 49)",
            ),
            (
                "BEGIN NOT ATOMIC SELECT 1;",
                "`BEGIN` has no `END` (line 1, column 1)",
            ),
            (
                "CREATE PROCEDURE p() BEGIN SELECT 1;\nDELIMITER //\nSELECT 2//",
                "`BEGIN` has no `END` (line 1, column 22)",
            ),
        ],
        &Rules::MARIADB,
    );
}
