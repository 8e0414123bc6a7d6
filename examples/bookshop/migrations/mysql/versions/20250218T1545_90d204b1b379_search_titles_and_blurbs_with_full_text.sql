-- Search titles and blurbs with full text
-- dapter:revision   90d204b1b379
-- dapter:revises    ff6fb65e9f86
-- dapter:created    2025-02-18T15:45:00Z

-- dapter:upgrade
ALTER TABLE books ADD FULLTEXT KEY books_search_idx (title, subtitle, blurb);

DELIMITER //

CREATE PROCEDURE search_books(IN words VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci)
READS SQL DATA
COMMENT 'the best twenty; for the search page'
BEGIN
    SELECT b.id, b.title, b.blurb, MATCH (b.title, b.subtitle, b.blurb) AGAINST (words) AS relevance
    FROM books AS b
    WHERE MATCH (b.title, b.subtitle, b.blurb) AGAINST (words)
    ORDER BY relevance DESC, b.id
    LIMIT 20;
END //

DELIMITER ;

-- dapter:downgrade
DROP PROCEDURE search_books;
ALTER TABLE books DROP KEY books_search_idx;
