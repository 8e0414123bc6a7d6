-- Index open orders and titles in lower case
-- dapter:revision   f3ec8c7eb8e4
-- dapter:revises    90d204b1b379
-- dapter:created    2025-02-24T09:30:00Z

-- dapter:upgrade
-- The packing screen asks for two states out of five. The collation takes care of the case of
-- titles.
CREATE INDEX orders_open_idx ON orders (status, placed_at);
CREATE INDEX books_title_idx ON books (title);

-- "What must be ordered again?" asks for the few titles that run out. MariaDB indexes no
-- expression, but both index a generated column.
ALTER TABLE stock_levels
    ADD COLUMN available INT GENERATED ALWAYS AS (on_hand - reserved) VIRTUAL,
    ADD KEY stock_levels_low_idx (available, book_id);

-- dapter:downgrade
ALTER TABLE stock_levels
    DROP KEY stock_levels_low_idx,
    DROP COLUMN available;
DROP INDEX books_title_idx ON books;
DROP INDEX orders_open_idx ON orders;
