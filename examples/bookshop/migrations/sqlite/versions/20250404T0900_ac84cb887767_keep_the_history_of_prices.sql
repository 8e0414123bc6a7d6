-- Keep the history of prices
-- dapter:revision   ac84cb887767
-- dapter:revises    856208b069ed
-- dapter:created    2025-04-04T09:00:00Z

-- dapter:upgrade
CREATE TABLE book_prices (
    book_id     INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    valid_from  TEXT NOT NULL,
    price_cents INTEGER NOT NULL,
    PRIMARY KEY (book_id, valid_from),
    CONSTRAINT book_prices_price_check CHECK (price_cents >= 0)
) STRICT, WITHOUT ROWID;

-- The history begins with today's prices: what they were before, nobody wrote down.
INSERT INTO book_prices (book_id, valid_from, price_cents)
SELECT id, '2025-04-04', price_cents FROM books;

CREATE TRIGGER books_price_insert
AFTER INSERT ON books
BEGIN
    INSERT INTO book_prices (book_id, valid_from, price_cents)
    VALUES (NEW.id, date('now'), NEW.price_cents);
END;

-- Two changes on one day leave one row; the evening's price counts.
CREATE TRIGGER books_price_update
AFTER UPDATE OF price_cents ON books
WHEN NEW.price_cents <> OLD.price_cents
BEGIN
    INSERT INTO book_prices (book_id, valid_from, price_cents)
    VALUES (NEW.id, date('now'), NEW.price_cents)
    ON CONFLICT (book_id, valid_from) DO UPDATE SET price_cents = excluded.price_cents;
END;

-- dapter:downgrade
DROP TRIGGER books_price_update;
DROP TRIGGER books_price_insert;
DROP TABLE book_prices;
