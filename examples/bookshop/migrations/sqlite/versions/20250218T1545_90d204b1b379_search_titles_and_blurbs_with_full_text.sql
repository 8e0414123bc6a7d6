-- Search titles and blurbs with full text
-- dapter:revision   90d204b1b379
-- dapter:revises    ff6fb65e9f86
-- dapter:created    2025-02-18T15:45:00Z

-- dapter:upgrade
-- The index holds no copy of the text: it reads it from books, so the triggers must report
-- the old words as well as the new ones.
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

-- The catalogue is older than the index.
INSERT INTO book_search (book_search) VALUES ('rebuild');

-- dapter:downgrade
DROP TRIGGER books_search_update;
DROP TRIGGER books_search_delete;
DROP TRIGGER books_search_insert;
DROP TABLE book_search;
