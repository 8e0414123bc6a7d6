//! Statements that each are one, of the kinds that scripts of real life have.

use super::super::rules::{Compound, DoubleQuotes, Rules};

const EVERYWHERE: &[&str] = &[
    "SELECT 1",
    "SELECT 'it''s; -- no /* comment' -- yes; 'it is\n, 2",
    "SELECT /* ; ' \" */ 1",
    "SELECT CASE WHEN 1 THEN 2 END",
    "BEGIN",
    "COMMIT",
    "CREATE TABLE end_begin (a INT, b INT)",
    "ALTER TABLE t\r\n  ADD COLUMN c INT,\r\n\r\n  -- the second; one\r\n  ADD COLUMN d INT",
    "INSERT INTO t VALUES\n(1, ';'),\n(2, '\n;\n')",
];

const NAMES_IN_DOUBLE_QUOTES: &[&str] = &[
    "INSERT INTO \"a;b\" VALUES (1, 'é;')",
    "SELECT \"a\"\"; b\" FROM \"it's\"",
];

const SQLITE: &[&str] = &[
    "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN ';' END; UPDATE a SET end = 1; END",
    "CREATE TEMP TRIGGER [be;gin] AFTER INSERT ON a BEGIN SELECT 1; /* END; */ SELECT 2; END",
    "CREATE TRIGGER IF NOT EXISTS t AFTER UPDATE OF x ON a WHEN old.x <> new.x\nBEGIN\n  INSERT INTO fts(fts, rowid) VALUES ('delete', old.rowid); -- END;\n  SELECT raise(ABORT, 'x;') WHERE new.x = 1;\nEND",
    "SELECT `a;`, [b;'], 'a\\'",
    "SELECT x'00', :a, @b, $c, ?1",
    "PRAGMA foreign_keys = OFF",
];

const POSTGRESQL: &[&str] = &[
    "DO $$ BEGIN a; END; $$",
    "DO $tag$ $$ ; $$ ' $tag$",
    "SELECT E'\\';', U&';', /* /* ; */ ' */ 1",
    "SELECT E'a'\n  -- it's;\n  '\\';' AS b",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END",
    "CREATE OR REPLACE PROCEDURE p(a int) LANGUAGE sql BEGIN ATOMIC\n  INSERT INTO t VALUES (a);\n  UPDATE t SET \"end\" = 1;\nEND",
    "CREATE FUNCTION f() RETURNS trigger AS $body$\nBEGIN\n  IF NEW.a THEN EXECUTE $q$SELECT ';'$q$; END IF;\n  RETURN NEW;\nEND;\n$body$ LANGUAGE plpgsql",
    "CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f()",
    "CREATE RULE r AS ON INSERT TO v DO (SELECT (1); SELECT 2)",
    "COPY t FROM stdin;\n1\t'\n$$;\n\\.",
    "COPY public.t (a, b) FROM STDIN WITH (FORMAT csv);\n1,\"/* ;\"\n\n\\.x\n\\.",
    "COPY t FROM stdin;\n\\.",
    "SELECT a::int[], b->>'c;', $1, $2::text",
];

const MYSQL: &[&str] = &[
    "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; SELECT CASE 1 WHEN 1 THEN 2 END; END",
    "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN WHILE 1 DO SET @a = ';'; END WHILE; END",
    "/*!50003 CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SELECT 1; END */",
    "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER t BEFORE UPDATE ON a FOR EACH ROW BEGIN\n  IF NEW.a <> OLD.a THEN\n    SET NEW.b = NOW(); # it's;\n  END IF;\nEND */",
    "/*!40101 SET @saved = @@sql_mode, sql_mode = ';' */",
    "SELECT `a;`, 5--3 # ; '\n, 1",
    "BEGIN NOT ATOMIC SELECT 1; END",
    "CREATE FUNCTION f(a INT) RETURNS VARCHAR(9) CHARACTER SET utf8mb4 DETERMINISTIC RETURN IF(a, 'x;', 'y')",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY COMMENT 'do;' DO BEGIN DELETE FROM t; DO SLEEP(1); END",
    "CREATE DEFINER = CURRENT_USER PROCEDURE p(IN a INT, OUT b DECIMAL(9, 2))\nouter_block: BEGIN\n  DECLARE done INT DEFAULT FALSE;\n  DECLARE c CURSOR FOR SELECT a FROM t FOR UPDATE;\n  DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;\n  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;\n  OPEN c;\n  l: LOOP\n    FETCH c INTO a;\n    IF done THEN LEAVE l; ELSEIF a THEN ITERATE l; ELSE BEGIN END; END IF;\n    CASE a WHEN 1 THEN SELECT 1; ELSE SELECT CASE a WHEN 2 THEN 3 END; END CASE;\n    REPEAT SET a = a + 1; UNTIL a > 3 END REPEAT;\n  END LOOP l;\n  CLOSE c;\nEND outer_block",
];

/// The statements of the dialect.
pub(super) fn known_statements(rules: &Rules) -> Vec<&'static str> {
    let mut known = EVERYWHERE.to_vec();
    known.extend_from_slice(match rules.compound {
        Compound::None => &[],
        Compound::Trigger => SQLITE,
        Compound::Atomic => POSTGRESQL,
        Compound::StoredProgram => MYSQL,
    });
    known.extend_from_slice(match rules.double_quotes {
        DoubleQuotes::Identifier => NAMES_IN_DOUBLE_QUOTES,
        DoubleQuotes::String => &["SELECT \"it's; \"\"\", 1"],
    });
    if rules.compound == Compound::StoredProgram {
        known.extend_from_slice(match (rules.backslash_escapes, rules.double_quotes) {
            (true, DoubleQuotes::String) => &["SELECT '\\';', \"\\\";\""],
            (true, DoubleQuotes::Identifier) => &["SELECT '\\';', \"\\\""],
            (false, _) => &["SELECT '\\', \"\\\""],
        });
    }
    known
}
