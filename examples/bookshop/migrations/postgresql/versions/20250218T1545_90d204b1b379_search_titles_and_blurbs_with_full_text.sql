-- Search titles and blurbs with full text
-- dapter:revision   90d204b1b379
-- dapter:revises    ff6fb65e9f86
-- dapter:created    2025-02-18T15:45:00Z

-- dapter:upgrade
-- Generated, so that no trigger is needed to keep the words in step with the text. What stands
-- in the title counts for more.
ALTER TABLE books ADD COLUMN search_words tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('english', title), 'A')
    || setweight(to_tsvector('english', coalesce(subtitle, '')), 'B')
    || setweight(to_tsvector('english', blurb), 'C')
) STORED;
CREATE INDEX books_search_words_idx ON books USING gin (search_words);

CREATE FUNCTION search_books(query text)
RETURNS TABLE (book_id integer, title text, excerpt text)
LANGUAGE sql STABLE
AS $function$
    SELECT b.id, b.title, ts_headline('english', b.blurb, q, 'StartSel=«, StopSel=»')
    FROM books AS b, websearch_to_tsquery('english', query) AS q
    WHERE b.search_words @@ q
    ORDER BY ts_rank(b.search_words, q) DESC, b.id;
$function$;

-- dapter:downgrade
DROP FUNCTION search_books(text);
DROP INDEX books_search_words_idx;
ALTER TABLE books DROP COLUMN search_words;
