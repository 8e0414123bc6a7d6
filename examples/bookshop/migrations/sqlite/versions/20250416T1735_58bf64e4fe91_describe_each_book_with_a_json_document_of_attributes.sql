-- Describe each book with a JSON document of attributes
-- dapter:revision   58bf64e4fe91
-- dapter:revises    ac84cb887767
-- dapter:created    2025-04-16T17:35:00Z

-- dapter:upgrade
-- Pages for paper, minutes for audio, and whatever a publisher sends next: a document, with
-- generated columns for the two members that are searched.
ALTER TABLE books ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(attributes));
ALTER TABLE books ADD COLUMN language_code TEXT GENERATED ALWAYS AS (json_extract(attributes, '$.language')) VIRTUAL;
ALTER TABLE books ADD COLUMN page_count INTEGER GENERATED ALWAYS AS (json_extract(attributes, '$.pages')) VIRTUAL;

UPDATE books
SET attributes = CASE edition
    WHEN 'audio' THEN json_object(
        'language', substr('endefres', 1 + (id % 4) * 2, 2),
        'minutes', 180 + (id * 11) % 900,
        'voices', json_array('A reader', 'Another; uncredited')
    )
    ELSE json_object(
        'language', substr('endefres', 1 + (id % 4) * 2, 2),
        'pages', 96 + (id * 23) % 700
    )
END;

-- Signed copies exist of a few hardbacks only.
UPDATE books
SET attributes = json_set(attributes, '$.signed', json('true'))
WHERE edition = 'hardback' AND id % 50 = 3;

CREATE INDEX books_language_code_idx ON books (language_code);
CREATE INDEX books_long_idx ON books (page_count) WHERE page_count > 500;

-- dapter:downgrade
DROP INDEX books_long_idx;
DROP INDEX books_language_code_idx;

-- The last column first: each of these takes back exactly what its ADD COLUMN wrote.
ALTER TABLE books DROP COLUMN page_count;
ALTER TABLE books DROP COLUMN language_code;
ALTER TABLE books DROP COLUMN attributes;
