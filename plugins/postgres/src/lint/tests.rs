//! For every rule scripts that trip it, and scripts that do not.

use super::{ALL, findings};
use crate::dialect::split;
use dapter_plugin_api::{Finding, LintScript};
use std::collections::BTreeSet;

fn lint(script: &str, in_transaction: bool) -> Vec<Finding> {
    let statements = split(script).expect(script);
    let script = LintScript {
        in_transaction,
        ..LintScript::new(script, &statements)
    };
    findings(&script)
}

fn codes(script: &str) -> Vec<String> {
    let found = lint(script, true);
    found.into_iter().map(|finding| finding.code).collect()
}

/// A code, scripts with that very finding, and scripts without any.
type Sample = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const SAMPLES: &[Sample] = &[
    (
        "PG101",
        &[
            "CREATE INDEX i ON t (a)",
            "create unique index on only s.t (a)",
        ],
        &[
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "CREATE TABLE t (a int); CREATE INDEX i ON t (a)",
        ],
    ),
    (
        "PG102",
        &["DROP INDEX IF EXISTS i"],
        &["DROP INDEX CONCURRENTLY i"],
    ),
    (
        "PG103",
        &["REINDEX TABLE t", "REINDEX (VERBOSE) INDEX i"],
        &[
            "REINDEX TABLE CONCURRENTLY t",
            "REINDEX (CONCURRENTLY) INDEX i",
        ],
    ),
    (
        "PG104",
        &[
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o (id)",
            "ALTER TABLE t ADD a int DEFAULT 1 REFERENCES o (id)",
        ],
        &[
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o (id) NOT VALID",
            "ALTER TABLE t ADD COLUMN a int REFERENCES o (id)",
            "ALTER TABLE t VALIDATE CONSTRAINT f",
        ],
    ),
    (
        "PG105",
        &[
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)",
            "ALTER TABLE t ADD a int CHECK (a > 0)",
        ],
        &[
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
            "ALTER TABLE t DROP CONSTRAINT c",
        ],
    ),
    (
        "PG106",
        &[
            "ALTER TABLE t ADD UNIQUE (a)",
            "ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY (a)",
            "ALTER TABLE t ADD COLUMN a int UNIQUE",
        ],
        &["ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i"],
    ),
    (
        "PG107",
        &["ALTER TABLE t ADD EXCLUDE USING gist (during WITH &&)"],
        &["CREATE TABLE t (during tsrange, EXCLUDE USING gist (during WITH &&))"],
    ),
    (
        "PG108",
        &["REFRESH MATERIALIZED VIEW v"],
        &[
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "REFRESH MATERIALIZED VIEW v WITH NO DATA",
        ],
    ),
    (
        "PG109",
        &["LOCK TABLE t", "LOCK t IN SHARE ROW EXCLUSIVE MODE"],
        &[
            "LOCK TABLE t IN ROW EXCLUSIVE MODE",
            "LOCK t IN ACCESS SHARE MODE",
        ],
    ),
    (
        "PG110",
        &["ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)"],
        &["CREATE TABLE p (a int); ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)"],
    ),
    (
        "PG111",
        &["ALTER TABLE t DETACH PARTITION p"],
        &[
            "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
            "ALTER TABLE t DETACH PARTITION p FINALIZE",
        ],
    ),
    (
        "PG112",
        &["CREATE TABLE p PARTITION OF t FOR VALUES IN (1)"],
        &[
            "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t FOR VALUES IN (1)",
        ],
    ),
    (
        "PG113",
        &["CREATE OR REPLACE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"],
        &[
            "CREATE TABLE t (a int); CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        ],
    ),
    (
        "PG201",
        &[
            "ALTER TABLE t ADD a uuid DEFAULT gen_random_uuid()",
            "ALTER TABLE t ADD COLUMN a float NOT NULL DEFAULT random() * 2",
            "ALTER TABLE t ADD a bigserial",
            "ALTER TABLE t ADD a int GENERATED ALWAYS AS IDENTITY",
            "ALTER TABLE t ADD a int GENERATED ALWAYS AS (b * 2) STORED",
        ],
        &[
            "ALTER TABLE t ADD a int NOT NULL DEFAULT 0",
            "ALTER TABLE t ADD a timestamptz DEFAULT now()",
            "ALTER TABLE t ADD a text DEFAULT 'x'::varchar(9) NOT NULL",
            "ALTER TABLE t ADD a int GENERATED ALWAYS AS (b * 2) VIRTUAL",
            "ALTER TABLE t ADD a int",
        ],
    ),
    (
        "PG202",
        &[
            "ALTER TABLE t ALTER a TYPE bigint",
            "ALTER TABLE t ALTER COLUMN a SET DATA TYPE text USING a::text",
        ],
        &[
            "CREATE TABLE t (a int); ALTER TABLE t ALTER a TYPE bigint",
            "ALTER TABLE t ALTER a SET DEFAULT 1",
        ],
    ),
    (
        "PG203",
        &["ALTER TABLE t ALTER COLUMN a SET NOT NULL"],
        &[
            "ALTER TABLE t VALIDATE CONSTRAINT a_set; ALTER TABLE t ALTER a SET NOT NULL, DROP CONSTRAINT a_set",
            "ALTER TABLE t ALTER a DROP NOT NULL",
        ],
    ),
    (
        "PG204",
        &[
            "VACUUM FULL t",
            "VACUUM (FULL, ANALYZE) t",
            "CLUSTER t USING i",
        ],
        &[
            "VACUUM t",
            "VACUUM (ANALYZE) t",
            "ALTER TABLE t CLUSTER ON i",
        ],
    ),
    (
        "PG205",
        &[
            "ALTER TABLE t SET TABLESPACE s",
            "ALTER TABLE t SET UNLOGGED",
        ],
        &["ALTER TABLE t SET (fillfactor = 70)"],
    ),
    (
        "PG206",
        &[
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT c",
        ],
        &["ALTER TABLE t VALIDATE CONSTRAINT c"],
    ),
    (
        "PG301",
        &[
            "ALTER TABLE t ADD a int NOT NULL",
            "ALTER TABLE t ADD a int DEFAULT NULL NOT NULL",
        ],
        &[
            "ALTER TABLE t ADD a int NOT NULL DEFAULT 1",
            "ALTER TABLE t ADD a int NULL",
        ],
    ),
    (
        "PG302",
        &["ALTER TABLE t RENAME TO u"],
        &[
            "ALTER TABLE t RENAME TO u; CREATE VIEW t AS SELECT * FROM u",
            "CREATE TABLE t (a int); ALTER TABLE t RENAME TO u; ALTER TABLE u ADD b int NOT NULL",
        ],
    ),
    (
        "PG303",
        &[
            "ALTER TABLE t RENAME a TO b",
            "ALTER TABLE IF EXISTS ONLY t RENAME COLUMN a TO b",
        ],
        &[
            "ALTER TABLE t RENAME CONSTRAINT a TO b",
            "ALTER INDEX a RENAME TO b",
        ],
    ),
    (
        "PG304",
        &[
            "ALTER VIEW v RENAME TO w",
            "ALTER TABLE t SET SCHEMA s",
            "ALTER FUNCTION f(int) RENAME TO g",
            "ALTER MATERIALIZED VIEW m SET SCHEMA s",
        ],
        &[
            "ALTER TYPE y ADD VALUE 'x'",
            "ALTER SEQUENCE s RESTART",
            "CREATE VIEW v AS SELECT 1; ALTER VIEW v RENAME TO w",
        ],
    ),
    (
        "PG401",
        &["DROP TABLE t", "DROP TABLE IF EXISTS s.t CASCADE"],
        &[
            "CREATE TEMP TABLE t (a int); DROP TABLE t",
            "DROP VIEW v",
            "DROP MATERIALIZED VIEW m",
        ],
    ),
    (
        "PG402",
        &[
            "ALTER TABLE t DROP COLUMN a",
            "ALTER TABLE t DROP IF EXISTS a",
        ],
        &[
            "ALTER TABLE t DROP CONSTRAINT a",
            "ALTER TABLE t ADD a int, DROP COLUMN a",
        ],
    ),
    (
        "PG403",
        &["DROP SCHEMA s CASCADE"],
        &["DROP SCHEMA s", "CREATE SCHEMA s; DROP SCHEMA s CASCADE"],
    ),
    (
        "PG404",
        &["TRUNCATE t", "TRUNCATE TABLE ONLY t RESTART IDENTITY"],
        &["CREATE TABLE t (a int); TRUNCATE t"],
    ),
    (
        "PG405",
        &[
            "DELETE FROM t",
            "DELETE FROM ONLY t RETURNING (SELECT 1 WHERE true)",
        ],
        &[
            "DELETE FROM t WHERE a = 1",
            "WITH x AS (SELECT 1) DELETE FROM t WHERE true",
        ],
    ),
    (
        "PG406",
        &[
            "DROP TYPE y CASCADE",
            "DROP EXTENSION IF EXISTS hstore CASCADE",
        ],
        &["DROP TYPE y", "DROP FUNCTION f CASCADE"],
    ),
    ("PG407", &["DROP DATABASE d"], &["CREATE DATABASE d"]),
    ("PG408", &["DROP OWNED BY r"], &["REASSIGN OWNED BY r TO s"]),
    (
        "PG409",
        &[
            "UPDATE t SET a = 1",
            "UPDATE t SET a = (SELECT b FROM o WHERE true)",
        ],
        &[
            "UPDATE t SET a = 1 WHERE b",
            "CREATE TABLE t (a int); UPDATE t SET a = 1",
        ],
    ),
    (
        "PG501",
        &["ALTER TABLE t ADD a int; ALTER TABLE u ADD a int; ALTER TABLE v ADD a int"],
        &[
            "ALTER TABLE t ADD a int; ALTER TABLE t ADD b int",
            "ALTER TABLE t ADD a int; CREATE INDEX CONCURRENTLY i ON t (a); ALTER TABLE u ADD a int",
        ],
    ),
    (
        "PG502",
        &[
            "ALTER TABLE t ADD a int; UPDATE t SET a = 1 WHERE b",
            "ALTER TABLE t ADD a int; INSERT INTO u SELECT * FROM v",
        ],
        &[
            "UPDATE t SET a = 1 WHERE b; ALTER TABLE t ADD a int",
            "ALTER TABLE t ADD a int; INSERT INTO u VALUES (1)",
        ],
    ),
];

#[test]
fn every_rule_is_tripped_by_its_scripts_and_by_no_other() {
    let mut wrong = Vec::new();
    for (code, trips, quiet) in SAMPLES {
        let expected = trips
            .iter()
            .map(|script| (script, vec![(*code).to_owned()]));
        let expected = expected.chain(quiet.iter().map(|script| (script, Vec::new())));
        wrong.extend(expected.filter_map(|(script, expected)| {
            let found = codes(script);
            (found != expected).then(|| format!("{script}: {found:?} and not {expected:?}"))
        }));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_samples() {
    let sampled: BTreeSet<&str> = SAMPLES.iter().map(|(code, ..)| *code).collect();
    let rules: Vec<&str> = ALL.iter().map(|rule| &*rule.code).collect();
    assert_eq!(sampled.into_iter().collect::<Vec<_>>(), rules);
}

#[test]
fn outside_of_a_transaction_locks_are_not_added_up() {
    for script in [
        "ALTER TABLE t ADD a int; ALTER TABLE u ADD a int",
        "ALTER TABLE t ADD a int; UPDATE t SET a = 1 WHERE b",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT c",
    ] {
        assert_eq!(lint(script, false), [], "{script}");
        let own = format!("BEGIN; {script}; COMMIT");
        assert_eq!(lint(&own, false).len(), 1, "{script}");
        assert_eq!(lint(&own, false), lint(&own, false));
    }
}

#[test]
fn a_finding_names_the_table_and_what_to_write() {
    let found = lint(
        "ALTER TABLE t ADD b int,\n  ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES \"O\"",
        true,
    );
    let [finding] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(finding.position, Some(27));
    assert!(
        finding.reason.contains("on t and on \"O\""),
        "{}",
        finding.reason
    );
    let safe = "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES \"O\" NOT VALID;";
    assert!(finding.advice.starts_with(safe), "{}", finding.advice);
}
