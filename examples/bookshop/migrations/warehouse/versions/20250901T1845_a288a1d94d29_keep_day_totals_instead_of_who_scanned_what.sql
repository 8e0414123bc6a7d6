-- Keep day totals instead of who scanned what
-- dapter:revision   a288a1d94d29
-- dapter:revises    db5478cc20f9
-- dapter:created    2025-09-01T18:45:00Z
-- dapter:irreversible "the single scans are gone on purpose; only their totals by day are kept"

-- dapter:upgrade
-- The works council and the shop agreed to keep no record of a single person's pace.
CREATE TABLE daily_scans (
    scanner_id INTEGER NOT NULL REFERENCES scanners (id),
    isbn13     TEXT NOT NULL,
    scanned_on TEXT NOT NULL,
    scan_count INTEGER NOT NULL,
    PRIMARY KEY (scanner_id, isbn13, scanned_on),
    CONSTRAINT daily_scans_scan_count_check CHECK (scan_count > 0)
) STRICT, WITHOUT ROWID;

INSERT INTO daily_scans (scanner_id, isbn13, scanned_on, scan_count)
SELECT scanner_id, isbn13, date(scanned_at), count(*)
FROM scans
GROUP BY scanner_id, isbn13, date(scanned_at);

DROP TABLE scans;
