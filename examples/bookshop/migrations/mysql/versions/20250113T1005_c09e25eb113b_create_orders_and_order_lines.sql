-- Create orders and order lines
-- dapter:revision   c09e25eb113b
-- dapter:revises    622f315461d4
-- dapter:created    2025-01-13T10:05:00Z

-- dapter:upgrade
CREATE TABLE orders (
    id            INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id   INT NOT NULL,
    status        ENUM('placed', 'paid', 'shipped', 'completed', 'cancelled') NOT NULL DEFAULT 'placed',
    placed_at     DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    legacy_number INT,
    UNIQUE KEY orders_legacy_number_key (legacy_number),
    KEY orders_customer_id_idx (customer_id),
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The price is copied into the line: a later price change must not rewrite an old invoice.
CREATE TABLE order_lines (
    order_id         INT NOT NULL,
    line_no          INT NOT NULL,
    book_id          INT NOT NULL,
    quantity         INT NOT NULL,
    unit_price_cents INT NOT NULL,
    line_total_cents INT GENERATED ALWAYS AS (quantity * unit_price_cents) STORED,
    PRIMARY KEY (order_id, line_no),
    KEY order_lines_book_id_idx (book_id),
    CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT order_lines_book_id_fkey FOREIGN KEY (book_id) REFERENCES books (id),
    CONSTRAINT order_lines_quantity_check CHECK (quantity > 0),
    CONSTRAINT order_lines_unit_price_check CHECK (unit_price_cents >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- dapter:downgrade
DROP TABLE order_lines;
DROP TABLE orders;
