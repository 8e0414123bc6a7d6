-- List customers by family name
-- dapter:revision   8eed522c4d44
-- dapter:revises    82896572e16b
-- dapter:created    2025-08-06T15:00:00Z

-- dapter:upgrade
-- Computed, so that no import and no form can forget it. One-word names sort as they are.
ALTER TABLE customers
    ADD COLUMN sort_name VARCHAR(201) GENERATED ALWAYS AS (
        IF(
            LOCATE(' ', full_name) = 0,
            full_name,
            CONCAT(SUBSTR(full_name, LOCATE(' ', full_name) + 1), ', ', SUBSTR(full_name, 1, LOCATE(' ', full_name) - 1))
        )
    ) VIRTUAL;
CREATE INDEX customers_sort_name_idx ON customers (sort_name);

-- dapter:downgrade
DROP INDEX customers_sort_name_idx ON customers;
ALTER TABLE customers DROP COLUMN sort_name;
