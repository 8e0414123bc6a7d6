-- Award loyalty points for completed orders
-- dapter:revision   856208b069ed
-- dapter:revises    8715591f0c9c
-- dapter:created    2025-03-28T10:25:00Z

-- dapter:upgrade
CREATE TABLE loyalty_accounts (
    customer_id INT NOT NULL PRIMARY KEY,
    points      INT NOT NULL DEFAULT 0,
    level       VARCHAR(10) GENERATED ALWAYS AS (
        CASE WHEN points >= 200 THEN 'gold' WHEN points >= 100 THEN 'silver' ELSE 'paper' END
    ) VIRTUAL,
    CONSTRAINT loyalty_accounts_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
    CONSTRAINT loyalty_accounts_points_check CHECK (points >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- One point for each whole euro of an order, also for the orders of the past.
CREATE FUNCTION points_of_order(total_cents BIGINT) RETURNS INT
DETERMINISTIC NO SQL
RETURN total_cents DIV 100;

INSERT INTO loyalty_accounts (customer_id, points)
SELECT customer_id, SUM(points_of_order(total_cents))
FROM order_totals
WHERE status = 'completed'
GROUP BY customer_id;

CREATE TRIGGER orders_award_points
AFTER UPDATE ON orders
FOR EACH ROW
BEGIN
    DECLARE earned INT DEFAULT 0;
    IF NEW.status = 'completed' AND OLD.status <> 'completed' THEN
        SELECT COALESCE(points_of_order(SUM(l.line_total_cents)), 0) INTO earned
        FROM order_lines AS l
        WHERE l.order_id = NEW.id;
        INSERT INTO loyalty_accounts (customer_id, points)
        VALUES (NEW.customer_id, earned)
        ON DUPLICATE KEY UPDATE points = points + earned;
    END IF;
END;

-- dapter:downgrade
DROP TRIGGER orders_award_points;
DROP FUNCTION points_of_order;
DROP TABLE loyalty_accounts;
