-- Award loyalty points for completed orders
-- dapter:revision   856208b069ed
-- dapter:revises    8715591f0c9c
-- dapter:created    2025-03-28T10:25:00Z

-- dapter:upgrade
-- Parsed once, when it is created, so the semicolons of its body belong to it.
CREATE FUNCTION loyalty_level(points integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN points >= 200 THEN 'gold' WHEN points >= 100 THEN 'silver' ELSE 'paper' END;
END;

CREATE TABLE loyalty_accounts (
    customer_id integer PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
    points      integer NOT NULL DEFAULT 0,
    level       text GENERATED ALWAYS AS (loyalty_level(points)) STORED,
    CONSTRAINT loyalty_accounts_points_check CHECK (points >= 0)
);

-- One point for each whole euro of an order, also for the orders of the past.
INSERT INTO loyalty_accounts (customer_id, points)
SELECT customer_id, sum(total_cents / 100)
FROM order_totals
WHERE status = 'completed'
GROUP BY customer_id
ORDER BY customer_id;

CREATE FUNCTION award_points() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO loyalty_accounts AS a (customer_id, points)
    SELECT t.customer_id, t.total_cents / 100 FROM order_totals AS t WHERE t.order_id = NEW.id
    ON CONFLICT (customer_id) DO UPDATE SET points = a.points + excluded.points;
    RETURN NULL;
END;
$$;

CREATE TRIGGER orders_award_points
AFTER UPDATE OF status ON orders
FOR EACH ROW
WHEN (NEW.status = 'completed' AND OLD.status <> 'completed')
EXECUTE FUNCTION award_points();

-- dapter:downgrade
DROP TRIGGER orders_award_points ON orders;
DROP FUNCTION award_points();
DROP TABLE loyalty_accounts;
DROP FUNCTION loyalty_level(integer);
