-- Reserve stock when an order is paid
-- dapter:revision   3bb5d944fa02
-- dapter:revises    8eed522c4d44
-- dapter:created    2025-08-20T11:40:00Z

-- dapter:upgrade
CREATE TABLE stock_reservations (
    order_id     INTEGER NOT NULL,
    line_no      INTEGER NOT NULL,
    warehouse_id INTEGER NOT NULL,
    book_id      INTEGER NOT NULL,
    quantity     INTEGER NOT NULL,
    PRIMARY KEY (order_id, line_no),
    FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no),
    FOREIGN KEY (warehouse_id, book_id) REFERENCES stock_levels (warehouse_id, book_id),
    CONSTRAINT stock_reservations_quantity_check CHECK (quantity > 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_reservations_level_idx ON stock_reservations (warehouse_id, book_id);

CREATE TRIGGER stock_reservations_insert
AFTER INSERT ON stock_reservations
BEGIN
    UPDATE stock_levels
    SET reserved = reserved + NEW.quantity
    WHERE warehouse_id = NEW.warehouse_id AND book_id = NEW.book_id;
END;

CREATE TRIGGER stock_reservations_delete
AFTER DELETE ON stock_reservations
BEGIN
    UPDATE stock_levels
    SET reserved = reserved - OLD.quantity
    WHERE warehouse_id = OLD.warehouse_id AND book_id = OLD.book_id;
END;

-- Orders that are paid and not yet shipped have their claim from today. Audio has no copies.
INSERT INTO stock_reservations (order_id, line_no, warehouse_id, book_id, quantity)
SELECT l.order_id, l.line_no, 1, l.book_id, l.quantity
FROM orders AS o
JOIN order_lines AS l ON l.order_id = o.id
JOIN stock_levels AS s ON s.warehouse_id = 1 AND s.book_id = l.book_id
WHERE o.status = 'paid'
ORDER BY l.order_id, l.line_no;

CREATE TRIGGER orders_reserve_stock
AFTER UPDATE OF status ON orders
WHEN NEW.status = 'paid' AND OLD.status = 'placed'
BEGIN
    INSERT INTO stock_reservations (order_id, line_no, warehouse_id, book_id, quantity)
    SELECT l.order_id, l.line_no, 1, l.book_id, l.quantity
    FROM order_lines AS l
    WHERE l.order_id = NEW.id;
END;

CREATE TRIGGER orders_release_stock
AFTER UPDATE OF status ON orders
WHEN NEW.status IN ('shipped', 'cancelled') AND OLD.status IN ('placed', 'paid')
BEGIN
    DELETE FROM stock_reservations WHERE order_id = NEW.id;
END;

-- dapter:downgrade
DROP TRIGGER orders_release_stock;
DROP TRIGGER orders_reserve_stock;

-- Emptied before it is dropped: a dropped table fires no trigger, and the copies must be free.
DELETE FROM stock_reservations;
DROP TABLE stock_reservations;
