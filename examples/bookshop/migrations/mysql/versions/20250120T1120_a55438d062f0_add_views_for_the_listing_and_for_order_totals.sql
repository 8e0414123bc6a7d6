-- Add views for the listing and for order totals
-- dapter:revision   a55438d062f0
-- dapter:revises    db2be1f92d4d
-- dapter:created    2025-01-20T11:20:00Z

-- dapter:upgrade
CREATE VIEW book_listing AS
SELECT b.id,
       b.isbn13,
       b.title,
       b.subtitle,
       b.blurb,
       b.price_cents,
       p.name AS publisher,
       (SELECT GROUP_CONCAT(a.name ORDER BY ba.author_no SEPARATOR '; ')
        FROM book_authors AS ba
        JOIN authors AS a ON a.id = ba.author_id
        WHERE ba.book_id = b.id) AS authors
FROM books AS b
JOIN publishers AS p ON p.id = b.publisher_id;

CREATE VIEW order_totals AS
SELECT o.id AS order_id,
       o.customer_id,
       o.status,
       o.placed_at,
       COUNT(l.line_no) AS line_count,
       COALESCE(SUM(l.line_total_cents), 0) AS total_cents
FROM orders AS o
LEFT JOIN order_lines AS l ON l.order_id = o.id
GROUP BY o.id, o.customer_id, o.status, o.placed_at;

-- dapter:downgrade
DROP VIEW order_totals;
DROP VIEW book_listing;
