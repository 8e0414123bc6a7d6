-- Report sales by day and month
-- dapter:revision   8ab771649556
-- dapter:revises    b4f4d25487fe
-- dapter:created    2025-10-21T20:15:00Z

-- dapter:upgrade
-- Refreshed by a job every night; the report over all orders had become slow. The days are
-- those of UTC, whoever refreshes.
CREATE MATERIALIZED VIEW daily_sales AS
SELECT sold_on,
       count(*) AS order_count,
       sum(total_cents)::bigint AS total_cents
FROM (
    SELECT (o.placed_at AT TIME ZONE 'UTC')::date AS sold_on,
           (SELECT coalesce(sum(l.line_total_cents), 0) FROM order_lines AS l WHERE l.order_id = o.id) AS total_cents
    FROM orders AS o
    WHERE o.status NOT IN ('placed', 'cancelled')
) AS sold
GROUP BY sold_on;

-- REFRESH … CONCURRENTLY asks for a unique index.
CREATE UNIQUE INDEX daily_sales_sold_on_key ON daily_sales (sold_on);

CREATE VIEW monthly_sales AS
SELECT sold_month,
       order_count,
       total_cents,
       sum(total_cents) OVER (PARTITION BY date_part('year', sold_month) ORDER BY sold_month) AS year_to_date_cents,
       total_cents - lag(total_cents) OVER (ORDER BY sold_month) AS change_cents
FROM (
    SELECT date_trunc('month', sold_on::timestamp)::date AS sold_month,
           sum(order_count) AS order_count,
           sum(total_cents) AS total_cents
    FROM daily_sales
    GROUP BY 1
) AS monthly;

-- dapter:downgrade
DROP VIEW monthly_sales;
DROP MATERIALIZED VIEW daily_sales;
