-- Enter the opening count of the main warehouse
-- dapter:revision   ff6fb65e9f86
-- dapter:revises    ebd210dff57d
-- dapter:created    2025-02-10T18:00:00Z

-- dapter:upgrade
-- One movement per catalogue title; the trigger on the ledger fills stock_levels.
INSERT INTO stock_movements (warehouse_id, book_id, kind, quantity, note, moved_at)
SELECT 1, id, 'count', 3 + (id * 17) % 40, 'opening count', '2025-02-09 20:00:00+00'
FROM books
WHERE id <= 6000 AND edition <> 'audio'
ORDER BY id;

-- The shop floor shows one copy of every fifth title.
INSERT INTO stock_movements (warehouse_id, book_id, kind, quantity, note, moved_at)
SELECT 2, id, 'count', 1, 'opening count', '2025-02-09 20:00:00+00'
FROM books
WHERE id <= 6000 AND edition <> 'audio' AND id % 5 = 1
ORDER BY id;

-- The count is worth nothing if ledger and levels disagree from the first day.
DO $check$
DECLARE
    difference bigint;
BEGIN
    SELECT (SELECT coalesce(sum(quantity), 0) FROM stock_movements)
         - (SELECT coalesce(sum(on_hand), 0) FROM stock_levels)
    INTO difference;
    IF difference <> 0 THEN
        RAISE EXCEPTION 'ledger and levels differ by % copies; nothing is entered', difference;
    END IF;
END;
$check$;

-- dapter:downgrade
-- The ledger refuses deletion; taking a count back is the one time it must not.
ALTER TABLE stock_movements DISABLE TRIGGER stock_movements_no_delete;

-- Copies of the count may have been sold since, hence greatest(0, …).
UPDATE stock_levels AS s
SET on_hand = greatest(0, s.on_hand - m.quantity)
FROM stock_movements AS m
WHERE m.warehouse_id = s.warehouse_id
  AND m.book_id = s.book_id
  AND m.note = 'opening count';
DELETE FROM stock_movements WHERE note = 'opening count';
DELETE FROM stock_levels AS s
WHERE s.on_hand = 0
  AND s.reserved = 0
  AND NOT EXISTS (
      SELECT 1
      FROM stock_movements AS m
      WHERE m.warehouse_id = s.warehouse_id AND m.book_id = s.book_id
  );

ALTER TABLE stock_movements ENABLE TRIGGER stock_movements_no_delete;
SELECT setval(pg_get_serial_sequence('stock_movements', 'id'), coalesce(max(id), 0) + 1, false) FROM stock_movements;
