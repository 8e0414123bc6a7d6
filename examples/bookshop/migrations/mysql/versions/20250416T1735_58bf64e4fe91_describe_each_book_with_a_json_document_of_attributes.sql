-- Describe each book with a JSON document of attributes
-- dapter:revision   58bf64e4fe91
-- dapter:revises    ac84cb887767
-- dapter:created    2025-04-16T17:35:00Z

-- dapter:upgrade
-- Pages for paper, minutes for audio, and whatever a publisher sends next: a document, with
-- generated columns for the two members that are searched. All in one statement, so that the
-- full-text index is built anew once.
ALTER TABLE books
    ADD COLUMN attributes JSON NOT NULL DEFAULT (JSON_OBJECT()),
    ADD COLUMN language_code CHAR(2) GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT(attributes, '$.language'))) VIRTUAL,
    ADD COLUMN page_count INT GENERATED ALWAYS AS (JSON_EXTRACT(attributes, '$.pages')) VIRTUAL,
    ADD KEY books_language_code_idx (language_code),
    ADD KEY books_long_idx (page_count);

UPDATE books
SET attributes = CASE edition
    WHEN 'audio' THEN JSON_OBJECT(
        'language', SUBSTR('endefres', 1 + (id % 4) * 2, 2),
        'minutes', 180 + (id * 11) % 900,
        'voices', JSON_ARRAY('A reader', 'Another; uncredited')
    )
    ELSE JSON_OBJECT(
        'language', SUBSTR('endefres', 1 + (id % 4) * 2, 2),
        'pages', 96 + (id * 23) % 700
    )
END;

-- Signed copies exist of a few hardbacks only.
UPDATE books
SET attributes = JSON_SET(attributes, '$.signed', TRUE)
WHERE edition = 'hardback' AND id % 50 = 3;

-- dapter:downgrade
-- A generated column goes before the column it is made of.
ALTER TABLE books
    DROP KEY books_long_idx,
    DROP KEY books_language_code_idx,
    DROP COLUMN page_count,
    DROP COLUMN language_code;
ALTER TABLE books DROP COLUMN attributes;
