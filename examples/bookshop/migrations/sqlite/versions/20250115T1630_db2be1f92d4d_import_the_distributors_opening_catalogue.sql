-- Import the distributor's opening catalogue
-- dapter:revision   db2be1f92d4d
-- dapter:revises    c09e25eb113b
-- dapter:created    2025-01-15T16:30:00Z

-- dapter:upgrade
-- The catalogue takes the ids 1 to 6000; what is entered later is numbered after it.

WITH RECURSIVE counter (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 40
)
INSERT INTO publishers (id, name, country_code)
SELECT n,
       json_extract('["Harbour","Lantern","Meridian","Orchard","Paper Boat","Quill","Saltmarsh","Tollgate"]',
                    '$[' || (n % 8) || ']')
           || ' '
           || json_extract('["Press","Books","& Daughters","House","Editions"]', '$[' || ((n - 1) / 8) || ']'),
       substr('GBIEUSDEFR', 1 + (n % 5) * 2, 2)
FROM counter;

WITH RECURSIVE counter (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 900
)
INSERT INTO authors (id, name, born_year)
SELECT n,
       json_extract('["Ada","Bram","Chiara","Dov","Elif","Femi","Grete","Hugo","Inés","Jun","Kofi","Lena","Marek","Noor","Oona","Pavel"]',
                    '$[' || (n % 16) || ']')
           || ' '
           || json_extract('["Ashdown","Brandt","Cole","Dvořák","Eze","Fontaine","Grey","Holm","Ibarra","Jansen","Keller","Lindqvist","Moreau","Nwosu","O''Hara"]',
                           '$[' || (n / 16 % 15) || ']'),
       CASE WHEN n % 11 = 0 THEN NULL ELSE 1920 + (n * 37) % 80 END
FROM counter;

WITH RECURSIVE
counter (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 6000
),
numbered (n, stem) AS (
    SELECT n, printf('9781%08d', (n * 7919) % 100000000) FROM counter
)
INSERT INTO books (id, isbn13, title, subtitle, blurb, edition, publisher_id, published_on, price_cents)
SELECT n,
       -- The last digit of an ISBN-13 brings the weighted sum of all digits to a multiple of ten.
       stem || ((10 - (
           substr(stem, 1, 1) + 3 * substr(stem, 2, 1) + substr(stem, 3, 1) + 3 * substr(stem, 4, 1)
           + substr(stem, 5, 1) + 3 * substr(stem, 6, 1) + substr(stem, 7, 1) + 3 * substr(stem, 8, 1)
           + substr(stem, 9, 1) + 3 * substr(stem, 10, 1) + substr(stem, 11, 1) + 3 * substr(stem, 12, 1)
       ) % 10) % 10),
       'The '
           || json_extract('["Quiet","Last","Borrowed","Winter","Paper","Hidden","Second","Crooked","Salt","Northern","Glass","Slow"]',
                           '$[' || (n % 12) || ']')
           || ' '
           || json_extract('["Harbour","Garden","Letter","Atlas","Orchard","Clockmaker","Tide","Archive","River","Lighthouse","Kitchen"]',
                           '$[' || (n / 12 % 11) || ']'),
       CASE n % 4 WHEN 0 THEN 'A novel' WHEN 1 THEN 'Volume ' || (1 + n / 132) ELSE NULL END,
       'In this '
           || json_extract('["tender","sweeping","wry","unsettling","luminous"]', '$[' || (n % 5) || ']')
           || ' book; its '
           || json_extract('["first","long-awaited","prize-winning"]', '$[' || (n % 3) || ']')
           || ' edition, number ' || n || ', nothing is quite what it seems.',
       CASE WHEN n % 10 = 0 THEN 'audio' WHEN n % 3 = 0 THEN 'hardback' ELSE 'paperback' END,
       1 + n % 40,
       date('1995-01-01', '+' || ((n * 13) % 10950) || ' days'),
       499 + (n * 61) % 3000
FROM numbered;

INSERT INTO book_authors (book_id, author_id, author_no)
SELECT id, 1 + (id * 31) % 900, 1 FROM books WHERE id <= 6000;

-- Every seventh book has two names on its cover.
INSERT INTO book_authors (book_id, author_id, author_no)
SELECT id, 1 + (id * 31 + 17) % 900, 2 FROM books WHERE id <= 6000 AND id % 7 = 0;

-- dapter:downgrade
-- What was entered by hand stays, what has been sold stays, and so do the names these use.
DELETE FROM books
WHERE id <= 6000 AND id NOT IN (SELECT book_id FROM order_lines);
DELETE FROM book_authors
WHERE book_id NOT IN (SELECT id FROM books);
DELETE FROM authors
WHERE id <= 900 AND id NOT IN (SELECT author_id FROM book_authors);
DELETE FROM publishers
WHERE id <= 40 AND id NOT IN (SELECT publisher_id FROM books);
