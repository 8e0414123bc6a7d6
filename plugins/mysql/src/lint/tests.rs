//! For every rule scripts that trip it, and scripts that do not.

use super::{ALL, findings};
use crate::dialect::split;
use crate::mode::SqlMode;
use dapter_plugin_api::LintScript;
use std::collections::BTreeSet;

fn codes(script: &str) -> Vec<String> {
    let mode = SqlMode::default();
    let statements = split(script, mode).expect(script);
    let script = LintScript::new(script, &statements);
    let found = findings(&script, &mode.rules());
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
        "MY101",
        &[
            "CREATE FULLTEXT INDEX i ON t (a)",
            "ALTER TABLE t ADD FULLTEXT KEY i (a)",
        ],
        &[
            "CREATE INDEX i ON t (a)",
            "ALTER TABLE t ADD UNIQUE (a), ADD INDEX i (b)",
        ],
    ),
    (
        "MY102",
        &[
            "CREATE SPATIAL INDEX i ON t (a)",
            "ALTER TABLE t ADD SPATIAL INDEX i (a)",
        ],
        &["DROP INDEX i ON t"],
    ),
    (
        "MY103",
        &[
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o (a)",
            "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES o (a)",
        ],
        &["ALTER TABLE t DROP FOREIGN KEY f"],
    ),
    (
        "MY104",
        &[
            "ALTER TABLE t ADD INDEX i (a), LOCK=SHARED",
            "ALTER TABLE t ADD a INT, ALGORITHM = COPY",
        ],
        &["ALTER TABLE t ADD INDEX i (a), LOCK=NONE, ALGORITHM=INPLACE"],
    ),
    (
        "MY105",
        &["FLUSH TABLES WITH READ LOCK"],
        &["FLUSH TABLES", "FLUSH PRIVILEGES"],
    ),
    (
        "MY201",
        &[
            "ALTER TABLE t MODIFY a BIGINT",
            "ALTER TABLE t CHANGE COLUMN a a BIGINT, MODIFY b BIGINT",
        ],
        &[
            "ALTER TABLE t MODIFY a VARCHAR(90), ALGORITHM=INPLACE, LOCK=NONE",
            "ALTER TABLE t ALTER a SET DEFAULT 1",
        ],
    ),
    (
        "MY202",
        &["ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4"],
        &["ALTER TABLE t DEFAULT CHARACTER SET utf8mb4"],
    ),
    (
        "MY203",
        &["ALTER TABLE t DROP PRIMARY KEY"],
        &[
            "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (a)",
            "ALTER TABLE t ADD PRIMARY KEY (a)",
        ],
    ),
    (
        "MY204",
        &["ALTER TABLE t ADD a INT NOT NULL AUTO_INCREMENT PRIMARY KEY"],
        &["ALTER TABLE t AUTO_INCREMENT = 9"],
    ),
    (
        "MY205",
        &["ALTER TABLE t ADD a INT AS (b * 2) STORED"],
        &["ALTER TABLE t ADD a INT AS (b * 2) VIRTUAL"],
    ),
    (
        "MY206",
        &[
            "ALTER TABLE t PARTITION BY HASH (a) PARTITIONS 4",
            "ALTER TABLE t REMOVE PARTITIONING",
            "ALTER TABLE t ENGINE=MyISAM",
        ],
        &[
            "ALTER TABLE t ENGINE = InnoDB",
            "ALTER TABLE t ADD PARTITION (PARTITION p VALUES LESS THAN (9))",
        ],
    ),
    (
        "MY301",
        &[
            "ALTER TABLE t ADD COLUMN a INT NOT NULL",
            "ALTER TABLE t ADD (a INT NOT NULL, b INT)",
        ],
        &[
            "ALTER TABLE t ADD a INT NOT NULL DEFAULT 0 AFTER b",
            "ALTER TABLE t ADD a INT",
            "CREATE TABLE t (a INT); ALTER TABLE t ADD b INT NOT NULL",
        ],
    ),
    (
        "MY302",
        &[
            "RENAME TABLE t TO u",
            "ALTER TABLE t RENAME TO u",
            "ALTER TABLE `t` RENAME AS u",
        ],
        &[
            "RENAME TABLE t TO u; CREATE VIEW t AS SELECT * FROM u",
            "CREATE TABLE t (a INT); RENAME TABLE t TO u; DROP TABLE u",
        ],
    ),
    (
        "MY303",
        &["ALTER TABLE t RENAME COLUMN a TO b"],
        &[
            "ALTER TABLE t RENAME INDEX a TO b",
            "ALTER TABLE t RENAME KEY a TO b",
        ],
    ),
    (
        "MY401",
        &[
            "DROP TABLE t",
            "DROP TABLE IF EXISTS `s`.`t`",
            "/*!50000 DROP TABLE t */",
        ],
        &[
            "DROP TEMPORARY TABLE t",
            "CREATE TABLE t (a INT); DROP TABLE t",
            "DROP VIEW v",
        ],
    ),
    (
        "MY402",
        &["ALTER TABLE t DROP COLUMN a", "ALTER TABLE t DROP a"],
        &["ALTER TABLE t DROP INDEX a, DROP CONSTRAINT c"],
    ),
    (
        "MY403",
        &["DROP DATABASE d", "DROP SCHEMA IF EXISTS d"],
        &["CREATE DATABASE d"],
    ),
    (
        "MY404",
        &["TRUNCATE t", "TRUNCATE TABLE t"],
        &["CREATE TABLE t (a INT); TRUNCATE t"],
    ),
    (
        "MY405",
        &["DELETE FROM t", "DELETE QUICK FROM t ORDER BY a"],
        &[
            "DELETE FROM t WHERE a",
            "DELETE FROM t LIMIT 9",
            "DELETE a FROM a JOIN b",
        ],
    ),
    (
        "MY406",
        &[
            "ALTER TABLE t DROP PARTITION p",
            "ALTER TABLE t TRUNCATE PARTITION p",
        ],
        &["ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u"],
    ),
    (
        "MY407",
        &["CREATE OR REPLACE TABLE t (a INT)"],
        &[
            "CREATE OR REPLACE VIEW v AS SELECT 1",
            "CREATE OR REPLACE TEMPORARY TABLE t (a INT)",
        ],
    ),
    (
        "MY409",
        &["UPDATE t SET a = 1", "UPDATE IGNORE t SET a = 1"],
        &[
            "UPDATE t SET a = 1 WHERE b",
            "UPDATE t JOIN o ON t.a = o.a SET t.b = 1",
        ],
    ),
    (
        "MY501",
        &[
            "SET foreign_key_checks = 0; ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES o (a); SET foreign_key_checks = 1",
            "SET @@session.foreign_key_checks=OFF; ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES o (a)",
        ],
        &["SET foreign_key_checks = 0"],
    ),
    (
        "MY502",
        &["BEGIN; INSERT INTO t VALUES (1); ALTER TABLE t ADD a INT; COMMIT"],
        &["BEGIN; INSERT INTO t VALUES (1); COMMIT; ALTER TABLE t ADD a INT"],
    ),
    ("MY504", &["LOCK TABLES t WRITE"], &["UNLOCK TABLES"]),
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
fn a_column_that_is_changed_may_be_renamed_too() {
    assert_eq!(codes("ALTER TABLE t CHANGE a b BIGINT"), ["MY303", "MY201"]);
    assert_eq!(
        codes("ALTER TABLE t CHANGE a b BIGINT, LOCK=NONE"),
        ["MY303"]
    );
}
