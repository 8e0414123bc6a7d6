-- Create the scanners and the log of their scans
-- dapter:revision   db5478cc20f9
-- dapter:created    2025-06-04T08:10:00Z

-- dapter:upgrade
CREATE TABLE scanners (
    id     INTEGER PRIMARY KEY,
    label  TEXT NOT NULL,
    CONSTRAINT scanners_label_key UNIQUE (label)
) STRICT;

CREATE TABLE scans (
    id         INTEGER PRIMARY KEY,
    scanner_id INTEGER NOT NULL REFERENCES scanners (id),
    isbn13     TEXT NOT NULL,
    picker     TEXT NOT NULL,
    scanned_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) STRICT;
CREATE INDEX scans_isbn13_idx ON scans (isbn13, scanned_at);

INSERT INTO scanners (id, label) VALUES (1, 'dock A; left'), (2, 'dock A; right'), (3, 'shop floor');

-- The first week's scans, from the devices' memory.
WITH RECURSIVE counter (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 3000
)
INSERT INTO scans (scanner_id, isbn13, picker, scanned_at)
SELECT 1 + n % 3,
       printf('978%010d', (n * 7919) % 60),
       'picker ' || (1 + n % 6),
       datetime('2025-05-26', '+' || (n * 3) || ' minutes')
FROM counter;

-- dapter:downgrade
DROP TABLE scans;
DROP TABLE scanners;
