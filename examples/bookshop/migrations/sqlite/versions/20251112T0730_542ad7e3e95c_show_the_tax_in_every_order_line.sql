-- Show the tax in every order line
-- dapter:revision   542ad7e3e95c
-- dapter:revises    8ab771649556
-- dapter:created    2025-11-12T07:30:00Z

-- dapter:upgrade
-- A stored generated column cannot be added, only built in: order_lines is rebuilt, STRICT this
-- time. The rename resolves every view and trigger of the schema, so those that name the table
-- step aside, also the triggers that stand on orders and on order_return_lines.
DROP TRIGGER orders_reserve_stock;
DROP TRIGGER orders_award_points;
DROP TRIGGER order_return_lines_check_quantity;
DROP VIEW crm_segments;
DROP VIEW order_totals;

CREATE TABLE order_lines_new (
    order_id         INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line_no          INTEGER NOT NULL,
    book_id          INTEGER NOT NULL REFERENCES books (id),
    quantity         INTEGER NOT NULL,
    unit_price_cents INTEGER NOT NULL,
    tax_permille     INTEGER NOT NULL DEFAULT 70,
    line_total_cents INTEGER GENERATED ALWAYS AS (quantity * unit_price_cents) STORED,
    -- Prices include the tax; half a cent is rounded up.
    tax_cents        INTEGER GENERATED ALWAYS AS (
        (2 * quantity * unit_price_cents * tax_permille + 1000 + tax_permille) / (2 * (1000 + tax_permille))
    ) STORED,
    PRIMARY KEY (order_id, line_no),
    CONSTRAINT order_lines_quantity_check CHECK (quantity > 0),
    CONSTRAINT order_lines_unit_price_check CHECK (unit_price_cents >= 0),
    CONSTRAINT order_lines_tax_check CHECK (tax_permille BETWEEN 0 AND 500)
) STRICT;

-- Books are taxed at 7 in 100, audio at 19.
INSERT INTO order_lines_new (order_id, line_no, book_id, quantity, unit_price_cents, tax_permille)
SELECT l.order_id, l.line_no, l.book_id, l.quantity, l.unit_price_cents,
       CASE b.edition WHEN 'audio' THEN 190 ELSE 70 END
FROM order_lines AS l
LEFT JOIN books AS b ON b.id = l.book_id
ORDER BY l.rowid;
DROP TABLE order_lines;
ALTER TABLE order_lines_new RENAME TO order_lines;

CREATE INDEX order_lines_book_id_idx ON order_lines (book_id);

CREATE VIEW order_totals AS
SELECT o.id AS order_id,
       o.customer_id,
       o.status,
       o.placed_at,
       o.currency_code,
       count(l.line_no) AS line_count,
       coalesce(sum(l.line_total_cents), 0) AS total_cents,
       coalesce(sum(l.tax_cents), 0) AS tax_cents
FROM orders AS o
LEFT JOIN order_lines AS l ON l.order_id = o.id
GROUP BY o.id, o.customer_id, o.status, o.placed_at, o.currency_code;

CREATE VIEW crm_segments AS
SELECT c.customer_id,
       count(t.order_id) AS order_count,
       coalesce(sum(t.total_cents), 0) AS spent_cents,
       max(t.placed_at) AS last_order_at,
       CASE
           WHEN count(t.order_id) = 0 THEN 'prospect'
           WHEN coalesce(sum(t.total_cents), 0) >= 20000 THEN 'collector'
           WHEN count(t.order_id) >= 4 THEN 'regular'
           ELSE 'occasional'
       END AS segment
FROM crm_contacts AS c
LEFT JOIN order_totals AS t ON t.customer_id = c.customer_id AND t.status <> 'cancelled'
GROUP BY c.customer_id;

-- dapter:statement
CREATE TRIGGER order_lines_refuse_withdrawn
BEFORE INSERT ON order_lines
WHEN EXISTS (SELECT 1 FROM books WHERE id = NEW.book_id AND withdrawn_on IS NOT NULL)
BEGIN
    -- BEGIN; and END; in a comment, or in the text below, end nothing.
    SELECT RAISE(ABORT, 'this book is withdrawn from sale; BEGIN again with another edition; END');
END;
-- dapter:end

CREATE TRIGGER order_return_lines_check_quantity
BEFORE INSERT ON order_return_lines
WHEN NEW.quantity > (
    SELECT l.quantity FROM order_lines AS l WHERE l.order_id = NEW.order_id AND l.line_no = NEW.line_no
)
BEGIN
    SELECT RAISE(ABORT, 'more copies returned than ordered');
END;

CREATE TRIGGER orders_award_points
AFTER UPDATE OF status ON orders
WHEN NEW.status = 'completed' AND OLD.status <> 'completed'
BEGIN
    INSERT INTO loyalty_accounts (customer_id, points)
    VALUES (NEW.customer_id, 0)
    ON CONFLICT (customer_id) DO NOTHING;
    UPDATE loyalty_accounts
    SET points = points + (SELECT t.total_cents / 100 FROM order_totals AS t WHERE t.order_id = NEW.id)
    WHERE customer_id = NEW.customer_id;
END;

CREATE TRIGGER orders_reserve_stock
AFTER UPDATE OF status ON orders
WHEN NEW.status = 'paid' AND OLD.status = 'placed'
BEGIN
    INSERT INTO stock_reservations (order_id, line_no, warehouse_id, book_id, quantity)
    SELECT l.order_id, l.line_no, 1, l.book_id, l.quantity
    FROM order_lines AS l
    WHERE l.order_id = NEW.id;
END;

-- dapter:downgrade
-- No rename here, see the downgrade of orders, so only what hangs on the table is touched.
DROP VIEW order_totals;

CREATE TABLE order_lines_kept AS
SELECT order_id, line_no, book_id, quantity, unit_price_cents FROM order_lines ORDER BY rowid;
DROP TABLE order_lines;

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
INSERT INTO order_lines (order_id, line_no, book_id, quantity, unit_price_cents)
SELECT order_id, line_no, book_id, quantity, unit_price_cents FROM order_lines_kept ORDER BY rowid;
DROP TABLE order_lines_kept;

CREATE INDEX order_lines_book_id_idx ON order_lines (book_id);

CREATE VIEW order_totals AS
SELECT o.id AS order_id,
       o.customer_id,
       o.status,
       o.placed_at,
       o.currency_code,
       count(l.line_no) AS line_count,
       coalesce(sum(l.line_total_cents), 0) AS total_cents
FROM orders AS o
LEFT JOIN order_lines AS l ON l.order_id = o.id
GROUP BY o.id, o.customer_id, o.status, o.placed_at, o.currency_code;

-- dapter:statement
CREATE TRIGGER order_lines_refuse_withdrawn
BEFORE INSERT ON order_lines
WHEN EXISTS (SELECT 1 FROM books WHERE id = NEW.book_id AND withdrawn_on IS NOT NULL)
BEGIN
    -- BEGIN; and END; in a comment, or in the text below, end nothing.
    SELECT RAISE(ABORT, 'this book is withdrawn from sale; BEGIN again with another edition; END');
END;
-- dapter:end
