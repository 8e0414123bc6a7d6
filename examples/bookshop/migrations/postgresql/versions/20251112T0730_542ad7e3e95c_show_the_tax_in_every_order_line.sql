-- Show the tax in every order line
-- dapter:revision   542ad7e3e95c
-- dapter:revises    8ab771649556
-- dapter:created    2025-11-12T07:30:00Z

-- dapter:upgrade
-- Books are taxed at 7 in 100, audio at 19.
ALTER TABLE order_lines ADD COLUMN tax_permille integer NOT NULL DEFAULT 70;
UPDATE order_lines AS l
SET tax_permille = 190
FROM books AS b
WHERE b.id = l.book_id AND b.edition = 'audio';

-- Prices include the tax; half a cent is rounded up.
ALTER TABLE order_lines
    ADD CONSTRAINT order_lines_tax_check CHECK (tax_permille BETWEEN 0 AND 500),
    ADD COLUMN tax_cents integer GENERATED ALWAYS AS (
        (2 * quantity * unit_price_cents * tax_permille + 1000 + tax_permille) / (2 * (1000 + tax_permille))
    ) STORED;

CREATE OR REPLACE VIEW order_totals AS
SELECT o.id AS order_id,
       o.customer_id,
       o.status,
       o.placed_at,
       count(l.line_no) AS line_count,
       coalesce(sum(l.line_total_cents), 0) AS total_cents,
       o.currency_code,
       coalesce(sum(l.tax_cents), 0) AS tax_cents
FROM orders AS o
LEFT JOIN order_lines AS l ON l.order_id = o.id
GROUP BY o.id, o.customer_id, o.status, o.placed_at, o.currency_code;

-- dapter:downgrade
-- A view loses no column in place.
DROP VIEW crm_segments;
DROP VIEW order_totals;

ALTER TABLE order_lines
    DROP COLUMN tax_cents,
    DROP COLUMN tax_permille;

CREATE VIEW order_totals AS
SELECT o.id AS order_id,
       o.customer_id,
       o.status,
       o.placed_at,
       count(l.line_no) AS line_count,
       coalesce(sum(l.line_total_cents), 0) AS total_cents,
       o.currency_code
FROM orders AS o
LEFT JOIN order_lines AS l ON l.order_id = o.id
GROUP BY o.id, o.customer_id, o.status, o.placed_at, o.currency_code;

CREATE VIEW crm_segments AS
SELECT c.customer_id,
       count(t.order_id) AS order_count,
       coalesce(sum(t.total_cents), 0) AS spent_cents,
       max(t.placed_at) AS last_order_at,
       CASE
           WHEN count(t.order_id) = 0 THEN 'prospect'
           WHEN coalesce(sum(t.total_cents), 0) >= 20000 THEN 'collector'
           WHEN count(t.order_id) >= 4 THEN 'regular'
           ELSE 'occasional'
       END AS segment
FROM crm_contacts AS c
LEFT JOIN order_totals AS t ON t.customer_id = c.customer_id AND t.status <> 'cancelled'
GROUP BY c.customer_id;
