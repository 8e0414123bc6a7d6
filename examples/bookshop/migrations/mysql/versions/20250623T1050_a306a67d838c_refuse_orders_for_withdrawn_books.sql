-- Refuse orders for withdrawn books
-- dapter:revision   a306a67d838c
-- dapter:revises    c5e1208984a8
-- dapter:created    2025-06-23T10:50:00Z

-- dapter:upgrade
-- A table of its own: one more column in books would build the full-text index anew.
CREATE TABLE book_withdrawals (
    book_id      INT NOT NULL PRIMARY KEY,
    withdrawn_on DATE NOT NULL,
    KEY book_withdrawals_withdrawn_on_idx (withdrawn_on),
    CONSTRAINT book_withdrawals_book_id_fkey FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Handed to the database whole: this body is hard on anything that looks for its end.
-- dapter:statement
CREATE TRIGGER order_lines_refuse_withdrawn
BEFORE INSERT ON order_lines
FOR EACH ROW
BEGIN
    -- BEGIN; and END; in a comment, or in the text below, end nothing. # Nor does DELIMITER //
    IF EXISTS (SELECT 1 FROM book_withdrawals AS `end` WHERE `end`.book_id = NEW.book_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this book is withdrawn from sale; BEGIN again with another edition; END';
    END IF;
END
-- dapter:end

-- dapter:downgrade
DROP TRIGGER order_lines_refuse_withdrawn;
DROP TABLE book_withdrawals;
