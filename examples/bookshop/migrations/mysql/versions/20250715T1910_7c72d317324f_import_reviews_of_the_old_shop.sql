-- Import reviews of the old shop
-- dapter:revision   7c72d317324f
-- dapter:revises    fa9ac4d05623
-- dapter:created    2025-07-15T19:10:00Z

-- dapter:upgrade
INSERT INTO reviews (book_id, customer_id, stars, body, source, written_at)
WITH RECURSIVE counter (n) AS (
    SELECT 0 UNION ALL SELECT n + 1 FROM counter WHERE n < 999
),
numbered (n) AS (
    SELECT 1 + 1000 * thousand.n + one.n FROM counter AS one JOIN counter AS thousand ON thousand.n < 9
)
SELECT b.id,
       c.id,
       5 - (n * 7) % 11 DIV 3,
       CASE n % 4
           WHEN 0 THEN 'It\'s a keeper; I read it twice.'
           WHEN 1 THEN "Began well -- then the middle; oh, the middle."
           WHEN 2 THEN '/* no comment */'
           ELSE ''
       END,
       'old shop',
       TIMESTAMP '2023-11-01 00:00:00' + INTERVAL (n * 73) MINUTE
FROM numbered
JOIN customers AS c ON c.legacy_number = 1 + n % 2500
JOIN books AS b ON b.id = 1 + (n * 53) % 6000
ORDER BY n;
ALTER TABLE reviews AUTO_INCREMENT = 1;

-- dapter:downgrade
-- The trigger takes their stars out of the ratings.
DELETE FROM reviews WHERE source = 'old shop';
ALTER TABLE reviews AUTO_INCREMENT = 1;
