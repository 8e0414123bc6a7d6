-- Merge the CRM line into the shop's
-- dapter:revision   2a755270ca37
-- dapter:revises    58bf64e4fe91, 21b51a368db7
-- dapter:created    2025-05-07T10:00:00Z

-- dapter:upgrade
-- Nothing to do: both lines touched different tables.

-- dapter:downgrade
-- Nothing to undo.
