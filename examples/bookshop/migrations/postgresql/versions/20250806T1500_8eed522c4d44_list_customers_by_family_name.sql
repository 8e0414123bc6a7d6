-- List customers by family name
-- dapter:revision   8eed522c4d44
-- dapter:revises    82896572e16b
-- dapter:created    2025-08-06T15:00:00Z

-- dapter:upgrade
-- Computed, so that no import and no form can forget it. One-word names sort as they are.
ALTER TABLE customers ADD COLUMN sort_name text GENERATED ALWAYS AS (
    CASE
        WHEN strpos(full_name, ' ') = 0 THEN full_name
        ELSE substr(full_name, strpos(full_name, ' ') + 1) || ', ' || split_part(full_name, ' ', 1)
    END
) STORED;
CREATE INDEX customers_sort_name_idx ON customers (lower(sort_name));

-- dapter:downgrade
DROP INDEX customers_sort_name_idx;
ALTER TABLE customers DROP COLUMN sort_name;
