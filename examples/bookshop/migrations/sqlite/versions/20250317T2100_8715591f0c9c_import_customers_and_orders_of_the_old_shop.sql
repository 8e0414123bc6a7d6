-- Import customers and orders of the old shop
-- dapter:revision   8715591f0c9c
-- dapter:revises    87c8475b04e7
-- dapter:created    2025-03-17T21:00:00Z

-- dapter:upgrade
-- legacy_number marks what came from the old shop; everything below hangs on it.

WITH RECURSIVE counter (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 2500
),
named (n, given_name, family_name) AS (
    SELECT n,
           json_extract('["Alice","Ben","Carla","Dan","Eva","Finn","Gina","Hal","Iris","Jon"]', '$[' || (n % 10) || ']'),
           json_extract('["Archer","Baker","Carter","Dyer","Fisher","Glover","Mason","Porter","Sawyer","Turner","Weaver"]',
                        '$[' || (n / 10 % 11) || ']')
    FROM counter
)
INSERT INTO customers (email, full_name, joined_at, legacy_number)
SELECT given_name || '.' || family_name || n || '@example.com',
       given_name || ' ' || family_name,
       datetime('2021-01-01', '+' || ((n * 7) % 1400) || ' days', '+' || ((n * 97) % 1440) || ' minutes'),
       n
FROM named;

WITH RECURSIVE counter (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 7500
)
INSERT INTO orders (customer_id, status, placed_at, legacy_number)
SELECT c.id,
       CASE
           WHEN n % 20 = 0 THEN 'cancelled'
           WHEN n > 7450 THEN 'placed'
           WHEN n > 7400 THEN 'paid'
           WHEN n > 7300 THEN 'shipped'
           ELSE 'completed'
       END,
       datetime('2023-10-01', '+' || (n * 100) || ' minutes'),
       n
FROM counter
JOIN customers AS c ON c.legacy_number = 1 + (n * 29 + n % 2 * (n / 3)) % 2500
ORDER BY n;

-- One to three lines an order, at the price of the day of the import.
WITH line (line_no) AS (
    VALUES (1), (2), (3)
)
INSERT INTO order_lines (order_id, line_no, book_id, quantity, unit_price_cents)
SELECT o.id, line.line_no, b.id, 1 + (o.legacy_number + line.line_no) % 9 / 7, b.price_cents
FROM orders AS o
JOIN line ON line.line_no <= 1 + o.legacy_number % 3
JOIN books AS b ON b.id = 1 + (o.legacy_number * 37 + line.line_no * 1013) % 6000
WHERE o.legacy_number IS NOT NULL
ORDER BY o.id, line.line_no;

-- dapter:downgrade
DELETE FROM order_events
WHERE order_id IN (SELECT id FROM orders WHERE legacy_number IS NOT NULL);
DELETE FROM order_lines
WHERE order_id IN (SELECT id FROM orders WHERE legacy_number IS NOT NULL);
DELETE FROM orders WHERE legacy_number IS NOT NULL;

-- Whoever has ordered here since, or left an address, stays a customer.
DELETE FROM customers
WHERE legacy_number IS NOT NULL
  AND id NOT IN (SELECT customer_id FROM orders)
  AND id NOT IN (SELECT customer_id FROM addresses);
