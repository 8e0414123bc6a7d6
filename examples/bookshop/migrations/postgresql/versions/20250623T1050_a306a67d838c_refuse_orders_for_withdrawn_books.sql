-- Refuse orders for withdrawn books
-- dapter:revision   a306a67d838c
-- dapter:revises    c5e1208984a8
-- dapter:created    2025-06-23T10:50:00Z

-- dapter:upgrade
ALTER TABLE books ADD COLUMN withdrawn_on date;
CREATE INDEX books_withdrawn_idx ON books (withdrawn_on) WHERE withdrawn_on IS NOT NULL;

-- Handed to the database whole: this body is hard on anything that looks for its end.
-- dapter:statement
CREATE FUNCTION refuse_withdrawn() RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN
    -- BEGIN; and END; in a comment, or $$; or $body$ without an end, end nothing.
    IF EXISTS (SELECT 1 FROM books WHERE id = NEW.book_id AND withdrawn_on IS NOT NULL) THEN
        RAISE EXCEPTION ''this book is withdrawn from sale; BEGIN again with another edition; END'';
    END IF;
    RETURN NEW;
END;';
-- dapter:end

CREATE TRIGGER order_lines_refuse_withdrawn
BEFORE INSERT ON order_lines
FOR EACH ROW EXECUTE FUNCTION refuse_withdrawn();

-- dapter:downgrade
DROP TRIGGER order_lines_refuse_withdrawn ON order_lines;
DROP FUNCTION refuse_withdrawn();
DROP INDEX books_withdrawn_idx;
ALTER TABLE books DROP COLUMN withdrawn_on;
