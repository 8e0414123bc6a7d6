-- Show the tax in every order line
-- dapter:revision   542ad7e3e95c
-- dapter:revises    8ab771649556
-- dapter:created    2025-11-12T07:30:00Z

-- dapter:upgrade
-- Prices include the tax; half a cent is rounded up. All in one statement, so that the table is
-- copied once.
ALTER TABLE order_lines
    ADD COLUMN tax_permille INT NOT NULL DEFAULT 70 AFTER unit_price_cents,
    ADD COLUMN tax_cents INT GENERATED ALWAYS AS (
        (2 * quantity * unit_price_cents * tax_permille + 1000 + tax_permille) DIV (2 * (1000 + tax_permille))
    ) STORED,
    ADD CONSTRAINT order_lines_tax_check CHECK (tax_permille BETWEEN 0 AND 500);

-- Books are taxed at 7 in 100, audio at 19.
UPDATE order_lines AS l
JOIN books AS b ON b.id = l.book_id
SET l.tax_permille = 190
WHERE b.edition = 'audio';

CREATE OR REPLACE VIEW order_totals AS
SELECT o.id AS order_id,
       o.customer_id,
       o.status,
       o.placed_at,
       o.currency_code,
       COUNT(l.line_no) AS line_count,
       COALESCE(SUM(l.line_total_cents), 0) AS total_cents,
       COALESCE(SUM(l.tax_cents), 0) AS tax_cents
FROM orders AS o
LEFT JOIN order_lines AS l ON l.order_id = o.id
GROUP BY o.id, o.customer_id, o.status, o.placed_at, o.currency_code;

-- dapter:downgrade
CREATE OR REPLACE VIEW order_totals AS
SELECT o.id AS order_id,
       o.customer_id,
       o.status,
       o.placed_at,
       o.currency_code,
       COUNT(l.line_no) AS line_count,
       COALESCE(SUM(l.line_total_cents), 0) AS total_cents
FROM orders AS o
LEFT JOIN order_lines AS l ON l.order_id = o.id
GROUP BY o.id, o.customer_id, o.status, o.placed_at, o.currency_code;

ALTER TABLE order_lines
    DROP CONSTRAINT order_lines_tax_check,
    DROP COLUMN tax_cents,
    DROP COLUMN tax_permille;
