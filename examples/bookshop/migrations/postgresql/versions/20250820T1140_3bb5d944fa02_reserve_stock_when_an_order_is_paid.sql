-- Reserve stock when an order is paid
-- dapter:revision   3bb5d944fa02
-- dapter:revises    8eed522c4d44
-- dapter:created    2025-08-20T11:40:00Z

-- dapter:upgrade
CREATE TABLE stock_reservations (
    order_id     integer NOT NULL,
    line_no      integer NOT NULL,
    warehouse_id integer NOT NULL,
    book_id      integer NOT NULL,
    quantity     integer NOT NULL,
    PRIMARY KEY (order_id, line_no),
    FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no),
    FOREIGN KEY (warehouse_id, book_id) REFERENCES stock_levels (warehouse_id, book_id),
    CONSTRAINT stock_reservations_quantity_check CHECK (quantity > 0)
);
CREATE INDEX stock_reservations_level_idx ON stock_reservations (warehouse_id, book_id);

CREATE FUNCTION count_reservation() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE stock_levels
        SET reserved = reserved + NEW.quantity
        WHERE warehouse_id = NEW.warehouse_id AND book_id = NEW.book_id;
    ELSE
        UPDATE stock_levels
        SET reserved = reserved - OLD.quantity
        WHERE warehouse_id = OLD.warehouse_id AND book_id = OLD.book_id;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER stock_reservations_count
AFTER INSERT OR DELETE ON stock_reservations
FOR EACH ROW EXECUTE FUNCTION count_reservation();

-- Audio has no copies, and what no warehouse has ever held cannot be claimed.
CREATE FUNCTION reserve_stock() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW.status = 'paid' THEN
        INSERT INTO stock_reservations (order_id, line_no, warehouse_id, book_id, quantity)
        SELECT l.order_id, l.line_no, 1, l.book_id, l.quantity
        FROM order_lines AS l
        JOIN stock_levels AS s ON s.warehouse_id = 1 AND s.book_id = l.book_id
        WHERE l.order_id = NEW.id;
    ELSE
        DELETE FROM stock_reservations WHERE order_id = NEW.id;
    END IF;
    RETURN NULL;
END;
$$;

-- Orders that are paid and not yet shipped have their claim from today.
INSERT INTO stock_reservations (order_id, line_no, warehouse_id, book_id, quantity)
SELECT l.order_id, l.line_no, 1, l.book_id, l.quantity
FROM orders AS o
JOIN order_lines AS l ON l.order_id = o.id
JOIN stock_levels AS s ON s.warehouse_id = 1 AND s.book_id = l.book_id
WHERE o.status = 'paid'
ORDER BY l.order_id, l.line_no;

CREATE TRIGGER orders_reserve_stock
AFTER UPDATE OF status ON orders
FOR EACH ROW
WHEN (NEW.status = 'paid' AND OLD.status = 'placed')
EXECUTE FUNCTION reserve_stock();

CREATE TRIGGER orders_release_stock
AFTER UPDATE OF status ON orders
FOR EACH ROW
WHEN (NEW.status IN ('shipped', 'cancelled') AND OLD.status IN ('placed', 'paid'))
EXECUTE FUNCTION reserve_stock();

-- dapter:downgrade
DROP TRIGGER orders_release_stock ON orders;
DROP TRIGGER orders_reserve_stock ON orders;
DROP FUNCTION reserve_stock();

-- Emptied before it is dropped: a dropped table fires no trigger, and the copies must be free.
DELETE FROM stock_reservations;
DROP TABLE stock_reservations;
DROP FUNCTION count_reservation();
