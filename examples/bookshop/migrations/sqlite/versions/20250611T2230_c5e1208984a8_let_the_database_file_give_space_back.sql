-- Let the database file give space back
-- dapter:revision   c5e1208984a8
-- dapter:revises    84ecee62869b
-- dapter:created    2025-06-11T22:30:00Z
-- dapter:transaction none

-- dapter:upgrade
-- Imports and the rebuild left a third of the file empty. auto_vacuum takes hold with the next
-- VACUUM, and VACUUM runs outside a transaction only. Both can be repeated without harm.
PRAGMA auto_vacuum = INCREMENTAL;
VACUUM;

-- dapter:downgrade
PRAGMA auto_vacuum = NONE;
VACUUM;
