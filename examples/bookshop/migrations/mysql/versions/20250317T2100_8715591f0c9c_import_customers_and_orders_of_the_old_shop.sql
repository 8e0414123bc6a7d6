-- Import customers and orders of the old shop
-- dapter:revision   8715591f0c9c
-- dapter:revises    87c8475b04e7
-- dapter:created    2025-03-17T21:00:00Z

-- dapter:upgrade
-- legacy_number marks what came from the old shop; everything below hangs on it.

INSERT INTO customers (email, full_name, joined_at, legacy_number)
WITH RECURSIVE counter (n) AS (
    SELECT 0 UNION ALL SELECT n + 1 FROM counter WHERE n < 999
),
numbered (n) AS (
    SELECT 1 + 1000 * thousand.n + one.n FROM counter AS one JOIN counter AS thousand ON thousand.n < 3
),
named (n, given_name, family_name) AS (
    SELECT n,
           ELT(1 + n % 10, 'Alice', 'Ben', 'Carla', 'Dan', 'Eva', 'Finn', 'Gina', 'Hal', 'Iris', 'Jon'),
           ELT(1 + n DIV 10 % 11, 'Archer', 'Baker', 'Carter', 'Dyer', 'Fisher', 'Glover',
               'Mason', 'Porter', 'Sawyer', 'Turner', 'Weaver')
    FROM numbered
    WHERE n <= 2500
)
SELECT CONCAT(given_name, '.', family_name, n, '@example.com'),
       CONCAT(given_name, ' ', family_name),
       TIMESTAMP '2021-01-01 00:00:00' + INTERVAL (n * 7 % 1400 * 1440 + n * 97 % 1440) MINUTE,
       n
FROM named
ORDER BY n;

INSERT INTO orders (customer_id, status, placed_at, legacy_number)
WITH RECURSIVE counter (n) AS (
    SELECT 0 UNION ALL SELECT n + 1 FROM counter WHERE n < 999
),
numbered (n) AS (
    SELECT 1 + 1000 * thousand.n + one.n FROM counter AS one JOIN counter AS thousand ON thousand.n < 8
)
SELECT c.id,
       CASE
           WHEN n % 20 = 0 THEN 'cancelled'
           WHEN n > 7450 THEN 'placed'
           WHEN n > 7400 THEN 'paid'
           WHEN n > 7300 THEN 'shipped'
           ELSE 'completed'
       END,
       TIMESTAMP '2023-10-01 00:00:00' + INTERVAL (n * 100) MINUTE,
       n
FROM numbered
JOIN customers AS c ON c.legacy_number = 1 + (n * 29 + n % 2 * (n DIV 3)) % 2500
WHERE n <= 7500
ORDER BY n;

-- One to three lines an order, at the price of the day of the import.
INSERT INTO order_lines (order_id, line_no, book_id, quantity, unit_price_cents)
SELECT o.id, line.line_no, b.id, 1 + (o.legacy_number + line.line_no) % 9 DIV 7, b.price_cents
FROM orders AS o
JOIN (SELECT 1 AS line_no UNION ALL SELECT 2 UNION ALL SELECT 3) AS line ON line.line_no <= 1 + o.legacy_number % 3
JOIN books AS b ON b.id = 1 + (o.legacy_number * 37 + line.line_no * 1013) % 6000
WHERE o.legacy_number IS NOT NULL
ORDER BY o.id, line.line_no;

-- Such an INSERT sets more numbers aside than it uses. 1 means: the first after those in use.
ALTER TABLE customers AUTO_INCREMENT = 1;
ALTER TABLE orders AUTO_INCREMENT = 1;

-- dapter:downgrade
-- Their lines and events go with them.
DELETE FROM orders WHERE legacy_number IS NOT NULL;

-- Whoever has ordered here since, or left an address, stays a customer.
DELETE FROM customers
WHERE legacy_number IS NOT NULL
  AND id NOT IN (SELECT customer_id FROM orders)
  AND id NOT IN (SELECT customer_id FROM addresses);

ALTER TABLE orders AUTO_INCREMENT = 1;
ALTER TABLE customers AUTO_INCREMENT = 1;
