//! The rules: what each looks for, why that hurts, and what to write instead.
//!
//! The locks are those of the manual's chapter "Explicit Locking" and of the page of each command; the tests in
//! `tests/server/lint.rs` hold every one of them against a server.

use dapter_plugin_api::LintRule;
use dapter_plugin_api::LintSeverity::{Error, Info, Warning};

/// All rules, in the order of their codes.
pub(crate) static ALL: [&LintRule; 34] = [
    &CREATE_INDEX,
    &DROP_INDEX,
    &REINDEX,
    &FOREIGN_KEY,
    &CHECK,
    &UNIQUE,
    &EXCLUDE,
    &REFRESH,
    &LOCK_TABLE,
    &ATTACH,
    &DETACH,
    &PARTITION_OF,
    &TRIGGER,
    &VOLATILE_DEFAULT,
    &COLUMN_TYPE,
    &SET_NOT_NULL,
    &REWRITE_TABLE,
    &STORAGE,
    &VALIDATE_TOO_EARLY,
    &NOT_NULL_WITHOUT_DEFAULT,
    &RENAME_TABLE,
    &RENAME_COLUMN,
    &RENAME_OTHER,
    &DROP_TABLE,
    &DROP_COLUMN,
    &DROP_SCHEMA,
    &TRUNCATE,
    &DELETE_ALL,
    &DROP_CASCADE,
    &DROP_DATABASE,
    &DROP_OWNED,
    &UPDATE_ALL,
    &SEVERAL_LOCKS,
    &DATA_UNDER_LOCK,
];

pub(super) static CREATE_INDEX: LintRule = LintRule::new(
    "PG101",
    Warning,
    [
        "CREATE INDEX on {table} keeps every write waiting until the index is built",
        "it holds a SHARE lock, which conflicts with INSERT, UPDATE and DELETE, while it reads the whole table",
        "CREATE {kind} CONCURRENTLY {index} ON {table} …: it takes longer and blocks nobody; dapter runs it by itself, and builds an index again that was left half built",
        "CREATE INDEX, Building Indexes Concurrently",
    ],
);

pub(super) static DROP_INDEX: LintRule = LintRule::new(
    "PG102",
    Warning,
    [
        "DROP INDEX {index} keeps everybody from its table until the transaction ends",
        "it holds an ACCESS EXCLUSIVE lock on the table of the index, and whoever comes behind it waits too",
        "DROP INDEX CONCURRENTLY {index}",
        "DROP INDEX, CONCURRENTLY",
    ],
);

pub(super) static REINDEX: LintRule = LintRule::new(
    "PG103",
    Warning,
    [
        "REINDEX {name} keeps writes waiting, and most reads, until the index is built",
        "it holds a SHARE lock on the table and an ACCESS EXCLUSIVE lock on the index, which planning a query waits for",
        "REINDEX {kind} CONCURRENTLY {name}",
        "REINDEX, Rebuilding Indexes Concurrently",
    ],
);

pub(super) static FOREIGN_KEY: LintRule = LintRule::new(
    "PG104",
    Warning,
    [
        "a foreign key on {table} keeps writes to both tables waiting while every row is checked",
        "it holds a SHARE ROW EXCLUSIVE lock on {table} and on {other} until all rows are compared",
        "ALTER TABLE {table} ADD {constraint} NOT VALID; and in a script behind it: ALTER TABLE {table} VALIDATE CONSTRAINT {name}, which lets reads and writes through",
        "ALTER TABLE, ADD table_constraint NOT VALID, and Notes",
    ],
);

pub(super) static CHECK: LintRule = LintRule::new(
    "PG105",
    Warning,
    [
        "a check on {table} keeps everybody from the table while every row is checked",
        "it holds an ACCESS EXCLUSIVE lock while it reads the whole table",
        "ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (…) NOT VALID; and in a script behind it: ALTER TABLE {table} VALIDATE CONSTRAINT {name}, which lets reads and writes through",
        "ALTER TABLE, ADD table_constraint NOT VALID, and Notes",
    ],
);

pub(super) static UNIQUE: LintRule = LintRule::new(
    "PG106",
    Warning,
    [
        "{kind} on {table} keeps everybody from the table until its index is built",
        "it holds an ACCESS EXCLUSIVE lock while the index is built",
        "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} …; then ALTER TABLE {table} ADD CONSTRAINT {name} {kind} USING INDEX {name} (for a primary key, columns must be NOT NULL before)",
        "ALTER TABLE, ADD table_constraint_using_index",
    ],
);

pub(super) static EXCLUDE: LintRule = LintRule::new(
    "PG107",
    Warning,
    [
        "an exclusion constraint on {table} keeps everybody from the table until its index is built",
        "it holds an ACCESS EXCLUSIVE lock while the index is built and every row is compared",
        "there is no way without the lock: run it when nobody needs the table, or on a new table that rows are moved to",
        "ALTER TABLE, ADD table_constraint",
    ],
);

pub(super) static REFRESH: LintRule = LintRule::new(
    "PG108",
    Warning,
    [
        "REFRESH MATERIALIZED VIEW {name} keeps readers of the view waiting until it is filled",
        "it holds an ACCESS EXCLUSIVE lock on the view while its query runs",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY {name}; it needs a unique index on the view",
        "REFRESH MATERIALIZED VIEW, CONCURRENTLY",
    ],
);

pub(super) static LOCK_TABLE: LintRule = LintRule::new(
    "PG109",
    Warning,
    [
        "LOCK TABLE {table} keeps others from the table until the transaction ends",
        "it holds a lock in {mode} mode to the end of the script, whatever comes between",
        "leave it out: every statement takes the locks that it needs",
        "LOCK; Explicit Locking, Table-Level Locks",
    ],
);

pub(super) static ATTACH: LintRule = LintRule::new(
    "PG110",
    Info,
    [
        "ATTACH PARTITION {name} keeps everybody from {name} while its rows are checked",
        "it holds an ACCESS EXCLUSIVE lock on the table that is attached, and on a default partition, and reads them whole unless a CHECK constraint says already what their rows are",
        "add a CHECK constraint to {name} first that implies the bounds of the partition (NOT VALID, then VALIDATE CONSTRAINT), and drop it afterwards",
        "ALTER TABLE, ATTACH PARTITION",
    ],
);

pub(super) static DETACH: LintRule = LintRule::new(
    "PG111",
    Warning,
    [
        "DETACH PARTITION {name} keeps everybody from {table} and all its partitions",
        "it holds an ACCESS EXCLUSIVE lock on {table} until the transaction ends",
        "ALTER TABLE {table} DETACH PARTITION {name} CONCURRENTLY (PostgreSQL 14 and later)",
        "ALTER TABLE, DETACH PARTITION",
    ],
);

pub(super) static PARTITION_OF: LintRule = LintRule::new(
    "PG112",
    Warning,
    [
        "CREATE TABLE {name} PARTITION OF {table} keeps everybody from {table}",
        "it holds an ACCESS EXCLUSIVE lock on {table} until the transaction ends",
        "CREATE TABLE {name} (LIKE {table} INCLUDING ALL); then ALTER TABLE {table} ATTACH PARTITION {name} …, which lets reads and writes of {table} through",
        "CREATE TABLE, PARTITION OF",
    ],
);

pub(super) static TRIGGER: LintRule = LintRule::new(
    "PG113",
    Info,
    [
        "CREATE TRIGGER on {table} keeps writes waiting until the transaction ends",
        "it holds a SHARE ROW EXCLUSIVE lock on {table}: for a moment by itself, and as long as what comes behind it in the script takes",
        "put it into a script of its own, or at the end of this one",
        "Explicit Locking, Table-Level Locks",
    ],
);

pub(super) static VOLATILE_DEFAULT: LintRule = LintRule::new(
    "PG201",
    Warning,
    [
        "the new column {column} makes PostgreSQL write the whole of {table} anew",
        "{cause} has another value in every row, so the table and its indexes are written anew under an ACCESS EXCLUSIVE lock, and nobody reads it meanwhile",
        "ALTER TABLE {table} ADD COLUMN {column} without the default; ALTER COLUMN {column} SET DEFAULT …; then fill the rows that are there in batches",
        "ALTER TABLE, Notes (adding a column with a volatile DEFAULT)",
    ],
);

pub(super) static COLUMN_TYPE: LintRule = LintRule::new(
    "PG202",
    Warning,
    [
        "the new type of {table}.{column} makes PostgreSQL write the whole table anew",
        "table and indexes are written anew under an ACCESS EXCLUSIVE lock, and nobody reads it meanwhile; nothing is written only where the old values are valid as they are: varchar that becomes longer, or text",
        "add a column of the new type, keep both filled by a trigger, fill it in batches, and let the code change over; where the old type is a shorter varchar: `-- dapter:allow PG202 \"only longer\"`",
        "ALTER TABLE, Notes (changing the type of a column)",
    ],
);

pub(super) static SET_NOT_NULL: LintRule = LintRule::new(
    "PG203",
    Warning,
    [
        "SET NOT NULL on {table}.{column} keeps everybody from the table while every row is read",
        "it holds an ACCESS EXCLUSIVE lock while it looks for a NULL in the whole table, unless a valid CHECK constraint says that there is none",
        "ALTER TABLE {table} ADD CONSTRAINT {column}_set CHECK ({column} IS NOT NULL) NOT VALID; in a script behind it VALIDATE CONSTRAINT {column}_set, SET NOT NULL, DROP CONSTRAINT {column}_set",
        "ALTER TABLE, SET NOT NULL",
    ],
);

pub(super) static REWRITE_TABLE: LintRule = LintRule::new(
    "PG204",
    Warning,
    [
        "{kind} {name} writes the table anew and keeps everybody from it meanwhile",
        "it holds an ACCESS EXCLUSIVE lock until table and indexes are written",
        "VACUUM without FULL gives the room back to new rows and blocks nobody; to shrink a table while it is in use there are extensions such as pg_repack",
        "VACUUM, FULL; CLUSTER",
    ],
);

pub(super) static STORAGE: LintRule = LintRule::new(
    "PG205",
    Warning,
    [
        "SET {kind} writes the whole of {table} anew and keeps everybody from it meanwhile",
        "it holds an ACCESS EXCLUSIVE lock until the table is written",
        "make a new table there, move the rows in batches, and let the code change over",
        "ALTER TABLE, SET TABLESPACE, SET LOGGED, SET ACCESS METHOD",
    ],
);

pub(super) static VALIDATE_TOO_EARLY: LintRule = LintRule::new(
    "PG206",
    Warning,
    [
        "VALIDATE CONSTRAINT {name} runs in the transaction that added the constraint",
        "the lock of ADD … NOT VALID is held to the end of the transaction, so others wait for the whole check as if there were no NOT VALID",
        "put VALIDATE CONSTRAINT into a script of its own, or write `-- dapter:transaction none` into the header",
        "ALTER TABLE, Notes (VALIDATE CONSTRAINT)",
    ],
);

pub(super) static NOT_NULL_WITHOUT_DEFAULT: LintRule = LintRule::new(
    "PG301",
    Error,
    [
        "the new column {column} is NOT NULL and has no default: on a table with rows this fails",
        "the rows of {table} that are there would hold NULL in it; and code that does not know the column yet could insert none",
        "add it with a DEFAULT, or without NOT NULL, and set that when every row has a value",
        "ALTER TABLE, ADD COLUMN",
    ],
);

pub(super) static RENAME_TABLE: LintRule = LintRule::new(
    "PG302",
    Warning,
    [
        "{table} gets the name {new} under the hands of running code",
        "every statement of the program's present version that names {table} fails from the commit on, until its new version runs everywhere",
        "ALTER TABLE {table} RENAME TO {new}; CREATE VIEW {table} AS SELECT * FROM {new} in the same script (such a view can be written to), and drop the view when nobody uses it",
        "ALTER TABLE, RENAME; CREATE VIEW, Updatable Views",
    ],
);

pub(super) static RENAME_COLUMN: LintRule = LintRule::new(
    "PG303",
    Warning,
    [
        "{table}.{column} gets another name under the hands of running code",
        "every statement of the program's present version that names the column fails from the commit on, until its new version runs everywhere",
        "add a column, keep both filled by a trigger, let the code change over, and drop the old one in a later script",
        "ALTER TABLE, RENAME",
    ],
);

pub(super) static RENAME_OTHER: LintRule = LintRule::new(
    "PG304",
    Warning,
    [
        "the {kind} {name} gets another name or schema under the hands of running code",
        "every statement of the program's present version that names it fails from the commit on",
        "make another beside it, let the code change over, and drop the old one in a later script",
        "ALTER VIEW, ALTER SCHEMA, ALTER TYPE, ALTER TABLE: RENAME and SET SCHEMA",
    ],
);

pub(super) static DROP_TABLE: LintRule = LintRule::destroying(
    "PG401",
    [
        "DROP TABLE {table} deletes its rows for good",
        "a downgrade can make the table again and not its rows; running code that uses it fails from the commit on",
        "let no code use it any more, rename it in one release, and drop it in a later one, with a backup at hand",
        "DROP TABLE",
    ],
);

pub(super) static DROP_COLUMN: LintRule = LintRule::destroying(
    "PG402",
    [
        "DROP COLUMN {column} deletes what {table} holds in it for good",
        "a downgrade can add the column again and not its values; running code that names it fails from the commit on",
        "let no code use it any more before this runs, and copy what may be needed",
        "ALTER TABLE, DROP COLUMN",
    ],
);

pub(super) static DROP_SCHEMA: LintRule = LintRule::destroying(
    "PG403",
    [
        "DROP SCHEMA {name} CASCADE deletes all tables in it for good",
        "whatever is in the schema goes without being named here, and what depends on that",
        "drop by name what is known to be in it, and then DROP SCHEMA {name} without CASCADE, which refuses if something is left",
        "DROP SCHEMA, CASCADE",
    ],
);

pub(super) static TRUNCATE: LintRule = LintRule::destroying(
    "PG404",
    [
        "TRUNCATE {table} deletes all its rows for good",
        "no downgrade brings them back; and it holds an ACCESS EXCLUSIVE lock",
        "delete what is not needed, by a condition; a backup at hand",
        "TRUNCATE, Notes",
    ],
);

pub(super) static DELETE_ALL: LintRule = LintRule::destroying(
    "PG405",
    [
        "DELETE FROM {table} without WHERE deletes all its rows for good",
        "no downgrade brings them back; and writers of its rows wait until the transaction ends",
        "say with WHERE which rows are meant",
        "DELETE",
    ],
);

pub(super) static DROP_CASCADE: LintRule = LintRule::destroying(
    "PG406",
    [
        "DROP {kind} {name} CASCADE drops what depends on it too, without naming it",
        "columns of a dropped type go with all their values, as do the objects of an extension",
        "drop by name what depends on it, and then DROP {kind} {name} without CASCADE, which refuses if something is left",
        "Dependency Tracking",
    ],
);

pub(super) static DROP_DATABASE: LintRule = LintRule::destroying(
    "PG407",
    [
        "DROP DATABASE {name} deletes a whole database for good",
        "nothing but a backup brings it back",
        "do this by hand, by whoever is responsible for it",
        "DROP DATABASE",
    ],
);

pub(super) static DROP_OWNED: LintRule = LintRule::destroying(
    "PG408",
    [
        "DROP OWNED BY {name} deletes all tables of the role for good",
        "whatever the role owns in this database goes without being named here",
        "REASSIGN OWNED BY {name} TO another role first",
        "DROP OWNED",
    ],
);

pub(super) static UPDATE_ALL: LintRule = LintRule::new(
    "PG409",
    Warning,
    [
        "UPDATE {table} without WHERE writes every row in one transaction",
        "whoever changes one of the rows waits until the script has ended, the table grows to twice its size, and standbys lag behind",
        "update in batches, by ranges of the key, outside of one transaction (`-- dapter:transaction none`)",
        "UPDATE; Explicit Locking, Row-Level Locks",
    ],
);

pub(super) static SEVERAL_LOCKS: LintRule = LintRule::new(
    "PG501",
    Info,
    [
        "{table} is locked against everybody while {other} is so still",
        "the transaction holds the ACCESS EXCLUSIVE lock on {other} while it waits for that on {table}: others wait longer, and who uses both in the other order ends in a deadlock",
        "one table a script: the locks are held for a moment each",
        "Explicit Locking, Deadlocks",
    ],
);

pub(super) static DATA_UNDER_LOCK: LintRule = LintRule::new(
    "PG502",
    Warning,
    [
        "rows are written while everybody is kept from {other}",
        "the ACCESS EXCLUSIVE lock that an earlier statement took on {other} is held until this one has written its rows",
        "put the data change into a script of its own behind this one",
        "Explicit Locking, Table-Level Locks",
    ],
);
