-- Create orders and order lines
-- dapter:revision   c09e25eb113b
-- dapter:revises    622f315461d4
-- dapter:created    2025-01-13T10:05:00Z

-- dapter:upgrade
CREATE TYPE order_status AS ENUM ('placed', 'paid', 'shipped', 'completed', 'cancelled');

CREATE TABLE orders (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id   integer NOT NULL REFERENCES customers (id),
    status        order_status NOT NULL DEFAULT 'placed',
    placed_at     timestamptz NOT NULL DEFAULT now(),
    legacy_number integer,
    CONSTRAINT orders_legacy_number_key UNIQUE (legacy_number)
);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);

-- The price is copied into the line: a later price change must not rewrite an old invoice.
CREATE TABLE order_lines (
    order_id         integer NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line_no          integer NOT NULL,
    book_id          integer NOT NULL REFERENCES books (id),
    quantity         integer NOT NULL,
    unit_price_cents integer NOT NULL,
    line_total_cents integer GENERATED ALWAYS AS (quantity * unit_price_cents) STORED,
    PRIMARY KEY (order_id, line_no),
    CONSTRAINT order_lines_quantity_check CHECK (quantity > 0),
    CONSTRAINT order_lines_unit_price_check CHECK (unit_price_cents >= 0)
);
CREATE INDEX order_lines_book_id_idx ON order_lines (book_id);

-- dapter:downgrade
DROP TABLE order_lines;
DROP TABLE orders;
DROP TYPE order_status;
