-- Sort contacts into segments
-- dapter:revision   21b51a368db7
-- dapter:revises    4310392a2d07
-- dapter:created    2025-04-24T14:20:00Z

-- dapter:upgrade
CREATE VIEW crm_segments AS
SELECT c.customer_id,
       COUNT(t.order_id) AS order_count,
       COALESCE(SUM(t.total_cents), 0) AS spent_cents,
       MAX(t.placed_at) AS last_order_at,
       CASE
           WHEN COUNT(t.order_id) = 0 THEN 'prospect'
           WHEN COALESCE(SUM(t.total_cents), 0) >= 20000 THEN 'collector'
           WHEN COUNT(t.order_id) >= 4 THEN 'regular'
           ELSE 'occasional'
       END AS segment
FROM crm_contacts AS c
LEFT JOIN order_totals AS t ON t.customer_id = c.customer_id AND t.status <> 'cancelled'
GROUP BY c.customer_id;

-- From here on the shop makes the contact when the customer joins.
CREATE TRIGGER customers_make_contact
AFTER INSERT ON customers
FOR EACH ROW
    INSERT INTO crm_contacts (customer_id, origin) VALUES (NEW.id, 'shop');

-- dapter:downgrade
DROP TRIGGER customers_make_contact;
DROP VIEW crm_segments;
