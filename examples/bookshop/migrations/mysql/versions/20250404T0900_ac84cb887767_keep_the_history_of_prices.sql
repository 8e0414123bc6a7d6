-- Keep the history of prices
-- dapter:revision   ac84cb887767
-- dapter:revises    856208b069ed
-- dapter:created    2025-04-04T09:00:00Z

-- dapter:upgrade
CREATE TABLE book_prices (
    book_id     INT NOT NULL,
    valid_from  DATE NOT NULL,
    price_cents INT NOT NULL,
    PRIMARY KEY (book_id, valid_from),
    CONSTRAINT book_prices_book_id_fkey FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE CASCADE,
    CONSTRAINT book_prices_price_check CHECK (price_cents >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The history begins with today's prices: what they were before, nobody wrote down.
INSERT INTO book_prices (book_id, valid_from, price_cents)
SELECT id, '2025-04-04', price_cents FROM books;

DELIMITER $$

CREATE TRIGGER books_price_insert
AFTER INSERT ON books
FOR EACH ROW
INSERT INTO book_prices (book_id, valid_from, price_cents)
VALUES (NEW.id, CURRENT_DATE, NEW.price_cents)
$$

-- Two changes on one day leave one row; the evening's price counts.
CREATE TRIGGER books_price_update
AFTER UPDATE ON books
FOR EACH ROW
BEGIN
    IF NEW.price_cents <> OLD.price_cents THEN
        INSERT INTO book_prices (book_id, valid_from, price_cents)
        VALUES (NEW.id, CURRENT_DATE, NEW.price_cents)
        ON DUPLICATE KEY UPDATE price_cents = NEW.price_cents;
    END IF;
END
$$

DELIMITER ;

-- dapter:downgrade
DROP TRIGGER books_price_update;
DROP TRIGGER books_price_insert;
DROP TABLE book_prices;
