-- Call the blurb a description
-- dapter:revision   82896572e16b
-- dapter:revises    7c72d317324f
-- dapter:created    2025-07-28T08:20:00Z

-- dapter:upgrade
-- The full-text index reads its columns from books by name, so it cannot outlive the rename;
-- the view book_listing is rewritten by the rename itself.
DROP TRIGGER books_search_update;
DROP TRIGGER books_search_delete;
DROP TRIGGER books_search_insert;
-- dapter:allow SL401 "an index over books; made anew from them right below"
DROP TABLE book_search;

ALTER TABLE books RENAME COLUMN blurb TO description;

CREATE VIRTUAL TABLE book_search USING fts5 (
    title,
    subtitle,
    description,
    content = 'books',
    content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER books_search_insert
AFTER INSERT ON books
BEGIN
    INSERT INTO book_search (rowid, title, subtitle, description)
    VALUES (NEW.id, NEW.title, NEW.subtitle, NEW.description);
END;

CREATE TRIGGER books_search_delete
AFTER DELETE ON books
BEGIN
    INSERT INTO book_search (book_search, rowid, title, subtitle, description)
    VALUES ('delete', OLD.id, OLD.title, OLD.subtitle, OLD.description);
END;

CREATE TRIGGER books_search_update
AFTER UPDATE OF title, subtitle, description ON books
BEGIN
    INSERT INTO book_search (book_search, rowid, title, subtitle, description)
    VALUES ('delete', OLD.id, OLD.title, OLD.subtitle, OLD.description);
    INSERT INTO book_search (rowid, title, subtitle, description)
    VALUES (NEW.id, NEW.title, NEW.subtitle, NEW.description);
END;

INSERT INTO book_search (book_search) VALUES ('rebuild');

-- dapter:downgrade
DROP TRIGGER books_search_update;
DROP TRIGGER books_search_delete;
DROP TRIGGER books_search_insert;
DROP TABLE book_search;

ALTER TABLE books RENAME COLUMN description TO blurb;

CREATE VIRTUAL TABLE book_search USING fts5 (
    title,
    subtitle,
    blurb,
    content = 'books',
    content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER books_search_insert
AFTER INSERT ON books
BEGIN
    INSERT INTO book_search (rowid, title, subtitle, blurb)
    VALUES (NEW.id, NEW.title, NEW.subtitle, NEW.blurb);
END;

CREATE TRIGGER books_search_delete
AFTER DELETE ON books
BEGIN
    INSERT INTO book_search (book_search, rowid, title, subtitle, blurb)
    VALUES ('delete', OLD.id, OLD.title, OLD.subtitle, OLD.blurb);
END;

CREATE TRIGGER books_search_update
AFTER UPDATE OF title, subtitle, blurb ON books
BEGIN
    INSERT INTO book_search (book_search, rowid, title, subtitle, blurb)
    VALUES ('delete', OLD.id, OLD.title, OLD.subtitle, OLD.blurb);
    INSERT INTO book_search (rowid, title, subtitle, blurb)
    VALUES (NEW.id, NEW.title, NEW.subtitle, NEW.blurb);
END;

INSERT INTO book_search (book_search) VALUES ('rebuild');
