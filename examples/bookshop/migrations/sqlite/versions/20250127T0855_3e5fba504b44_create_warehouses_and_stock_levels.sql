-- Create warehouses and stock levels
-- dapter:revision   3e5fba504b44
-- dapter:revises    a55438d062f0
-- dapter:created    2025-01-27T08:55:00Z

-- dapter:upgrade
CREATE TABLE warehouses (
    id   INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT warehouses_code_key UNIQUE (code)
);
INSERT INTO warehouses (id, code, name) VALUES
    (1, 'MAIN', 'Main warehouse; dock A'),
    (2, 'SHOP', 'Shop floor');

-- Looked up by its whole key and by nothing else, so the key is the table.
CREATE TABLE stock_levels (
    warehouse_id INTEGER NOT NULL REFERENCES warehouses (id),
    book_id      INTEGER NOT NULL REFERENCES books (id),
    on_hand      INTEGER NOT NULL DEFAULT 0,
    reserved     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (warehouse_id, book_id),
    CONSTRAINT stock_levels_on_hand_check CHECK (on_hand >= 0),
    CONSTRAINT stock_levels_reserved_check CHECK (reserved >= 0)
) WITHOUT ROWID;
CREATE INDEX stock_levels_book_id_idx ON stock_levels (book_id);

-- dapter:downgrade
DROP TABLE stock_levels;
DROP TABLE warehouses;
