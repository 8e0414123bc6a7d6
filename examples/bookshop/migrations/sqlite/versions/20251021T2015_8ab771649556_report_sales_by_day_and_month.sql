-- Report sales by day and month
-- dapter:revision   8ab771649556
-- dapter:revises    b4f4d25487fe
-- dapter:created    2025-10-21T20:15:00Z

-- dapter:upgrade
-- Filled by a job every night; the report over all orders had become slow.
CREATE TABLE daily_sales (
    sold_on     TEXT PRIMARY KEY,
    order_count INTEGER NOT NULL,
    total_cents INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO daily_sales (sold_on, order_count, total_cents)
SELECT date(placed_at), count(*), sum(total_cents)
FROM order_totals
WHERE status NOT IN ('placed', 'cancelled')
GROUP BY date(placed_at);

CREATE VIEW monthly_sales AS
SELECT sold_month,
       order_count,
       total_cents,
       sum(total_cents) OVER (PARTITION BY substr(sold_month, 1, 4) ORDER BY sold_month) AS year_to_date_cents,
       total_cents - lag(total_cents) OVER (ORDER BY sold_month) AS change_cents
FROM (
    SELECT substr(sold_on, 1, 7) AS sold_month,
           sum(order_count) AS order_count,
           sum(total_cents) AS total_cents
    FROM daily_sales
    GROUP BY substr(sold_on, 1, 7)
);

-- dapter:downgrade
DROP VIEW monthly_sales;
DROP TABLE daily_sales;
