-- Let the database file give space back
-- dapter:revision   c5e1208984a8
-- dapter:revises    84ecee62869b
-- dapter:created    2025-06-11T22:30:00Z
-- dapter:transaction none

-- dapter:upgrade
-- The imports left these tables half empty. FULL gives the space back, and no VACUUM runs in a
-- transaction. All of this can be repeated without harm.
ALTER TABLE order_events SET (autovacuum_vacuum_scale_factor = 0.05);
VACUUM (FULL, ANALYZE) books, orders, order_lines;
VACUUM (ANALYZE) customers, stock_levels, stock_movements;

-- dapter:downgrade
ALTER TABLE order_events RESET (autovacuum_vacuum_scale_factor);
VACUUM (ANALYZE) order_events;
