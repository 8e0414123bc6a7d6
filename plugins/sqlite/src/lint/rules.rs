//! The rules: what each looks for, why that hurts, and what to write instead.
//!
//! The tests hold every one of them against SQLite itself, with a second connection beside the script.

use dapter_plugin_api::LintRule;
use dapter_plugin_api::LintSeverity::{Error, Info, Warning};

/// All rules, in the order of their codes.
pub(crate) static ALL: [&LintRule; 18] = [
    &CREATE_INDEX,
    &VACUUM,
    &REBUILD,
    &ADD_CHECKED,
    &NOT_NULL_WITHOUT_DEFAULT,
    &ADD_KEY,
    &CHANGING_DEFAULT,
    &ADD_STORED,
    &RENAME_TABLE,
    &RENAME_COLUMN,
    &DROP_TABLE,
    &DROP_COLUMN,
    &DELETE_ALL,
    &UPDATE_ALL,
    &FOREIGN_KEYS,
    &VACUUM_INSIDE,
    &RENAMED_AWAY,
    &WRITABLE_SCHEMA,
];

pub(super) static CREATE_INDEX: LintRule = LintRule::new(
    "SL101",
    Info,
    [
        "{kind} on {table} keeps every other writer of the database waiting until it is built",
        "SQLite has one writer at a time, and building an index of a large table is one long write",
        "run it when little is written; writers need a busy_timeout that is longer than the build",
        "File Locking And Concurrency In SQLite Version 3",
    ],
);

pub(super) static VACUUM: LintRule = LintRule::new(
    "SL102",
    Warning,
    [
        "VACUUM writes the whole database anew and keeps everybody from it at its end",
        "it holds the write lock while it copies everything, needs twice the room on the disk, and the copy back excludes readers where there is no write-ahead log",
        "run it by hand when nobody needs the database, or set auto_vacuum when the database is made",
        "VACUUM, How VACUUM works",
    ],
);

pub(super) static REBUILD: LintRule = LintRule::new(
    "SL201",
    Info,
    [
        "{table} is copied and dropped: every other writer waits until all its rows are copied",
        "that is SQLite's way to change a table; rows and columns that are not copied are gone",
        "compare both tables before the DROP, and run PRAGMA foreign_key_check behind it",
        "ALTER TABLE, Making Other Kinds Of Table Schema Changes",
    ],
);

pub(super) static ADD_CHECKED: LintRule = LintRule::new(
    "SL202",
    Info,
    [
        "the new column {column} makes SQLite read every row of {table}",
        "a CHECK, and NOT NULL of a generated column, are tested against all rows while other writers wait",
        "run it when little is written",
        "ALTER TABLE ADD COLUMN",
    ],
);

pub(super) static NOT_NULL_WITHOUT_DEFAULT: LintRule = LintRule::new(
    "SL301",
    Error,
    [
        "the new column {column} is NOT NULL and has no default: on a table with rows this fails",
        "the rows of {table} that are there would hold NULL in it",
        "add it with a DEFAULT that is not NULL",
        "ALTER TABLE ADD COLUMN",
    ],
);

pub(super) static ADD_KEY: LintRule = LintRule::new(
    "SL302",
    Error,
    [
        "the new column {column} is {kind}: this fails",
        "SQLite adds no column with a PRIMARY KEY or UNIQUE constraint to {table}, be it empty or not",
        "add it without, and CREATE UNIQUE INDEX on it",
        "ALTER TABLE ADD COLUMN",
    ],
);

pub(super) static CHANGING_DEFAULT: LintRule = LintRule::new(
    "SL303",
    Error,
    [
        "the default of the new column {column} is no constant: on a table with rows this fails",
        "SQLite writes no row when it adds a column, so all rows of {table} would have to have the same value",
        "add it without the default and UPDATE the rows; for new rows rebuild the table or use a trigger",
        "ALTER TABLE ADD COLUMN",
    ],
);

pub(super) static ADD_STORED: LintRule = LintRule::new(
    "SL304",
    Error,
    [
        "the new column {column} is generated and STORED: on a table with rows this fails",
        "SQLite writes no row when it adds a column to {table}",
        "make it VIRTUAL, or rebuild the table",
        "ALTER TABLE ADD COLUMN; Generated Columns",
    ],
);

pub(super) static RENAME_TABLE: LintRule = LintRule::new(
    "SL305",
    Warning,
    [
        "{table} gets the name {new} under the hands of running code",
        "every statement of the program's present version that names {table} fails from the commit on, until its new version runs everywhere",
        "ALTER TABLE {table} RENAME TO {new}; CREATE VIEW {table} AS SELECT * FROM {new} in the same script (with INSTEAD OF triggers, if it is written to)",
        "ALTER TABLE RENAME; CREATE VIEW",
    ],
);

pub(super) static RENAME_COLUMN: LintRule = LintRule::new(
    "SL306",
    Warning,
    [
        "{table}.{column} gets another name under the hands of running code",
        "every statement of the program's present version that names the column fails from the commit on, until its new version runs everywhere",
        "add a column, keep both filled by triggers, let the code change over, and drop the old one in a later script",
        "ALTER TABLE RENAME COLUMN",
    ],
);

pub(super) static DROP_TABLE: LintRule = LintRule::destroying(
    "SL401",
    [
        "DROP TABLE {table} deletes its rows for good",
        "a downgrade can make the table again and not its rows; running code that uses it fails from the commit on",
        "let no code use it any more, and keep a copy of the file; or copy the rows in the same script",
        "DROP TABLE",
    ],
);

pub(super) static DROP_COLUMN: LintRule = LintRule::destroying(
    "SL402",
    [
        "DROP COLUMN {column} deletes what {table} holds in it for good",
        "a downgrade can add the column again and not its values; SQLite writes every row of the table anew",
        "let no code use it any more before this runs, and copy what may be needed",
        "ALTER TABLE DROP COLUMN",
    ],
);

pub(super) static DELETE_ALL: LintRule = LintRule::destroying(
    "SL403",
    [
        "DELETE FROM {table} without WHERE deletes all its rows for good",
        "no downgrade brings them back",
        "say with WHERE which rows are meant",
        "DELETE, The Truncate Optimization",
    ],
);

pub(super) static UPDATE_ALL: LintRule = LintRule::new(
    "SL404",
    Warning,
    [
        "UPDATE {table} without WHERE writes every row in one transaction",
        "every other writer of the database waits until the script has ended",
        "update in batches, by ranges of the key, outside of one transaction (`-- dapter:transaction none`)",
        "File Locking And Concurrency In SQLite Version 3",
    ],
);

pub(super) static FOREIGN_KEYS: LintRule = LintRule::new(
    "SL501",
    Error,
    [
        "PRAGMA foreign_keys does nothing here",
        "within a transaction SQLite ignores it, and scripts run in one",
        "write `-- dapter:transaction none` into the header; or leave it out: dapter does not enforce foreign keys while scripts run, unless the URL says so",
        "PRAGMA foreign_keys",
    ],
);

pub(super) static VACUUM_INSIDE: LintRule = LintRule::new(
    "SL502",
    Error,
    [
        "VACUUM fails here",
        "SQLite does not run it within a transaction, and scripts run in one",
        "put it into a script of its own with `-- dapter:transaction none` in the header",
        "VACUUM",
    ],
);

pub(super) static RENAMED_AWAY: LintRule = LintRule::new(
    "SL503",
    Warning,
    [
        "{table} is renamed out of the way before the new {table} is made",
        "triggers, views and foreign keys of other tables follow the old table to its name {new}, and point nowhere when that is dropped",
        "make the new table under another name, copy, DROP TABLE {table}, and rename the new one to {table}",
        "ALTER TABLE, Caution in Making Other Kinds Of Table Schema Changes",
    ],
);

pub(super) static WRITABLE_SCHEMA: LintRule = LintRule::new(
    "SL504",
    Warning,
    [
        "PRAGMA writable_schema lets the script write into SQLite's own tables",
        "a slip there makes the database unreadable, and nothing checks it",
        "rebuild the table; or run PRAGMA integrity_check behind it, on a copy first",
        "PRAGMA writable_schema",
    ],
);
