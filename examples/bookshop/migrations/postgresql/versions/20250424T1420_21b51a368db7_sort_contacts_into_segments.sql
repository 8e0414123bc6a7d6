-- Sort contacts into segments
-- dapter:revision   21b51a368db7
-- dapter:revises    4310392a2d07
-- dapter:created    2025-04-24T14:20:00Z

-- dapter:upgrade
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

-- From here on the shop makes the contact when the customer joins.
CREATE FUNCTION make_contact() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO crm_contacts (customer_id, origin)
    VALUES (NEW.id, 'shop')
    ON CONFLICT (customer_id) DO NOTHING;
    RETURN NULL;
END;
$$;

CREATE TRIGGER customers_make_contact
AFTER INSERT ON customers
FOR EACH ROW EXECUTE FUNCTION make_contact();

-- dapter:downgrade
DROP TRIGGER customers_make_contact ON customers;
DROP FUNCTION make_contact();
DROP VIEW crm_segments;
