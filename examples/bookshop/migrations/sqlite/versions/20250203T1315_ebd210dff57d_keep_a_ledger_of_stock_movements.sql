-- Keep a ledger of stock movements
-- dapter:revision   ebd210dff57d
-- dapter:revises    3e5fba504b44
-- dapter:created    2025-02-03T13:15:00Z

-- dapter:upgrade
-- The ledger is the truth and stock_levels its running total: triggers keep them in step,
-- whoever writes. Rows are only ever added.
CREATE TABLE stock_movements (
    id           INTEGER PRIMARY KEY,
    warehouse_id INTEGER NOT NULL REFERENCES warehouses (id),
    book_id      INTEGER NOT NULL REFERENCES books (id),
    kind         TEXT NOT NULL,
    quantity     INTEGER NOT NULL,
    note         TEXT,
    moved_at     TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT stock_movements_kind_check
        CHECK (kind IN ('count', 'receipt', 'sale', 'return', 'correction')),
    CONSTRAINT stock_movements_quantity_check CHECK (quantity <> 0)
) STRICT;
CREATE INDEX stock_movements_book_id_idx ON stock_movements (book_id, moved_at);

CREATE TRIGGER stock_movements_check_sign
BEFORE INSERT ON stock_movements
BEGIN
    SELECT CASE
        WHEN NEW.kind = 'sale' AND NEW.quantity > 0
            THEN RAISE(ABORT, 'a sale takes books away; its quantity is negative')
        WHEN NEW.kind IN ('receipt', 'return') AND NEW.quantity < 0
            THEN RAISE(ABORT, 'a receipt or return brings books in; its quantity is positive')
    END;
END;

-- Not one INSERT … ON CONFLICT DO UPDATE: SQLite would check on_hand >= 0 on the row to be
-- inserted, and so refuse every sale, before it saw the conflict.
CREATE TRIGGER stock_movements_apply
AFTER INSERT ON stock_movements
BEGIN
    INSERT INTO stock_levels (warehouse_id, book_id)
    VALUES (NEW.warehouse_id, NEW.book_id)
    ON CONFLICT (warehouse_id, book_id) DO NOTHING;
    UPDATE stock_levels
    SET on_hand = on_hand + NEW.quantity
    WHERE warehouse_id = NEW.warehouse_id AND book_id = NEW.book_id;
END;

CREATE TRIGGER stock_movements_no_update
BEFORE UPDATE ON stock_movements
BEGIN
    SELECT RAISE(ABORT, 'stock movements are never changed; enter a correction instead');
END;

CREATE TRIGGER stock_movements_no_delete
BEFORE DELETE ON stock_movements
BEGIN
    SELECT RAISE(ABORT, 'stock movements are never deleted; enter a correction instead');
END;

-- dapter:downgrade
-- Takes its triggers with it.
DROP TABLE stock_movements;
