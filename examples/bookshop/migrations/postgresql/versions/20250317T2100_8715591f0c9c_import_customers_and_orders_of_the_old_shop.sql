-- Import customers and orders of the old shop
-- dapter:revision   8715591f0c9c
-- dapter:revises    87c8475b04e7
-- dapter:created    2025-03-17T21:00:00Z

-- dapter:upgrade
-- legacy_number marks what came from the old shop; everything below hangs on it.

-- Minutes, not days: how long a day is depends on the session's time zone.
INSERT INTO customers (email, full_name, joined_at, legacy_number)
SELECT format('%s.%s%s@example.com', given_name, family_name, n),
       given_name || ' ' || family_name,
       timestamptz '2021-01-01 00:00:00+00' + make_interval(mins => (n * 7) % 1400 * 1440 + (n * 97) % 1440),
       n
FROM generate_series(1, 2500) AS n
CROSS JOIN LATERAL (
    SELECT (ARRAY['Alice', 'Ben', 'Carla', 'Dan', 'Eva', 'Finn', 'Gina', 'Hal', 'Iris', 'Jon'])[1 + n % 10] AS given_name,
           (ARRAY['Archer', 'Baker', 'Carter', 'Dyer', 'Fisher', 'Glover',
                  'Mason', 'Porter', 'Sawyer', 'Turner', 'Weaver'])[1 + n / 10 % 11] AS family_name
) AS named
ORDER BY n;

INSERT INTO orders (customer_id, status, placed_at, legacy_number)
SELECT c.id,
       (CASE
           WHEN n % 20 = 0 THEN 'cancelled'
           WHEN n > 7450 THEN 'placed'
           WHEN n > 7400 THEN 'paid'
           WHEN n > 7300 THEN 'shipped'
           ELSE 'completed'
       END)::order_status,
       timestamptz '2023-10-01 00:00:00+00' + make_interval(mins => n * 100),
       n
FROM generate_series(1, 7500) AS n
JOIN customers AS c ON c.legacy_number = 1 + (n * 29 + n % 2 * (n / 3)) % 2500
ORDER BY n;

-- One to three lines an order, at the price of the day of the import.
INSERT INTO order_lines (order_id, line_no, book_id, quantity, unit_price_cents)
SELECT o.id, line_no, b.id, 1 + (o.legacy_number + line_no) % 9 / 7, b.price_cents
FROM orders AS o
CROSS JOIN LATERAL generate_series(1, 1 + o.legacy_number % 3) AS line_no
JOIN books AS b ON b.id = 1 + (o.legacy_number * 37 + line_no * 1013) % 6000
WHERE o.legacy_number IS NOT NULL
ORDER BY o.id, line_no;

-- dapter:downgrade
-- Their lines and events go with them.
DELETE FROM orders WHERE legacy_number IS NOT NULL;

-- Whoever has ordered here since, or left an address, stays a customer.
DELETE FROM customers
WHERE legacy_number IS NOT NULL
  AND id NOT IN (SELECT customer_id FROM orders)
  AND id NOT IN (SELECT customer_id FROM addresses);

SELECT setval(pg_get_serial_sequence('orders', 'id'), coalesce(max(id), 0) + 1, false) FROM orders;
SELECT setval(pg_get_serial_sequence('customers', 'id'), coalesce(max(id), 0) + 1, false) FROM customers;
