//! The rules: what each looks for, why that hurts, and what to write instead.
//!
//! The sources are "Online DDL Operations" of MySQL's manual and "InnoDB Online DDL Operations" of MariaDB's; the tests in
//! `tests/server/lint.rs` hold them against servers. From MariaDB 11.2 on a table that is copied can be written to
//! meanwhile.

use dapter_plugin_api::LintRule;
use dapter_plugin_api::LintSeverity::{Info, Warning};

/// All rules, in the order of their codes.
pub(crate) static ALL: [&LintRule; 25] = [
    &FULLTEXT,
    &SPATIAL,
    &FOREIGN_KEY,
    &LOCK_CLAUSE,
    &READ_LOCK,
    &COLUMN_TYPE,
    &CHARACTER_SET,
    &DROP_PRIMARY_KEY,
    &AUTO_INCREMENT,
    &STORED,
    &COPY,
    &NOT_NULL_WITHOUT_DEFAULT,
    &RENAME_TABLE,
    &RENAME_COLUMN,
    &DROP_TABLE,
    &DROP_COLUMN,
    &DROP_DATABASE,
    &TRUNCATE,
    &DELETE_ALL,
    &DROP_PARTITION,
    &REPLACE_TABLE,
    &UPDATE_ALL,
    &UNCHECKED,
    &IMPLICIT_COMMIT,
    &LOCK_TABLES,
];

const ONLINE_DDL: &str = "MySQL: Online DDL Operations; MariaDB: InnoDB Online DDL Operations";

pub(super) static FULLTEXT: LintRule = LintRule::new(
    "MY101",
    Warning,
    [
        "a FULLTEXT index on {table} keeps every write waiting until it is built",
        "InnoDB builds it under LOCK=SHARED, and writes the whole table anew for the first one of a table",
        "build it when little is written; or on a copy that a tool such as pt-online-schema-change or gh-ost keeps up",
        ONLINE_DDL,
    ],
);

pub(super) static SPATIAL: LintRule = LintRule::new(
    "MY102",
    Warning,
    [
        "a SPATIAL index on {table} keeps every write waiting until it is built",
        "InnoDB builds it under LOCK=SHARED",
        "build it when little is written; or on a copy that a tool such as pt-online-schema-change or gh-ost keeps up",
        ONLINE_DDL,
    ],
);

pub(super) static FOREIGN_KEY: LintRule = LintRule::new(
    "MY103",
    Warning,
    [
        "a foreign key on {table} makes the server copy the table, and writes wait until it is copied",
        "with foreign_key_checks on it is added by ALGORITHM=COPY, under LOCK=SHARED",
        "look for rows without a parent yourself; SET foreign_key_checks = 0, add the key with ALGORITHM=INPLACE, LOCK=NONE, and set it to 1 again",
        ONLINE_DDL,
    ],
);

pub(super) static LOCK_CLAUSE: LintRule = LintRule::new(
    "MY104",
    Warning,
    [
        "{clause} keeps writes to {table} waiting, and asks for it",
        "the server would have used the weakest lock that it can do with",
        "leave it out; write LOCK=NONE, and the statement fails at once where it cannot be done beside writes",
        "ALTER TABLE, Concurrency Control",
    ],
);

pub(super) static READ_LOCK: LintRule = LintRule::new(
    "MY105",
    Warning,
    [
        "FLUSH TABLES WITH READ LOCK stops every write of the whole server",
        "it waits for running statements first, and everybody waits behind it, until UNLOCK TABLES or the end of the session",
        "leave it out of migrations",
        "FLUSH, WITH READ LOCK",
    ],
);

pub(super) static COLUMN_TYPE: LintRule = LintRule::new(
    "MY201",
    Warning,
    [
        "the new type of {table}.{column} makes the server copy the table, and writes wait until it is copied",
        "another type is ALGORITHM=COPY under LOCK=SHARED; only some changes are made in place: a VARCHAR that becomes longer (not from below 256 bytes to above), values added at the end of an ENUM, another default or comment",
        "add ALGORITHM=INPLACE, LOCK=NONE to the statement: it fails at once if it would copy, and is no finding any more; else add a column of the new type, keep both filled by triggers, and let the code change over",
        ONLINE_DDL,
    ],
);

pub(super) static CHARACTER_SET: LintRule = LintRule::new(
    "MY202",
    Warning,
    [
        "another character set makes the server copy {table}, and writes wait until it is copied",
        "CONVERT TO CHARACTER SET is ALGORITHM=COPY under LOCK=SHARED",
        "convert column by column through new columns, or use a tool such as pt-online-schema-change or gh-ost",
        ONLINE_DDL,
    ],
);

pub(super) static DROP_PRIMARY_KEY: LintRule = LintRule::new(
    "MY203",
    Warning,
    [
        "DROP PRIMARY KEY makes the server copy {table}, and writes wait until it is copied",
        "it is ALGORITHM=COPY under LOCK=SHARED unless the same statement adds another; a table without a primary key is slow to replicate",
        "ALTER TABLE {table} DROP PRIMARY KEY, ADD PRIMARY KEY (…), ALGORITHM=INPLACE, LOCK=NONE",
        ONLINE_DDL,
    ],
);

pub(super) static AUTO_INCREMENT: LintRule = LintRule::new(
    "MY204",
    Warning,
    [
        "the new column {column} makes the server write {table} anew, and writes wait meanwhile",
        "an AUTO_INCREMENT column is added under LOCK=SHARED",
        "add a plain column, fill it in batches, and make it AUTO_INCREMENT when little is written",
        ONLINE_DDL,
    ],
);

pub(super) static STORED: LintRule = LintRule::new(
    "MY205",
    Warning,
    [
        "the generated column {column} makes the server copy {table}, and writes wait until it is copied",
        "a STORED column is added by ALGORITHM=COPY under LOCK=SHARED",
        "make it VIRTUAL, which can have an index too",
        ONLINE_DDL,
    ],
);

pub(super) static COPY: LintRule = LintRule::new(
    "MY206",
    Warning,
    [
        "{clause} makes the server copy {table}, and writes wait until it is copied",
        "it is ALGORITHM=COPY under LOCK=SHARED",
        "use a new table that is filled in batches, or a tool such as pt-online-schema-change or gh-ost",
        ONLINE_DDL,
    ],
);

pub(super) static NOT_NULL_WITHOUT_DEFAULT: LintRule = LintRule::new(
    "MY301",
    Warning,
    [
        "the new column {column} is NOT NULL and has no default: code that does not know it can insert no row",
        "in strict mode an INSERT into {table} that leaves it out fails; the rows that are there silently get 0, '' or the like",
        "add it with a DEFAULT; drop that when all code knows the column",
        "Data Type Default Values",
    ],
);

pub(super) static RENAME_TABLE: LintRule = LintRule::new(
    "MY302",
    Warning,
    [
        "{table} gets the name {new} under the hands of running code",
        "every statement of the program's present version that names {table} fails from now on, until its new version runs everywhere",
        "CREATE VIEW {table} AS SELECT * FROM {new} right behind it (such a view can be written to), and drop the view when nobody uses it",
        "RENAME TABLE; Updatable and Insertable Views",
    ],
);

pub(super) static RENAME_COLUMN: LintRule = LintRule::new(
    "MY303",
    Warning,
    [
        "{table}.{column} gets another name under the hands of running code",
        "every statement of the program's present version that names the column fails from now on, until its new version runs everywhere",
        "add a column, keep both filled by triggers, let the code change over, and drop the old one in a later script",
        "ALTER TABLE, Renaming, Redefining, and Reordering Columns",
    ],
);

pub(super) static DROP_TABLE: LintRule = LintRule::destroying(
    "MY401",
    [
        "DROP TABLE {table} deletes its rows for good",
        "it commits by itself; a downgrade can make the table again and not its rows",
        "RENAME TABLE in one release when no code uses it any more, and drop it in a later one, with a backup at hand",
        "DROP TABLE",
    ],
);

pub(super) static DROP_COLUMN: LintRule = LintRule::destroying(
    "MY402",
    [
        "DROP COLUMN {column} deletes what {table} holds in it for good",
        "it commits by itself; a downgrade can add the column again and not its values; running code that names it fails",
        "let no code use it any more before this runs, and copy what may be needed",
        "ALTER TABLE, Adding and Dropping Columns",
    ],
);

pub(super) static DROP_DATABASE: LintRule = LintRule::destroying(
    "MY403",
    [
        "DROP DATABASE {name} deletes all its tables for good",
        "nothing but a backup brings them back",
        "do this by hand, by whoever is responsible for it",
        "DROP DATABASE",
    ],
);

pub(super) static TRUNCATE: LintRule = LintRule::destroying(
    "MY404",
    [
        "TRUNCATE {table} deletes all its rows for good",
        "it drops the table and makes it again, and commits by itself",
        "delete what is not needed, by a condition; a backup at hand",
        "TRUNCATE TABLE",
    ],
);

pub(super) static DELETE_ALL: LintRule = LintRule::destroying(
    "MY405",
    [
        "DELETE FROM {table} without WHERE deletes all its rows for good",
        "no downgrade brings them back; and writers of its rows wait until the statement is committed",
        "say with WHERE which rows are meant",
        "DELETE",
    ],
);

pub(super) static DROP_PARTITION: LintRule = LintRule::destroying(
    "MY406",
    [
        "{clause} deletes all rows of partitions of {table} for good",
        "it commits by itself, and no downgrade brings the rows back",
        "ALTER TABLE {table} EXCHANGE PARTITION … WITH TABLE … keeps them in a table of their own",
        "ALTER TABLE Partition Operations",
    ],
);

pub(super) static REPLACE_TABLE: LintRule = LintRule::destroying(
    "MY407",
    [
        "CREATE OR REPLACE TABLE {table} deletes a table of that name with its rows for good",
        "it drops what is there first, and commits by itself",
        "CREATE TABLE {table}, which fails if it is there",
        "MariaDB: CREATE TABLE, OR REPLACE",
    ],
);

pub(super) static UPDATE_ALL: LintRule = LintRule::new(
    "MY409",
    Warning,
    [
        "UPDATE {table} without WHERE locks and writes every row in one transaction",
        "whoever changes one of the rows waits until it is committed, and replicas lag behind",
        "update in batches, by ranges of the key",
        "Locks Set by Different SQL Statements in InnoDB",
    ],
);

pub(super) static UNCHECKED: LintRule = LintRule::new(
    "MY501",
    Info,
    [
        "the foreign key on {table} is added without looking at the rows",
        "with foreign_key_checks off nobody finds out that a row has no parent",
        "look for such rows before: SELECT … LEFT JOIN … WHERE … IS NULL",
        "foreign_key_checks",
    ],
);

pub(super) static IMPLICIT_COMMIT: LintRule = LintRule::new(
    "MY502",
    Warning,
    [
        "this statement commits the transaction that the script has begun",
        "what changes structure commits by itself, and with it everything before it; a ROLLBACK behind it undoes nothing of that",
        "end the transaction before it",
        "Statements That Cause an Implicit Commit",
    ],
);

pub(super) static LOCK_TABLES: LintRule = LintRule::new(
    "MY504",
    Warning,
    [
        "LOCK TABLES is over with this very statement",
        "dapter records each statement in a transaction of its own, and beginning one releases such locks",
        "leave it out: every statement takes the locks that it needs",
        "LOCK TABLES, Interaction with Transactions",
    ],
);
