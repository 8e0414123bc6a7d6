//! A small history with statements of every kind. What would do harm if it ran twice or not at all shows in the rows.
//!
//! No number comes from a sequence: what a transaction took from one is not given back when it is rolled back.

use super::backend::Backend;

/// A script.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Revision {
    pub(crate) id: &'static str,
    pub(crate) transaction_none: bool,
    pub(crate) upgrade: &'static str,
    pub(crate) downgrade: &'static str,
}

impl Revision {
    /// A script that runs in a transaction where there are any.
    pub(crate) const fn new(
        id: &'static str,
        upgrade: &'static str,
        downgrade: &'static str,
    ) -> Self {
        Self {
            id,
            transaction_none: false,
            upgrade,
            downgrade,
        }
    }

    /// The same without a transaction.
    pub(crate) const fn without_transaction(mut self) -> Self {
        self.transaction_none = true;
        self
    }
}

/// The history for a backend.
pub(crate) fn small(backend: &Backend) -> &'static [Revision] {
    if backend.is_postgresql() {
        &POSTGRESQL
    } else {
        &MYSQL
    }
}

static POSTGRESQL: [Revision; 5] = [
    Revision::new(
        "a1",
        "CREATE TABLE counters (name text PRIMARY KEY, n integer NOT NULL);
INSERT INTO counters VALUES ('all', 0), ('none', 100);
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE authors (id integer PRIMARY KEY, name text NOT NULL, mood mood);
INSERT INTO authors (id, name) VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cid; \"x\"');",
        "DROP TABLE authors;
DROP TYPE mood;
DROP TABLE counters;",
    ),
    Revision::new(
        "a2",
        "UPDATE counters SET n = n + 1 WHERE name = 'all';
CREATE INDEX CONCURRENTLY authors_name ON authors (name);
UPDATE counters SET n = n + 10 WHERE name = 'all';
ALTER TYPE mood ADD VALUE 'happy';
UPDATE counters SET n = n + 100 WHERE name = 'all';",
        "UPDATE counters SET n = n - 100 WHERE name = 'all';
DROP INDEX CONCURRENTLY authors_name;
UPDATE counters SET n = n - 11 WHERE name = 'all';",
    ),
    Revision::new(
        "a3",
        "CREATE FUNCTION bump(by integer) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE counters SET n = n + by WHERE name = 'all'; -- a comment;
END;
$body$;
SELECT bump(1000);
CREATE VIEW happy AS SELECT * FROM authors WHERE mood = 'happy';
DO $$ BEGIN PERFORM bump(1000); END $$;",
        "DROP VIEW happy;
SELECT bump(-2000);
DROP FUNCTION bump(integer);",
    ),
    Revision::new(
        "a4",
        "UPDATE counters SET n = n + 1 WHERE name = 'none';
CREATE TABLE books (id integer PRIMARY KEY, author integer REFERENCES authors);
INSERT INTO books VALUES (1, 1), (2, 1);
VACUUM authors;
INSERT INTO counters SELECT 'books', count(*) FROM books;
UPDATE counters SET n = n + 1 WHERE name = 'none';",
        "UPDATE counters SET n = n - 1 WHERE name = 'none';
DELETE FROM counters WHERE name = 'books';
DROP TABLE books;
UPDATE counters SET n = n - 1 WHERE name = 'none';",
    )
    .without_transaction(),
    Revision::new(
        "a5",
        "COPY authors (id, name) FROM STDIN WITH (DELIMITER ',');
4,Dora
5,Eve
\\.
ALTER TABLE authors RENAME COLUMN name TO full_name;",
        "ALTER TABLE authors RENAME COLUMN full_name TO name;
DELETE FROM authors WHERE name IN ('Dora', 'Eve');",
    ),
];

static MYSQL: [Revision; 5] = [
    Revision::new(
        "a1",
        "CREATE TABLE counters (name varchar(20) PRIMARY KEY, n integer NOT NULL);
INSERT INTO counters VALUES ('all', 0), ('none', 100);
CREATE TABLE authors (id integer PRIMARY KEY, name varchar(200) NOT NULL);
INSERT INTO authors (id, name) VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cid; \"x\"');",
        "DROP TABLE authors;
DROP TABLE counters;",
    ),
    Revision::new(
        "a2",
        "UPDATE counters SET n = n + 1 WHERE name = 'all';
ALTER TABLE authors ADD COLUMN mood varchar(10);
UPDATE counters SET n = n + 10 WHERE name = 'all';
CREATE INDEX authors_name ON authors (name);
UPDATE counters SET n = n + 100 WHERE name = 'all';",
        "UPDATE counters SET n = n - 100 WHERE name = 'all';
DROP INDEX authors_name ON authors;
UPDATE counters SET n = n - 11 WHERE name = 'all';
ALTER TABLE authors DROP COLUMN mood;",
    ),
    Revision::new(
        "a3",
        "DELIMITER //
CREATE PROCEDURE bump(IN amount integer)
BEGIN
  UPDATE counters SET n = n + amount WHERE name = 'all'; -- a comment;
END//
DELIMITER ;
CALL bump(1000);
CREATE VIEW happy AS SELECT * FROM authors WHERE mood = 'happy';
CREATE TRIGGER authors_count AFTER INSERT ON authors FOR EACH ROW
  UPDATE counters SET n = n + 1000 WHERE name = 'all';
INSERT INTO authors (id, name) VALUES (4, 'Dora');",
        "DELETE FROM authors WHERE name = 'Dora';
DROP TRIGGER authors_count;
DROP VIEW happy;
CALL bump(-2000);
DROP PROCEDURE bump;",
    ),
    Revision::new(
        "a4",
        "UPDATE counters SET n = n + 1 WHERE name = 'none';
CREATE TABLE books (id integer PRIMARY KEY, author integer REFERENCES authors (id));
INSERT INTO books VALUES (1, 1), (2, 1);
INSERT INTO counters SELECT 'books', count(*) FROM books;
UPDATE counters SET n = n + 1 WHERE name = 'none';",
        "UPDATE counters SET n = n - 1 WHERE name = 'none';
DELETE FROM counters WHERE name = 'books';
DROP TABLE books;
UPDATE counters SET n = n - 1 WHERE name = 'none';",
    )
    .without_transaction(),
    Revision::new(
        "a5",
        "CREATE TABLE drafts (id integer PRIMARY KEY);
INSERT INTO drafts VALUES (1), (2);
TRUNCATE TABLE drafts;
INSERT INTO drafts VALUES (3);
RENAME TABLE drafts TO papers;
ALTER TABLE authors RENAME INDEX authors_name TO authors_by_name;",
        "ALTER TABLE authors RENAME INDEX authors_by_name TO authors_name;
DROP TABLE papers;",
    ),
];
