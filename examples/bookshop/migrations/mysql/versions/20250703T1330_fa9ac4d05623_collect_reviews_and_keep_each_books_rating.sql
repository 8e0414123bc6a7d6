-- Collect reviews and keep each book's rating
-- dapter:revision   fa9ac4d05623
-- dapter:revises    a306a67d838c
-- dapter:created    2025-07-03T13:30:00Z

-- dapter:upgrade
-- A new opinion retires the old one; one per reader and book is current.
CREATE TABLE reviews (
    id          INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    book_id     INT NOT NULL,
    customer_id INT NOT NULL,
    stars       TINYINT NOT NULL,
    body        TEXT NOT NULL DEFAULT (''),
    source      VARCHAR(20) NOT NULL DEFAULT 'shop',
    written_at  DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    retired_at  DATETIME,
    is_current  TINYINT GENERATED ALWAYS AS (CASE WHEN retired_at IS NULL THEN 1 END) STORED,
    UNIQUE KEY reviews_current_key (book_id, customer_id, is_current),
    KEY reviews_customer_id_idx (customer_id),
    CONSTRAINT reviews_book_id_fkey FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE CASCADE,
    CONSTRAINT reviews_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id),
    CONSTRAINT reviews_stars_check CHECK (stars BETWEEN 1 AND 5)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE book_ratings (
    book_id       INT NOT NULL PRIMARY KEY,
    review_count  INT NOT NULL,
    star_sum      INT NOT NULL,
    average_stars DECIMAL(3, 2) GENERATED ALWAYS AS (ROUND(star_sum / NULLIF(review_count, 0), 2)) VIRTUAL,
    CONSTRAINT book_ratings_book_id_fkey FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

DELIMITER //

CREATE TRIGGER reviews_rate_insert
AFTER INSERT ON reviews
FOR EACH ROW
BEGIN
    IF NEW.retired_at IS NULL THEN
        INSERT INTO book_ratings (book_id, review_count, star_sum)
        VALUES (NEW.book_id, 1, NEW.stars)
        ON DUPLICATE KEY UPDATE
            review_count = review_count + 1,
            star_sum = star_sum + NEW.stars;
    END IF;
END //

CREATE TRIGGER reviews_rate_retire
AFTER UPDATE ON reviews
FOR EACH ROW
BEGIN
    IF OLD.retired_at IS NULL AND NEW.retired_at IS NOT NULL THEN
        UPDATE book_ratings
        SET review_count = review_count - 1, star_sum = star_sum - OLD.stars
        WHERE book_id = OLD.book_id;
        DELETE FROM book_ratings WHERE book_id = OLD.book_id AND review_count = 0;
    END IF;
END //

CREATE TRIGGER reviews_rate_delete
AFTER DELETE ON reviews
FOR EACH ROW
BEGIN
    IF OLD.retired_at IS NULL THEN
        UPDATE book_ratings
        SET review_count = review_count - 1, star_sum = star_sum - OLD.stars
        WHERE book_id = OLD.book_id;
        DELETE FROM book_ratings WHERE book_id = OLD.book_id AND review_count = 0;
    END IF;
END //

DELIMITER ;

-- dapter:downgrade
DROP TABLE reviews;
DROP TABLE book_ratings;
