-- Let the database file give space back
-- dapter:revision   c5e1208984a8
-- dapter:revises    84ecee62869b
-- dapter:created    2025-06-11T22:30:00Z
-- dapter:transaction none

-- dapter:upgrade
-- The imports left these tables half empty, and their statistics old. The two servers go apart
-- in how they note how often each value occurs. All of this can be repeated without harm.
ALTER TABLE order_lines STATS_SAMPLE_PAGES = 64;
OPTIMIZE TABLE orders, order_lines;
ANALYZE TABLE orders /*!80000 UPDATE HISTOGRAM ON status WITH 8 BUCKETS */ /*M!100400 PERSISTENT FOR COLUMNS (status) INDEXES () */;

-- dapter:downgrade
ALTER TABLE order_lines STATS_SAMPLE_PAGES = DEFAULT;
/*!80000 ANALYZE TABLE orders DROP HISTOGRAM ON status */;
ANALYZE TABLE orders, order_lines;
