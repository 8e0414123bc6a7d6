-- Index open orders and titles in lower case
-- dapter:revision   f3ec8c7eb8e4
-- dapter:revises    90d204b1b379
-- dapter:created    2025-02-24T09:30:00Z

-- dapter:upgrade
-- CONCURRENTLY, which no transaction can hold: the shop sells while these are built.

-- Closed orders are 95 in 100 and never on the packing screen.
CREATE INDEX CONCURRENTLY orders_open_idx ON orders (placed_at) WHERE status IN ('placed', 'paid');
CREATE INDEX CONCURRENTLY books_title_idx ON books (lower(title));

-- "What must be ordered again?" asks for the few titles that run out.
CREATE INDEX CONCURRENTLY stock_levels_low_idx ON stock_levels (book_id, (on_hand - reserved)) WHERE on_hand - reserved < 3;

-- dapter:downgrade
DROP INDEX CONCURRENTLY stock_levels_low_idx;
DROP INDEX CONCURRENTLY books_title_idx;
DROP INDEX CONCURRENTLY orders_open_idx;
