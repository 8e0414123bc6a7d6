-- Create orders and order lines
-- dapter:revision   c09e25eb113b
-- dapter:revises    622f315461d4
-- dapter:created    2025-01-13T10:05:00Z

-- dapter:upgrade
CREATE TABLE orders (
    id            INTEGER PRIMARY KEY,
    customer_id   INTEGER NOT NULL REFERENCES customers (id),
    status        TEXT NOT NULL DEFAULT 'placed',
    placed_at     TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    legacy_number INTEGER,
    CONSTRAINT orders_legacy_number_key UNIQUE (legacy_number),
    CONSTRAINT orders_status_check
        CHECK (status IN ('placed', 'paid', 'shipped', 'completed', 'cancelled'))
);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);

-- The price is copied into the line: a later price change must not rewrite an old invoice.
CREATE TABLE order_lines (
    order_id         INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line_no          INTEGER NOT NULL,
    book_id          INTEGER NOT NULL REFERENCES books (id),
    quantity         INTEGER NOT NULL,
    unit_price_cents INTEGER NOT NULL,
    line_total_cents INTEGER GENERATED ALWAYS AS (quantity * unit_price_cents) STORED,
    PRIMARY KEY (order_id, line_no),
    CONSTRAINT order_lines_quantity_check CHECK (quantity > 0),
    CONSTRAINT order_lines_unit_price_check CHECK (unit_price_cents >= 0)
);
CREATE INDEX order_lines_book_id_idx ON order_lines (book_id);

-- dapter:downgrade
DROP TABLE order_lines;
DROP TABLE orders;
