-- Sort books under a tree of subjects
-- dapter:revision   84ecee62869b
-- dapter:revises    d78594c1e5a4
-- dapter:created    2025-06-02T09:45:00Z

-- dapter:upgrade
CREATE TABLE subjects (
    id        INTEGER PRIMARY KEY,
    parent_id INTEGER REFERENCES subjects (id),
    name      TEXT NOT NULL,
    CONSTRAINT subjects_parent_check CHECK (parent_id <> id)
);
-- Names are unique among siblings; the roots, which have no parent, are siblings too.
CREATE UNIQUE INDEX subjects_name_key ON subjects (coalesce(parent_id, 0), name);

CREATE TABLE book_subjects (
    book_id    INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    subject_id INTEGER NOT NULL REFERENCES subjects (id),
    PRIMARY KEY (book_id, subject_id)
) WITHOUT ROWID;
CREATE INDEX book_subjects_subject_id_idx ON book_subjects (subject_id);

WITH tree (document) AS (
    VALUES ('{
        "Fiction": ["Crime", "Fantasy", "Historical", "Literary", "Short stories"],
        "Arts": ["Architecture", "Music", "Photography"],
        "Science": ["Astronomy", "Biology", "Mathematics", "Physics"],
        "Life": ["Cooking; baking", "Gardening", "Travel"]
    }')
)
INSERT INTO subjects (id, parent_id, name)
SELECT row_number() OVER (ORDER BY root.key), NULL, root.key
FROM tree, json_each(tree.document) AS root
UNION ALL
SELECT 100 + row_number() OVER (ORDER BY root.key, leaf.value),
       dense_rank() OVER (ORDER BY root.key),
       leaf.value
FROM tree, json_each(tree.document) AS root, json_each(root.value) AS leaf;

-- The distributor's shelf mark runs with its own number; a third of the books has a second one.
INSERT INTO book_subjects (book_id, subject_id)
SELECT id, 101 + id % 15 FROM books
UNION
SELECT id, 101 + (id * 7 + 1) % 15 FROM books WHERE id % 3 = 0;

CREATE VIEW subject_paths AS
WITH RECURSIVE walk (id, path, depth) AS (
    SELECT id, name, 0 FROM subjects WHERE parent_id IS NULL
    UNION ALL
    SELECT s.id, walk.path || ' > ' || s.name, walk.depth + 1
    FROM subjects AS s
    JOIN walk ON walk.id = s.parent_id
)
SELECT id, path, depth FROM walk;

-- dapter:downgrade
DROP VIEW subject_paths;
DROP TABLE book_subjects;
DROP TABLE subjects;
