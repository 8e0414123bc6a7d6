-- Sort books under a tree of subjects
-- dapter:revision   84ecee62869b
-- dapter:revises    d78594c1e5a4
-- dapter:created    2025-06-02T09:45:00Z

-- dapter:upgrade
-- Names are unique among siblings; the roots, which have no parent, are siblings too.
CREATE TABLE subjects (
    id            INT NOT NULL PRIMARY KEY,
    parent_id     INT,
    name          VARCHAR(100) NOT NULL,
    sibling_group INT GENERATED ALWAYS AS (COALESCE(parent_id, 0)) VIRTUAL,
    KEY subjects_parent_id_idx (parent_id),
    UNIQUE KEY subjects_name_key (sibling_group, name),
    CONSTRAINT subjects_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES subjects (id),
    CONSTRAINT subjects_parent_check CHECK (parent_id <> id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE book_subjects (
    book_id    INT NOT NULL,
    subject_id INT NOT NULL,
    PRIMARY KEY (book_id, subject_id),
    KEY book_subjects_subject_id_idx (subject_id),
    CONSTRAINT book_subjects_book_id_fkey FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE CASCADE,
    CONSTRAINT book_subjects_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

INSERT INTO subjects (id, parent_id, name) VALUES
    (1, NULL, 'Arts'),
    (2, NULL, 'Fiction'),
    (3, NULL, 'Life'),
    (4, NULL, 'Science');
INSERT INTO subjects (id, parent_id, name) VALUES
    (101, 1, 'Architecture'),
    (102, 1, 'Music'),
    (103, 1, 'Photography'),
    (104, 2, 'Crime'),
    (105, 2, 'Fantasy'),
    (106, 2, 'Historical'),
    (107, 2, 'Literary'),
    (108, 2, 'Short stories'),
    (109, 3, 'Cooking; baking'),
    (110, 3, 'Gardening'),
    (111, 3, 'Travel'),
    (112, 4, 'Astronomy'),
    (113, 4, 'Biology'),
    (114, 4, 'Mathematics'),
    (115, 4, 'Physics');

-- The distributor's shelf mark runs with its own number; a third of the books has a second one.
INSERT INTO book_subjects (book_id, subject_id)
SELECT id, 101 + id % 15 FROM books
UNION
SELECT id, 101 + (id * 7 + 1) % 15 FROM books WHERE id % 3 = 0;

CREATE VIEW subject_paths AS
WITH RECURSIVE walk (id, path, depth) AS (
    SELECT id, CAST(name AS CHAR(500) CHARACTER SET utf8mb4) COLLATE utf8mb4_unicode_ci, 0
    FROM subjects
    WHERE parent_id IS NULL
    UNION ALL
    SELECT s.id, CONCAT(walk.path, ' > ', s.name), walk.depth + 1
    FROM subjects AS s
    JOIN walk ON walk.id = s.parent_id
)
SELECT id, path, depth FROM walk;

-- dapter:downgrade
DROP VIEW subject_paths;
DROP TABLE book_subjects;
DROP TABLE subjects;
