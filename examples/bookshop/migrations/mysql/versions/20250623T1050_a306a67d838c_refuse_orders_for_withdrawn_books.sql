-- Refuse orders for withdrawn books
-- dapter:revision   a306a67d838c
-- dapter:revises    c5e1208984a8
-- dapter:created    2025-06-23T10:50:00Z

-- dapter:upgrade
ALTER TABLE books ADD COLUMN withdrawn_on DATE;
CREATE INDEX books_withdrawn_idx ON books (withdrawn_on);

-- Handed to the database whole: this body is hard on anything that looks for its end.
-- dapter:statement
CREATE TRIGGER order_lines_refuse_withdrawn
BEFORE INSERT ON order_lines
FOR EACH ROW
BEGIN
    -- BEGIN; and END; in a comment, or in the text below, end nothing. # Nor does DELIMITER //
    IF EXISTS (SELECT 1 FROM books AS `end` WHERE `end`.id = NEW.book_id AND `end`.withdrawn_on IS NOT NULL) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this book is withdrawn from sale; BEGIN again with another edition; END';
    END IF;
END
-- dapter:end

-- dapter:downgrade
DROP TRIGGER order_lines_refuse_withdrawn;
DROP INDEX books_withdrawn_idx ON books;
ALTER TABLE books DROP COLUMN withdrawn_on;
