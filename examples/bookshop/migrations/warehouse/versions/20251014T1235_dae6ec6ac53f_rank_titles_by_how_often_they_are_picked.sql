-- Rank titles by how often they are picked
-- dapter:revision   dae6ec6ac53f
-- dapter:revises    a288a1d94d29
-- dapter:created    2025-10-14T12:35:00Z

-- dapter:upgrade
CREATE INDEX daily_scans_isbn13_idx ON daily_scans (isbn13, scanned_on);

CREATE VIEW picked_titles AS
SELECT isbn13,
       sum(scan_count) AS scan_count,
       dense_rank() OVER (ORDER BY sum(scan_count) DESC) AS place
FROM daily_scans
GROUP BY isbn13;

-- dapter:downgrade
DROP VIEW picked_titles;
DROP INDEX daily_scans_isbn13_idx;
