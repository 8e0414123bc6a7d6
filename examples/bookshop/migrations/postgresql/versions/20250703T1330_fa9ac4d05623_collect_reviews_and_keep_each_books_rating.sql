-- Collect reviews and keep each book's rating
-- dapter:revision   fa9ac4d05623
-- dapter:revises    a306a67d838c
-- dapter:created    2025-07-03T13:30:00Z

-- dapter:upgrade
CREATE TABLE reviews (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book_id     integer NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    customer_id integer NOT NULL REFERENCES customers (id),
    stars       smallint NOT NULL,
    body        text NOT NULL DEFAULT '',
    source      text NOT NULL DEFAULT 'shop',
    written_at  timestamptz NOT NULL DEFAULT now(),
    retired_at  timestamptz,
    CONSTRAINT reviews_stars_check CHECK (stars BETWEEN 1 AND 5)
);
-- A new opinion retires the old one; one per reader and book is current.
CREATE UNIQUE INDEX reviews_current_key ON reviews (book_id, customer_id) WHERE retired_at IS NULL;
CREATE INDEX reviews_customer_id_idx ON reviews (customer_id);

CREATE TABLE book_ratings (
    book_id       integer PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
    review_count  integer NOT NULL,
    star_sum      integer NOT NULL,
    average_stars numeric(3, 2) GENERATED ALWAYS AS (star_sum::numeric / nullif(review_count, 0)) STORED
);

-- Once a statement, not once a row: an import of ten thousand reviews touches each book once.
CREATE FUNCTION rate_books() RETURNS trigger
LANGUAGE plpgsql
AS $rate$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE book_ratings AS r
        SET review_count = r.review_count - gone.review_count,
            star_sum = r.star_sum - gone.star_sum
        FROM (
            SELECT book_id, count(*) AS review_count, sum(stars) AS star_sum
            FROM old_reviews
            WHERE retired_at IS NULL
            GROUP BY book_id
        ) AS gone
        WHERE r.book_id = gone.book_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO book_ratings AS r (book_id, review_count, star_sum)
        SELECT book_id, count(*), sum(stars)
        FROM new_reviews
        WHERE retired_at IS NULL
        GROUP BY book_id
        ORDER BY book_id
        ON CONFLICT (book_id) DO UPDATE SET
            review_count = r.review_count + excluded.review_count,
            star_sum = r.star_sum + excluded.star_sum;
    END IF;
    DELETE FROM book_ratings WHERE review_count = 0;
    RETURN NULL;
END;
$rate$;

CREATE TRIGGER reviews_rate_insert
AFTER INSERT ON reviews
REFERENCING NEW TABLE AS new_reviews
FOR EACH STATEMENT EXECUTE FUNCTION rate_books();

CREATE TRIGGER reviews_rate_update
AFTER UPDATE ON reviews
REFERENCING OLD TABLE AS old_reviews NEW TABLE AS new_reviews
FOR EACH STATEMENT EXECUTE FUNCTION rate_books();

CREATE TRIGGER reviews_rate_delete
AFTER DELETE ON reviews
REFERENCING OLD TABLE AS old_reviews
FOR EACH STATEMENT EXECUTE FUNCTION rate_books();

-- dapter:downgrade
DROP TABLE reviews;
DROP FUNCTION rate_books();
DROP TABLE book_ratings;
