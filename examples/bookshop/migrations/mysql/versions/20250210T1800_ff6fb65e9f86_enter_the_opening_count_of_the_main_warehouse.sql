-- Enter the opening count of the main warehouse
-- dapter:revision   ff6fb65e9f86
-- dapter:revises    ebd210dff57d
-- dapter:created    2025-02-10T18:00:00Z

-- dapter:upgrade
-- One movement per catalogue title; the trigger on the ledger fills stock_levels.
INSERT INTO stock_movements (warehouse_id, book_id, kind, quantity, note, moved_at)
SELECT 1, id, 'count', 3 + (id * 17) % 40, 'opening count', '2025-02-09 20:00:00'
FROM books
WHERE id <= 6000 AND edition <> 'audio'
ORDER BY id;

-- The shop floor shows one copy of every fifth title.
INSERT INTO stock_movements (warehouse_id, book_id, kind, quantity, note, moved_at)
SELECT 2, id, 'count', 1, 'opening count', '2025-02-09 20:00:00'
FROM books
WHERE id <= 6000 AND edition <> 'audio' AND id % 5 = 1
ORDER BY id;

-- Such an INSERT sets more numbers aside than it uses. 1 means: the first after those in use.
ALTER TABLE stock_movements AUTO_INCREMENT = 1;

-- dapter:downgrade
-- The ledger refuses deletion; taking a count back is the one time it must not.
DROP TRIGGER stock_movements_no_delete;

-- Copies of the count may have been sold since, hence GREATEST(0, …).
UPDATE stock_levels AS s
JOIN stock_movements AS m ON m.warehouse_id = s.warehouse_id AND m.book_id = s.book_id
SET s.on_hand = GREATEST(0, s.on_hand - m.quantity)
WHERE m.note = 'opening count';
DELETE FROM stock_movements WHERE note = 'opening count';
DELETE FROM stock_levels
WHERE on_hand = 0
  AND reserved = 0
  AND NOT EXISTS (
      SELECT 1
      FROM stock_movements AS m
      WHERE m.warehouse_id = stock_levels.warehouse_id AND m.book_id = stock_levels.book_id
  );
ALTER TABLE stock_movements AUTO_INCREMENT = 1;

CREATE TRIGGER stock_movements_no_delete
BEFORE DELETE ON stock_movements
FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stock movements are never deleted; enter a correction instead';
