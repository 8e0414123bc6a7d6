-- Report sales by day and month
-- dapter:revision   8ab771649556
-- dapter:revises    b4f4d25487fe
-- dapter:created    2025-10-21T20:15:00Z

-- dapter:upgrade
-- Filled every night; the report over all orders had become slow.
CREATE TABLE daily_sales (
    sold_on     DATE NOT NULL PRIMARY KEY,
    order_count INT NOT NULL,
    total_cents BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE PROCEDURE refresh_daily_sales()
MODIFIES SQL DATA
BEGIN
    REPLACE INTO daily_sales (sold_on, order_count, total_cents)
    SELECT DATE(placed_at), COUNT(*), SUM(total_cents)
    FROM order_totals
    WHERE status NOT IN ('placed', 'cancelled')
    GROUP BY DATE(placed_at);
END;

CALL refresh_daily_sales();

CREATE EVENT refresh_daily_sales_nightly
ON SCHEDULE EVERY 1 DAY STARTS '2025-10-22 03:00:00'
COMMENT 'when the shop sleeps; it never quite does'
DO BEGIN
    CALL refresh_daily_sales();
END;

CREATE VIEW monthly_sales AS
SELECT sold_month,
       order_count,
       total_cents,
       SUM(total_cents) OVER (PARTITION BY LEFT(sold_month, 4) ORDER BY sold_month) AS year_to_date_cents,
       total_cents - LAG(total_cents) OVER (ORDER BY sold_month) AS change_cents
FROM (
    SELECT LEFT(sold_on, 7) AS sold_month,
           SUM(order_count) AS order_count,
           SUM(total_cents) AS total_cents
    FROM daily_sales
    GROUP BY LEFT(sold_on, 7)
) AS monthly;

-- dapter:downgrade
DROP VIEW monthly_sales;
DROP EVENT refresh_daily_sales_nightly;
DROP PROCEDURE refresh_daily_sales;
DROP TABLE daily_sales;
