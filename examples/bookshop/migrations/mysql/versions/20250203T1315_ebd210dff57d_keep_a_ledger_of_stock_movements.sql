-- Keep a ledger of stock movements
-- dapter:revision   ebd210dff57d
-- dapter:revises    3e5fba504b44
-- dapter:created    2025-02-03T13:15:00Z

-- dapter:upgrade
-- The ledger is the truth and stock_levels its running total: triggers keep them in step,
-- whoever writes. Rows are only ever added.
CREATE TABLE stock_movements (
    id           BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    warehouse_id INT NOT NULL,
    book_id      INT NOT NULL,
    kind         ENUM('count', 'receipt', 'sale', 'return', 'correction') NOT NULL,
    quantity     INT NOT NULL,
    note         VARCHAR(200),
    moved_at     DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    KEY stock_movements_book_id_idx (book_id, moved_at),
    KEY stock_movements_warehouse_id_idx (warehouse_id),
    CONSTRAINT stock_movements_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouses (id),
    CONSTRAINT stock_movements_book_id_fkey FOREIGN KEY (book_id) REFERENCES books (id),
    CONSTRAINT stock_movements_quantity_check CHECK (quantity <> 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TRIGGER stock_movements_check_sign
BEFORE INSERT ON stock_movements
FOR EACH ROW
BEGIN
    IF NEW.kind = 'sale' AND NEW.quantity > 0 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a sale takes books away; its quantity is negative';
    ELSEIF NEW.kind IN ('receipt', 'return') AND NEW.quantity < 0 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a receipt or return brings books in; its quantity is positive';
    END IF;
END;

-- Not one INSERT … ON DUPLICATE KEY UPDATE: the servers would check on_hand >= 0 on the row to be
-- inserted, and so refuse every sale, before they saw the duplicate.
CREATE TRIGGER stock_movements_apply
AFTER INSERT ON stock_movements
FOR EACH ROW
BEGIN
    INSERT INTO stock_levels (warehouse_id, book_id)
    VALUES (NEW.warehouse_id, NEW.book_id)
    ON DUPLICATE KEY UPDATE on_hand = on_hand;
    UPDATE stock_levels
    SET on_hand = on_hand + NEW.quantity
    WHERE warehouse_id = NEW.warehouse_id AND book_id = NEW.book_id;
END;

CREATE TRIGGER stock_movements_no_update
BEFORE UPDATE ON stock_movements
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stock movements are never changed; enter a correction instead';

CREATE TRIGGER stock_movements_no_delete
BEFORE DELETE ON stock_movements
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stock movements are never deleted; enter a correction instead';

-- dapter:downgrade
-- Takes its triggers with it.
DROP TABLE stock_movements;
