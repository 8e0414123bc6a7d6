-- Import the distributor's opening catalogue
-- dapter:revision   db2be1f92d4d
-- dapter:revises    c09e25eb113b
-- dapter:created    2025-01-15T16:30:00Z

-- dapter:upgrade
-- The catalogue takes the ids 1 to 6000; what is entered later is numbered after it. A recursion
-- ends after 1000 rounds, as both servers are set up, so larger numbers come of two counters.

INSERT INTO publishers (id, name, country_code)
WITH RECURSIVE counter (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 40
)
SELECT n,
       CONCAT(
           ELT(1 + n % 8, 'Harbour', 'Lantern', 'Meridian', 'Orchard', 'Paper Boat', 'Quill', 'Saltmarsh', 'Tollgate'),
           ' ',
           ELT(1 + (n - 1) DIV 8, 'Press', 'Books', '& Daughters', 'House', 'Editions')
       ),
       SUBSTR('GBIEUSDEFR', 1 + (n % 5) * 2, 2)
FROM counter;

INSERT INTO authors (id, name, born_year)
WITH RECURSIVE counter (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 900
)
SELECT n,
       CONCAT(
           ELT(1 + n % 16, 'Ada', 'Bram', 'Chiara', 'Dov', 'Elif', 'Femi', 'Grete', 'Hugo',
               'Inés', 'Jun', 'Kofi', 'Lena', 'Marek', 'Noor', 'Oona', 'Pavel'),
           ' ',
           ELT(1 + n DIV 16 % 15, 'Ashdown', 'Brandt', 'Cole', 'Dvořák', 'Eze', 'Fontaine', 'Grey', 'Holm',
               'Ibarra', 'Jansen', 'Keller', 'Lindqvist', 'Moreau', 'Nwosu', 'O''Hara')
       ),
       CASE WHEN n % 11 <> 0 THEN 1920 + (n * 37) % 80 END
FROM counter;

INSERT INTO books (id, isbn13, title, subtitle, blurb, edition, publisher_id, published_on, price_cents)
WITH RECURSIVE counter (n) AS (
    SELECT 0 UNION ALL SELECT n + 1 FROM counter WHERE n < 999
),
numbered (n, stem) AS (
    SELECT 1 + 1000 * thousand.n + one.n,
           CONCAT('9781', LPAD((1 + 1000 * thousand.n + one.n) * 7919 % 100000000, 8, '0'))
    FROM counter AS one
    JOIN counter AS thousand ON thousand.n < 6
)
SELECT n,
       -- The last digit of an ISBN-13 brings the weighted sum of all digits to a multiple of ten.
       CONCAT(stem, CAST((10 - (
           SUBSTR(stem, 1, 1) + 3 * SUBSTR(stem, 2, 1) + SUBSTR(stem, 3, 1) + 3 * SUBSTR(stem, 4, 1)
           + SUBSTR(stem, 5, 1) + 3 * SUBSTR(stem, 6, 1) + SUBSTR(stem, 7, 1) + 3 * SUBSTR(stem, 8, 1)
           + SUBSTR(stem, 9, 1) + 3 * SUBSTR(stem, 10, 1) + SUBSTR(stem, 11, 1) + 3 * SUBSTR(stem, 12, 1)
       ) % 10) % 10 AS SIGNED)),
       CONCAT(
           'The ',
           ELT(1 + n % 12, 'Quiet', 'Last', 'Borrowed', 'Winter', 'Paper', 'Hidden',
               'Second', 'Crooked', 'Salt', 'Northern', 'Glass', 'Slow'),
           ' ',
           ELT(1 + n DIV 12 % 11, 'Harbour', 'Garden', 'Letter', 'Atlas', 'Orchard', 'Clockmaker',
               'Tide', 'Archive', 'River', 'Lighthouse', 'Kitchen')
       ),
       CASE n % 4 WHEN 0 THEN 'A novel' WHEN 1 THEN CONCAT('Volume ', 1 + n DIV 132) END,
       CONCAT(
           'In this ', ELT(1 + n % 5, 'tender', 'sweeping', 'wry', 'unsettling', 'luminous'),
           ' book; its ', ELT(1 + n % 3, 'first', 'long-awaited', 'prize-winning'),
           ' edition, number ', n, ', nothing is quite what it seems.'
       ),
       CASE WHEN n % 10 = 0 THEN 'audio' WHEN n % 3 = 0 THEN 'hardback' ELSE 'paperback' END,
       1 + n % 40,
       DATE '1995-01-01' + INTERVAL (n * 13 % 10950) DAY,
       499 + (n * 61) % 3000
FROM numbered
ORDER BY n;

INSERT INTO book_authors (book_id, author_id, author_no)
SELECT id, 1 + (id * 31) % 900, 1 FROM books WHERE id <= 6000;

-- Every seventh book has two names on its cover.
INSERT INTO book_authors (book_id, author_id, author_no)
SELECT id, 1 + (id * 31 + 17) % 900, 2 FROM books WHERE id <= 6000 AND id % 7 = 0;

-- dapter:downgrade
-- What was entered by hand stays, what has been sold stays, and so do the names these use.
DELETE FROM books
WHERE id <= 6000 AND id NOT IN (SELECT book_id FROM order_lines);
DELETE FROM authors
WHERE id <= 900 AND id NOT IN (SELECT author_id FROM book_authors);
DELETE FROM publishers
WHERE id <= 40 AND id NOT IN (SELECT publisher_id FROM books);

-- 1 means: the first number after those in use.
ALTER TABLE books AUTO_INCREMENT = 1;
ALTER TABLE authors AUTO_INCREMENT = 1;
ALTER TABLE publishers AUTO_INCREMENT = 1;
