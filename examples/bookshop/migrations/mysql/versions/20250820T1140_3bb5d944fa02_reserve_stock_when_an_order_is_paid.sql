-- Reserve stock when an order is paid
-- dapter:revision   3bb5d944fa02
-- dapter:revises    8eed522c4d44
-- dapter:created    2025-08-20T11:40:00Z

-- dapter:upgrade
CREATE TABLE stock_reservations (
    order_id     INT NOT NULL,
    line_no      INT NOT NULL,
    warehouse_id INT NOT NULL,
    book_id      INT NOT NULL,
    quantity     INT NOT NULL,
    PRIMARY KEY (order_id, line_no),
    KEY stock_reservations_level_idx (warehouse_id, book_id),
    CONSTRAINT stock_reservations_line_fkey FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no),
    CONSTRAINT stock_reservations_level_fkey FOREIGN KEY (warehouse_id, book_id) REFERENCES stock_levels (warehouse_id, book_id),
    CONSTRAINT stock_reservations_quantity_check CHECK (quantity > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TRIGGER stock_reservations_insert
AFTER INSERT ON stock_reservations
FOR EACH ROW
    UPDATE stock_levels
    SET reserved = reserved + NEW.quantity
    WHERE warehouse_id = NEW.warehouse_id AND book_id = NEW.book_id;

CREATE TRIGGER stock_reservations_delete
AFTER DELETE ON stock_reservations
FOR EACH ROW
    UPDATE stock_levels
    SET reserved = reserved - OLD.quantity
    WHERE warehouse_id = OLD.warehouse_id AND book_id = OLD.book_id;

-- The trigger forbids this insert to read stock_levels itself, so the claims of the orders that
-- are paid and not yet shipped are gathered first.
CREATE TABLE claims AS
SELECT l.order_id, l.line_no, s.warehouse_id, l.book_id, l.quantity
FROM orders AS o
JOIN order_lines AS l ON l.order_id = o.id
JOIN stock_levels AS s ON s.warehouse_id = 1 AND s.book_id = l.book_id
WHERE o.status = 'paid';
INSERT INTO stock_reservations (order_id, line_no, warehouse_id, book_id, quantity)
SELECT order_id, line_no, warehouse_id, book_id, quantity FROM claims ORDER BY order_id, line_no;
DROP TABLE claims;

-- Audio has no copies, and what no warehouse has ever held cannot be claimed.
CREATE TRIGGER orders_reserve_stock
AFTER UPDATE ON orders
FOR EACH ROW
BEGIN
    DECLARE done BOOLEAN DEFAULT FALSE;
    DECLARE next_line, next_book, copies INT;
    DECLARE paid_lines CURSOR FOR
        SELECT l.line_no, l.book_id, l.quantity
        FROM order_lines AS l
        JOIN stock_levels AS s ON s.warehouse_id = 1 AND s.book_id = l.book_id
        WHERE l.order_id = NEW.id
        ORDER BY l.line_no;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;

    CASE
        WHEN NEW.status = 'paid' AND OLD.status = 'placed' THEN
            OPEN paid_lines;
            claim: LOOP
                FETCH paid_lines INTO next_line, next_book, copies;
                IF done THEN
                    LEAVE claim;
                END IF;
                INSERT INTO stock_reservations (order_id, line_no, warehouse_id, book_id, quantity)
                VALUES (NEW.id, next_line, 1, next_book, copies);
            END LOOP claim;
            CLOSE paid_lines;
        WHEN NEW.status IN ('shipped', 'cancelled') AND OLD.status IN ('placed', 'paid') THEN
            DELETE FROM stock_reservations WHERE order_id = NEW.id;
        ELSE
            BEGIN END;
    END CASE;
END;

-- dapter:downgrade
DROP TRIGGER orders_reserve_stock;

-- Emptied before it is dropped: a dropped table fires no trigger, and the copies must be free.
DELETE FROM stock_reservations;
DROP TABLE stock_reservations;
