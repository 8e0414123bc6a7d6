-- Import the distributor's opening catalogue
-- dapter:revision   db2be1f92d4d
-- dapter:revises    c09e25eb113b
-- dapter:created    2025-01-15T16:30:00Z

-- dapter:upgrade
-- The catalogue takes the ids 1 to 6000; what is entered later is numbered after it.

-- The columns are divided by tabs; a semicolon in these lines ends nothing.
COPY publishers (id, name, country_code) FROM stdin;
1	Lantern Press	IE
2	Meridian Press	US
3	Orchard Press	DE
4	Paper Boat Press	FR
5	Quill Press	GB
6	Saltmarsh Press	IE
7	Tollgate Press	US
8	Harbour Press	DE
9	Lantern Books	FR
10	Meridian Books	GB
11	Orchard Books	IE
12	Paper Boat Books	US
13	Quill Books	DE
14	Saltmarsh Books	FR
15	Tollgate Books	GB
16	Harbour Books	IE
17	Lantern & Daughters	US
18	Meridian & Daughters	DE
19	Orchard & Daughters	FR
20	Paper Boat & Daughters	GB
21	Quill & Daughters	IE
22	Saltmarsh & Daughters	US
23	Tollgate & Daughters	DE
24	Harbour & Daughters	FR
25	Lantern House	GB
26	Meridian House	IE
27	Orchard House	US
28	Paper Boat House	DE
29	Quill House	FR
30	Saltmarsh House	GB
31	Tollgate House	IE
32	Harbour House	US
33	Lantern Editions	DE
34	Meridian Editions	FR
35	Orchard Editions	GB
36	Paper Boat Editions	IE
37	Quill Editions	US
38	Saltmarsh Editions	DE
39	Tollgate Editions	FR
40	Harbour Editions	GB
\.

INSERT INTO authors (id, name, born_year)
SELECT n,
       (ARRAY['Ada', 'Bram', 'Chiara', 'Dov', 'Elif', 'Femi', 'Grete', 'Hugo',
              'Inés', 'Jun', 'Kofi', 'Lena', 'Marek', 'Noor', 'Oona', 'Pavel'])[1 + n % 16]
           || ' '
           || (ARRAY['Ashdown', 'Brandt', 'Cole', 'Dvořák', 'Eze', 'Fontaine', 'Grey', 'Holm',
                     'Ibarra', 'Jansen', 'Keller', 'Lindqvist', 'Moreau', 'Nwosu', 'O''Hara'])[1 + n / 16 % 15],
       CASE WHEN n % 11 <> 0 THEN 1920 + (n * 37) % 80 END
FROM generate_series(1, 900) AS n;

INSERT INTO books (id, isbn13, title, subtitle, blurb, edition, publisher_id, published_on, price_cents)
SELECT n,
       -- The last digit of an ISBN-13 brings the weighted sum of all digits to a multiple of ten.
       stem || (
           SELECT (10 - sum(substr(stem, i, 1)::integer * CASE i % 2 WHEN 1 THEN 1 ELSE 3 END) % 10) % 10
           FROM generate_series(1, 12) AS i
       ),
       format(
           'The %s %s',
           (ARRAY['Quiet', 'Last', 'Borrowed', 'Winter', 'Paper', 'Hidden',
                  'Second', 'Crooked', 'Salt', 'Northern', 'Glass', 'Slow'])[1 + n % 12],
           (ARRAY['Harbour', 'Garden', 'Letter', 'Atlas', 'Orchard', 'Clockmaker',
                  'Tide', 'Archive', 'River', 'Lighthouse', 'Kitchen'])[1 + n / 12 % 11]
       ),
       CASE n % 4 WHEN 0 THEN 'A novel' WHEN 1 THEN 'Volume ' || (1 + n / 132) END,
       format(
           'In this %s book; its %s edition, number %s, nothing is quite what it seems.',
           (ARRAY['tender', 'sweeping', 'wry', 'unsettling', 'luminous'])[1 + n % 5],
           (ARRAY['first', 'long-awaited', 'prize-winning'])[1 + n % 3],
           n
       ),
       (CASE WHEN n % 10 = 0 THEN 'audio' WHEN n % 3 = 0 THEN 'hardback' ELSE 'paperback' END)::book_edition,
       1 + n % 40,
       date '1995-01-01' + (n * 13) % 10950,
       499 + (n * 61) % 3000
FROM generate_series(1, 6000) AS n
CROSS JOIN LATERAL (SELECT '9781' || lpad((n * 7919 % 100000000)::text, 8, '0') AS stem) AS numbered;

INSERT INTO book_authors (book_id, author_id, author_no)
SELECT id, 1 + (id * 31) % 900, 1 FROM books WHERE id <= 6000;

-- Every seventh book has two names on its cover.
INSERT INTO book_authors (book_id, author_id, author_no)
SELECT id, 1 + (id * 31 + 17) % 900, 2 FROM books WHERE id <= 6000 AND id % 7 = 0;

-- Rows that bring their ids do not move the sequences behind them.
SELECT setval(pg_get_serial_sequence('publishers', 'id'), max(id)) FROM publishers;
SELECT setval(pg_get_serial_sequence('authors', 'id'), max(id)) FROM authors;
SELECT setval(pg_get_serial_sequence('books', 'id'), max(id)) FROM books;

-- dapter:downgrade
-- What was entered by hand stays, what has been sold stays, and so do the names these use.
DELETE FROM books
WHERE id <= 6000 AND id NOT IN (SELECT book_id FROM order_lines);
DELETE FROM authors
WHERE id <= 900 AND id NOT IN (SELECT author_id FROM book_authors);
DELETE FROM publishers
WHERE id <= 40 AND id NOT IN (SELECT publisher_id FROM books);

SELECT setval(pg_get_serial_sequence('publishers', 'id'), coalesce(max(id), 0) + 1, false) FROM publishers;
SELECT setval(pg_get_serial_sequence('authors', 'id'), coalesce(max(id), 0) + 1, false) FROM authors;
SELECT setval(pg_get_serial_sequence('books', 'id'), coalesce(max(id), 0) + 1, false) FROM books;
