-- Award loyalty points for completed orders
-- dapter:revision   856208b069ed
-- dapter:revises    8715591f0c9c
-- dapter:created    2025-03-28T10:25:00Z

-- dapter:upgrade
CREATE TABLE loyalty_accounts (
    customer_id INTEGER PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
    points      INTEGER NOT NULL DEFAULT 0,
    level       TEXT GENERATED ALWAYS AS (
        CASE WHEN points >= 200 THEN 'gold' WHEN points >= 100 THEN 'silver' ELSE 'paper' END
    ) VIRTUAL,
    CONSTRAINT loyalty_accounts_points_check CHECK (points >= 0)
) WITHOUT ROWID;

-- One point for each whole euro of an order, also for the orders of the past.
INSERT INTO loyalty_accounts (customer_id, points)
SELECT customer_id, sum(total_cents / 100)
FROM order_totals
WHERE status = 'completed'
GROUP BY customer_id;

CREATE TRIGGER orders_award_points
AFTER UPDATE OF status ON orders
WHEN NEW.status = 'completed' AND OLD.status <> 'completed'
BEGIN
    INSERT INTO loyalty_accounts (customer_id, points)
    VALUES (NEW.customer_id, 0)
    ON CONFLICT (customer_id) DO NOTHING;
    UPDATE loyalty_accounts
    SET points = points + (SELECT t.total_cents / 100 FROM order_totals AS t WHERE t.order_id = NEW.id)
    WHERE customer_id = NEW.customer_id;
END;

-- dapter:downgrade
DROP TRIGGER orders_award_points;
DROP TABLE loyalty_accounts;
