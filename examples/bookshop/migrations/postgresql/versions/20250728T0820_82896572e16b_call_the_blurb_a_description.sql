-- Call the blurb a description
-- dapter:revision   82896572e16b
-- dapter:revises    7c72d317324f
-- dapter:created    2025-07-28T08:20:00Z

-- dapter:upgrade
-- Generated columns, indexes and views follow the rename. A view keeps the names of its own
-- columns, and the body of search_books is only text to the database, so these two are told.
ALTER TABLE books RENAME COLUMN blurb TO description;
ALTER VIEW book_listing RENAME COLUMN blurb TO description;

CREATE OR REPLACE FUNCTION search_books(query text)
RETURNS TABLE (book_id integer, title text, excerpt text)
LANGUAGE sql STABLE
AS $function$
    SELECT b.id, b.title, ts_headline('english', b.description, q, 'StartSel=«, StopSel=»')
    FROM books AS b, websearch_to_tsquery('english', query) AS q
    WHERE b.search_words @@ q
    ORDER BY ts_rank(b.search_words, q) DESC, b.id;
$function$;

-- dapter:downgrade
ALTER TABLE books RENAME COLUMN description TO blurb;
ALTER VIEW book_listing RENAME COLUMN description TO blurb;

CREATE OR REPLACE FUNCTION search_books(query text)
RETURNS TABLE (book_id integer, title text, excerpt text)
LANGUAGE sql STABLE
AS $function$
    SELECT b.id, b.title, ts_headline('english', b.blurb, q, 'StartSel=«, StopSel=»')
    FROM books AS b, websearch_to_tsquery('english', query) AS q
    WHERE b.search_words @@ q
    ORDER BY ts_rank(b.search_words, q) DESC, b.id;
$function$;
