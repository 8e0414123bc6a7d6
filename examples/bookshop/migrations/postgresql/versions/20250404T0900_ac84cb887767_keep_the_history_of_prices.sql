-- Keep the history of prices
-- dapter:revision   ac84cb887767
-- dapter:revises    856208b069ed
-- dapter:created    2025-04-04T09:00:00Z

-- dapter:upgrade
CREATE TABLE book_prices (
    book_id     integer NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    valid_from  date NOT NULL DEFAULT current_date,
    price_cents integer NOT NULL,
    PRIMARY KEY (book_id, valid_from),
    CONSTRAINT book_prices_price_check CHECK (price_cents >= 0)
);

-- The history begins with today's prices: what they were before, nobody wrote down.
INSERT INTO book_prices (book_id, valid_from, price_cents)
SELECT id, date '2025-04-04', price_cents FROM books ORDER BY id;

-- Two changes on one day leave one row; the evening's price counts.
CREATE FUNCTION note_book_price() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO book_prices (book_id, price_cents)
    VALUES (NEW.id, NEW.price_cents)
    ON CONFLICT (book_id, valid_from) DO UPDATE SET price_cents = excluded.price_cents;
    RETURN NULL;
END;
$$;

CREATE TRIGGER books_price_insert
AFTER INSERT ON books
FOR EACH ROW EXECUTE FUNCTION note_book_price();

CREATE TRIGGER books_price_update
AFTER UPDATE OF price_cents ON books
FOR EACH ROW
WHEN (NEW.price_cents <> OLD.price_cents)
EXECUTE FUNCTION note_book_price();

-- dapter:downgrade
DROP TRIGGER books_price_update ON books;
DROP TRIGGER books_price_insert ON books;
DROP FUNCTION note_book_price();
DROP TABLE book_prices;
