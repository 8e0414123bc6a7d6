-- Create publishers, authors and books
-- dapter:revision   613c48b44bf5
-- dapter:created    2025-01-08T09:12:00Z

-- dapter:upgrade
CREATE TABLE publishers (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL,
    country_code TEXT NOT NULL,
    CONSTRAINT publishers_name_key UNIQUE (name),
    CONSTRAINT publishers_country_code_check
        CHECK (length(country_code) = 2 AND country_code = upper(country_code))
);

CREATE TABLE authors (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL,
    born_year INTEGER,
    CONSTRAINT authors_born_year_check CHECK (born_year BETWEEN 1 AND 2100)
);

-- Money is counted in cents: a price is never a floating-point number.
CREATE TABLE books (
    id           INTEGER PRIMARY KEY,
    isbn13       TEXT NOT NULL,
    title        TEXT NOT NULL,
    subtitle     TEXT,
    blurb        TEXT NOT NULL DEFAULT '',
    edition      TEXT NOT NULL DEFAULT 'paperback',
    publisher_id INTEGER NOT NULL REFERENCES publishers (id),
    published_on TEXT,
    price_cents  INTEGER NOT NULL,
    CONSTRAINT books_isbn13_key UNIQUE (isbn13),
    CONSTRAINT books_isbn13_check CHECK (length(isbn13) = 13 AND isbn13 NOT GLOB '*[^0-9]*'),
    CONSTRAINT books_edition_check CHECK (edition IN ('hardback', 'paperback', 'audio')),
    CONSTRAINT books_price_check CHECK (price_cents >= 0)
);
CREATE INDEX books_publisher_id_idx ON books (publisher_id);

-- author_no keeps the order of the names on the cover.
CREATE TABLE book_authors (
    book_id   INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    author_id INTEGER NOT NULL REFERENCES authors (id),
    author_no INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (book_id, author_id),
    CONSTRAINT book_authors_author_no_key UNIQUE (book_id, author_no)
);
CREATE INDEX book_authors_author_id_idx ON book_authors (author_id);

-- dapter:downgrade
DROP TABLE book_authors;
DROP TABLE books;
DROP TABLE authors;
DROP TABLE publishers;
