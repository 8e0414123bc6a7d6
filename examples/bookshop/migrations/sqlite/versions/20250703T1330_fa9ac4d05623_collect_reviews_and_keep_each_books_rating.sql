-- Collect reviews and keep each book's rating
-- dapter:revision   fa9ac4d05623
-- dapter:revises    a306a67d838c
-- dapter:created    2025-07-03T13:30:00Z

-- dapter:upgrade
CREATE TABLE reviews (
    id          INTEGER PRIMARY KEY,
    book_id     INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    stars       INTEGER NOT NULL,
    body        TEXT NOT NULL DEFAULT '',
    source      TEXT NOT NULL DEFAULT 'shop',
    written_at  TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    retired_at  TEXT,
    CONSTRAINT reviews_stars_check CHECK (stars BETWEEN 1 AND 5)
) STRICT;
-- A new opinion retires the old one; one per reader and book is current.
CREATE UNIQUE INDEX reviews_current_key ON reviews (book_id, customer_id) WHERE retired_at IS NULL;
CREATE INDEX reviews_customer_id_idx ON reviews (customer_id);

CREATE TABLE book_ratings (
    book_id       INTEGER PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
    review_count  INTEGER NOT NULL,
    star_sum      INTEGER NOT NULL,
    average_stars REAL GENERATED ALWAYS AS (round(star_sum * 1.0 / nullif(review_count, 0), 2)) VIRTUAL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER reviews_rate_insert
AFTER INSERT ON reviews
WHEN NEW.retired_at IS NULL
BEGIN
    INSERT INTO book_ratings (book_id, review_count, star_sum)
    VALUES (NEW.book_id, 1, NEW.stars)
    ON CONFLICT (book_id) DO UPDATE SET
        review_count = review_count + 1,
        star_sum = star_sum + excluded.star_sum;
END;

CREATE TRIGGER reviews_rate_retire
AFTER UPDATE OF retired_at ON reviews
WHEN OLD.retired_at IS NULL AND NEW.retired_at IS NOT NULL
BEGIN
    UPDATE book_ratings
    SET review_count = review_count - 1, star_sum = star_sum - OLD.stars
    WHERE book_id = OLD.book_id;
    DELETE FROM book_ratings WHERE book_id = OLD.book_id AND review_count = 0;
END;

CREATE TRIGGER reviews_rate_delete
AFTER DELETE ON reviews
WHEN OLD.retired_at IS NULL
BEGIN
    UPDATE book_ratings
    SET review_count = review_count - 1, star_sum = star_sum - OLD.stars
    WHERE book_id = OLD.book_id;
    DELETE FROM book_ratings WHERE book_id = OLD.book_id AND review_count = 0;
END;

-- dapter:downgrade
DROP TABLE reviews;
DROP TABLE book_ratings;
