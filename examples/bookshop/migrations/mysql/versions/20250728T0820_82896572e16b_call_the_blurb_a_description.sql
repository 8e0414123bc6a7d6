-- Call the blurb a description
-- dapter:revision   82896572e16b
-- dapter:revises    7c72d317324f
-- dapter:created    2025-07-28T08:20:00Z

-- dapter:upgrade
-- The full-text index follows the rename. A view does not, nor does a procedure.
ALTER TABLE books RENAME COLUMN blurb TO description;

CREATE OR REPLACE VIEW book_listing AS
SELECT b.id,
       b.isbn13,
       b.title,
       b.subtitle,
       b.description,
       b.price_cents,
       p.name AS publisher,
       (SELECT GROUP_CONCAT(a.name ORDER BY ba.author_no SEPARATOR '; ')
        FROM book_authors AS ba
        JOIN authors AS a ON a.id = ba.author_id
        WHERE ba.book_id = b.id) AS authors
FROM books AS b
JOIN publishers AS p ON p.id = b.publisher_id;

DROP PROCEDURE search_books;
CREATE PROCEDURE search_books(IN words VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci)
READS SQL DATA
COMMENT 'the best twenty; for the search page'
BEGIN
    SELECT b.id, b.title, b.description, MATCH (b.title, b.subtitle, b.description) AGAINST (words) AS relevance
    FROM books AS b
    WHERE MATCH (b.title, b.subtitle, b.description) AGAINST (words)
    ORDER BY relevance DESC, b.id
    LIMIT 20;
END;

-- dapter:downgrade
ALTER TABLE books RENAME COLUMN description TO blurb;

CREATE OR REPLACE VIEW book_listing AS
SELECT b.id,
       b.isbn13,
       b.title,
       b.subtitle,
       b.blurb,
       b.price_cents,
       p.name AS publisher,
       (SELECT GROUP_CONCAT(a.name ORDER BY ba.author_no SEPARATOR '; ')
        FROM book_authors AS ba
        JOIN authors AS a ON a.id = ba.author_id
        WHERE ba.book_id = b.id) AS authors
FROM books AS b
JOIN publishers AS p ON p.id = b.publisher_id;

DROP PROCEDURE search_books;
CREATE PROCEDURE search_books(IN words VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci)
READS SQL DATA
COMMENT 'the best twenty; for the search page'
BEGIN
    SELECT b.id, b.title, b.blurb, MATCH (b.title, b.subtitle, b.blurb) AGAINST (words) AS relevance
    FROM books AS b
    WHERE MATCH (b.title, b.subtitle, b.blurb) AGAINST (words)
    ORDER BY relevance DESC, b.id
    LIMIT 20;
END;
