-- Give orders a currency and let them be returned
-- dapter:revision   28d6fde3a0fa
-- dapter:revises    2a755270ca37
-- dapter:created    2025-05-12T07:40:00Z

-- dapter:upgrade
-- A new value can be used only when the statement that adds it is committed, so dapter runs
-- this script statement by statement.
ALTER TYPE order_status ADD VALUE 'returned' BEFORE 'cancelled';
CREATE INDEX orders_returned_idx ON orders (customer_id) WHERE status = 'returned';

CREATE DOMAIN currency AS text
    CONSTRAINT currency_check CHECK (VALUE IN ('EUR', 'GBP', 'USD'));
ALTER TABLE orders ADD COLUMN currency_code currency NOT NULL DEFAULT 'EUR';

-- A view can be given more columns in place, at its end; crm_segments does not notice.
CREATE OR REPLACE VIEW order_totals AS
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

-- dapter:downgrade
-- A view loses no column in place, and an enum no value: what names the type steps aside, the
-- column moves to a type made anew, and all of it comes back.
DROP VIEW crm_segments;
DROP VIEW order_totals;
DROP INDEX orders_returned_idx;
DROP INDEX orders_open_idx;
DROP TRIGGER orders_award_points ON orders;
DROP TRIGGER orders_log_status ON orders;

ALTER TABLE orders DROP COLUMN currency_code;
DROP DOMAIN currency;

-- The old states know no return; before, a returned order simply stayed completed.
ALTER TYPE order_status RENAME TO order_status_with_returned;
CREATE TYPE order_status AS ENUM ('placed', 'paid', 'shipped', 'completed', 'cancelled');
ALTER TABLE orders
    ALTER COLUMN status DROP DEFAULT,
    ALTER COLUMN status TYPE order_status
        USING (CASE status WHEN 'returned' THEN 'completed' ELSE status::text END)::order_status,
    ALTER COLUMN status SET DEFAULT 'placed';
DROP TYPE order_status_with_returned;

CREATE INDEX orders_open_idx ON orders (placed_at) WHERE status IN ('placed', 'paid');

CREATE VIEW order_totals AS
SELECT o.id AS order_id,
       o.customer_id,
       o.status,
       o.placed_at,
       count(l.line_no) AS line_count,
       coalesce(sum(l.line_total_cents), 0) AS total_cents
FROM orders AS o
LEFT JOIN order_lines AS l ON l.order_id = o.id
GROUP BY o.id, o.customer_id, o.status, o.placed_at;

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

CREATE TRIGGER orders_log_status
AFTER UPDATE OF status ON orders
FOR EACH ROW
WHEN (NEW.status <> OLD.status)
EXECUTE FUNCTION log_order_status();

CREATE TRIGGER orders_award_points
AFTER UPDATE OF status ON orders
FOR EACH ROW
WHEN (NEW.status = 'completed' AND OLD.status <> 'completed')
EXECUTE FUNCTION award_points();
