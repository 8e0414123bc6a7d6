//! Statements, and the objects they touch.

use super::*;

fn trace(statement: &str) -> String {
    let probe = |probe: &Probe| {
        let kind = format!("{:?}", probe.kind).to_lowercase();
        let by = format!("{:?}", probe.by).to_lowercase();
        let dot = if probe.schema.is_empty() { "" } else { "." };
        format!("{kind} {}{dot}{} {by}", probe.schema, probe.name)
    };
    match Trace::of(statement, &Rules::MARIADB, "d") {
        Trace::Repeatable => "repeatable".to_owned(),
        Trace::None => "none".to_owned(),
        Trace::Objects(probes) => probes.iter().map(probe).collect::<Vec<_>>().join(", "),
    }
}

#[test]
fn what_is_made_is_looked_for() {
    let table = [
        ("CREATE TABLE t (a INT)", "table d.t existence"),
        ("create table `my ``t`(a INT)", "table d.my `t existence"),
        ("CREATE TABLE x.t LIKE y", "table x.t existence"),
        ("CREATE TABLE x . `t` AS SELECT 1", "table x.t existence"),
        ("CREATE TABLE IF NOT EXISTS t (a INT)", "repeatable"),
        ("CREATE OR REPLACE TABLE t (a INT)", "repeatable"),
        ("CREATE VIEW v AS SELECT 1", "view d.v existence"),
        (
            "CREATE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1",
            "view d.v existence",
        ),
        (
            "CREATE UNIQUE INDEX i USING BTREE ON t (a)",
            "table d.t definition",
        ),
        (
            "CREATE FULLTEXT INDEX `on` ON x.t (a)",
            "table x.t definition",
        ),
        (
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
            "trigger d.g existence",
        ),
        (
            "/*!50003 CREATE*/ /*!50017 DEFINER=a@localhost*/ /*!50003 TRIGGER g AFTER INSERT ON t FOR EACH ROW SET @a = 1 */",
            "trigger d.g existence",
        ),
        (
            "CREATE DEFINER=CURRENT_USER() PROCEDURE p() SELECT 1",
            "procedure d.p existence",
        ),
        (
            "CREATE DEFINER = event@localhost PROCEDURE p() SELECT 1",
            "procedure d.p existence",
        ),
        (
            "CREATE AGGREGATE FUNCTION f(a INT) RETURNS INT RETURN 1",
            "function d.f existence",
        ),
        (
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
            "event d.e existence",
        ),
        ("CREATE EVENT e ON SCHEDULE AT NOW() DO SELECT 1", "none"),
        (
            "CREATE DATABASE x CHARACTER SET utf8mb4",
            "database x existence",
        ),
        ("CREATE SCHEMA x", "database x existence"),
        ("CREATE SEQUENCE s START WITH 1", "sequence d.s existence"),
        (
            "CREATE USER 'a'@'b' IDENTIFIED BY 'x'",
            "user b.a existence",
        ),
        ("CREATE USER a", "user %.a existence"),
        ("CREATE USER a@127.0.0.1", "user 127.0.0.1.a existence"),
        ("CREATE ROLE r", "none"),
        ("CREATE TABLESPACE s ADD DATAFILE 'x'", "none"),
    ];
    for (statement, expected) in table {
        assert_eq!(trace(statement), expected, "{statement}");
    }
}

#[test]
fn what_is_dropped_changed_or_renamed_is_looked_at() {
    let table = [
        ("DROP TABLE t", "table d.t existence"),
        (
            "DROP TABLE a, x.b CASCADE",
            "table d.a existence, table x.b existence",
        ),
        ("DROP TABLE IF EXISTS a", "repeatable"),
        ("DROP VIEW v", "view d.v existence"),
        ("DROP INDEX i ON t", "table d.t definition"),
        ("DROP INDEX IF EXISTS i ON t", "repeatable"),
        ("DROP TRIGGER x.g", "trigger x.g existence"),
        ("DROP FUNCTION f", "function d.f existence"),
        ("DROP DATABASE x", "database x existence"),
        ("DROP USER a@b", "user b.a existence"),
        ("ALTER TABLE t ADD COLUMN b INT", "table d.t definition"),
        ("ALTER ONLINE TABLE t ADD b INT", "table d.t definition"),
        (
            "ALTER TABLE t RENAME TO x.u",
            "table d.t existence, table x.u existence",
        ),
        (
            "ALTER TABLE t ADD b INT DEFAULT (1), RENAME u",
            "table d.t existence, table d.u existence",
        ),
        ("ALTER TABLE t RENAME COLUMN a TO b", "table d.t definition"),
        (
            "ALTER TABLE t RENAME INDEX a TO b, RENAME AS u",
            "table d.t existence, table d.u existence",
        ),
        ("ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u", "none"),
        ("ALTER TABLE t DISCARD TABLESPACE", "none"),
        ("ALTER VIEW v AS SELECT 1", "view d.v definition"),
        (
            "ALTER ALGORITHM=MERGE VIEW v AS SELECT 1",
            "view d.v definition",
        ),
        ("ALTER PROCEDURE p COMMENT 'x'", "procedure d.p definition"),
        ("ALTER EVENT e DISABLE", "event d.e definition"),
        ("ALTER EVENT e RENAME TO f", "event d.e existence"),
        (
            "ALTER DATABASE x COLLATE utf8mb4_bin",
            "database x definition",
        ),
        (
            "ALTER DATABASE CHARACTER SET utf8mb4",
            "database d definition",
        ),
        ("ALTER SEQUENCE s RESTART 1", "sequence d.s definition"),
        ("ALTER USER a IDENTIFIED BY 'x'", "repeatable"),
        ("RENAME TABLE a TO b", "table d.a existence"),
        ("RENAME TABLE a TO t, b TO a, t TO b", "none"),
        ("RENAME TABLE a TO old, b TO a", "table d.b existence"),
        ("RENAME USER a TO b", "user %.a existence"),
        ("TRUNCATE TABLE t", "table d.t content"),
        ("TRUNCATE x.t", "table x.t content"),
    ];
    for (statement, expected) in table {
        assert_eq!(trace(statement), expected, "{statement}");
    }
}

#[test]
fn what_may_run_twice_needs_no_trace_and_the_unknown_has_none() {
    for statement in [
        "ANALYZE TABLE t",
        "OPTIMIZE TABLE t",
        "CHECK TABLE t",
        "FLUSH TABLES",
        "GRANT SELECT ON t TO a",
        "LOCK TABLES t READ",
        "SET PASSWORD = 'x'",
    ] {
        assert_eq!(trace(statement), "repeatable", "{statement}");
    }
    for statement in [
        "REVOKE ALL ON t FROM a",
        "INSTALL PLUGIN a SONAME 'b'",
        "CREATE",
        "DROP TABLE",
        "ALTER TABLE",
        "CALL p()",
        "",
        "CREATE TABLE (",
        "CREATE INDEX i",
    ] {
        assert_eq!(trace(statement), "none", "{statement}");
    }
}
