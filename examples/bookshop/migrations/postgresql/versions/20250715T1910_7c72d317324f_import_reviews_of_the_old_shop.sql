-- Import reviews of the old shop
-- dapter:revision   7c72d317324f
-- dapter:revises    fa9ac4d05623
-- dapter:created    2025-07-15T19:10:00Z

-- dapter:upgrade
INSERT INTO reviews (book_id, customer_id, stars, body, source, written_at)
SELECT b.id,
       c.id,
       5 - (n * 7) % 11 / 3,
       CASE n % 4
           WHEN 0 THEN 'It''s a keeper; I read it twice.'
           WHEN 1 THEN $text$Began well -- then the middle; oh, the middle.$text$
           WHEN 2 THEN '/* no comment */'
           ELSE ''
       END,
       'old shop',
       timestamptz '2023-11-01 00:00:00+00' + make_interval(mins => n * 73)
FROM generate_series(1, 9000) AS n
JOIN customers AS c ON c.legacy_number = 1 + n % 2500
JOIN books AS b ON b.id = 1 + (n * 53) % 6000
ORDER BY n;

-- dapter:downgrade
-- The trigger takes their stars out of the ratings.
DELETE FROM reviews WHERE source = 'old shop';
SELECT setval(pg_get_serial_sequence('reviews', 'id'), coalesce(max(id), 0) + 1, false) FROM reviews;
