-- Describe each book with a JSON document of attributes
-- dapter:revision   58bf64e4fe91
-- dapter:revises    ac84cb887767
-- dapter:created    2025-04-16T17:35:00Z

-- dapter:upgrade
-- Pages for paper, minutes for audio, and whatever a publisher sends next: a document, with
-- generated columns for the two members that are searched.
ALTER TABLE books ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}'
    CONSTRAINT books_attributes_check CHECK (jsonb_typeof(attributes) = 'object');

UPDATE books
SET attributes = CASE edition
    WHEN 'audio' THEN jsonb_build_object(
        'language', substr('endefres', 1 + (id % 4) * 2, 2),
        'minutes', 180 + (id * 11) % 900,
        'voices', jsonb_build_array('A reader', 'Another; uncredited')
    )
    ELSE jsonb_build_object(
        'language', substr('endefres', 1 + (id % 4) * 2, 2),
        'pages', 96 + (id * 23) % 700
    )
END;

-- Signed copies exist of a few hardbacks only.
UPDATE books
SET attributes = attributes || '{"signed": true}'
WHERE edition = 'hardback' AND id % 50 = 3;

ALTER TABLE books
    ADD COLUMN language_code text GENERATED ALWAYS AS (attributes ->> 'language') STORED,
    ADD COLUMN page_count integer GENERATED ALWAYS AS ((attributes ->> 'pages')::integer) STORED;

CREATE INDEX books_attributes_idx ON books USING gin (attributes jsonb_path_ops);
CREATE INDEX books_language_code_idx ON books (language_code);
CREATE INDEX books_long_idx ON books (page_count) WHERE page_count > 500;

-- dapter:downgrade
DROP INDEX books_long_idx;
DROP INDEX books_language_code_idx;
DROP INDEX books_attributes_idx;
ALTER TABLE books
    DROP COLUMN page_count,
    DROP COLUMN language_code,
    DROP COLUMN attributes;
