-- Create warehouses and stock levels
-- dapter:revision   3e5fba504b44
-- dapter:revises    a55438d062f0
-- dapter:created    2025-01-27T08:55:00Z

-- dapter:upgrade
CREATE TABLE warehouses (
    id   INT NOT NULL PRIMARY KEY,
    code VARCHAR(10) NOT NULL,
    name VARCHAR(100) NOT NULL,
    UNIQUE KEY warehouses_code_key (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
INSERT INTO warehouses (id, code, name) VALUES
    (1, 'MAIN', 'Main warehouse; dock A'),
    (2, 'SHOP', 'Shop floor');

CREATE TABLE stock_levels (
    warehouse_id INT NOT NULL,
    book_id      INT NOT NULL,
    on_hand      INT NOT NULL DEFAULT 0,
    reserved     INT NOT NULL DEFAULT 0,
    PRIMARY KEY (warehouse_id, book_id),
    KEY stock_levels_book_id_idx (book_id),
    CONSTRAINT stock_levels_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouses (id),
    CONSTRAINT stock_levels_book_id_fkey FOREIGN KEY (book_id) REFERENCES books (id),
    CONSTRAINT stock_levels_on_hand_check CHECK (on_hand >= 0),
    CONSTRAINT stock_levels_reserved_check CHECK (reserved >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- dapter:downgrade
DROP TABLE stock_levels;
DROP TABLE warehouses;
