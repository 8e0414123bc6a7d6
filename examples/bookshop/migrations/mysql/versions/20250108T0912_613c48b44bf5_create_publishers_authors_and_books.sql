-- Create publishers, authors and books
-- dapter:revision   613c48b44bf5
-- dapter:created    2025-01-08T09:12:00Z

-- dapter:upgrade
-- The collation is named in every table: MySQL and MariaDB would each choose another.
CREATE TABLE publishers (
    id           INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name         VARCHAR(100) NOT NULL,
    country_code CHAR(2) COLLATE utf8mb4_bin NOT NULL,
    UNIQUE KEY publishers_name_key (name),
    CONSTRAINT publishers_country_code_check
        CHECK (CHAR_LENGTH(country_code) = 2 AND country_code = UPPER(country_code))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE authors (
    id        INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name      VARCHAR(100) NOT NULL,
    born_year SMALLINT,
    CONSTRAINT authors_born_year_check CHECK (born_year BETWEEN 1 AND 2100)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

# Money is counted in cents: a price is never a floating-point number.
CREATE TABLE books (
    id           INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    isbn13       CHAR(13) COLLATE utf8mb4_bin NOT NULL,
    title        VARCHAR(200) NOT NULL,
    subtitle     VARCHAR(200),
    blurb        VARCHAR(2000) NOT NULL DEFAULT '',
    edition      ENUM('hardback', 'paperback', 'audio') NOT NULL DEFAULT 'paperback',
    publisher_id INT NOT NULL,
    published_on DATE,
    price_cents  INT NOT NULL COMMENT 'in cents; tax included',
    UNIQUE KEY books_isbn13_key (isbn13),
    KEY books_publisher_id_idx (publisher_id),
    CONSTRAINT books_publisher_id_fkey FOREIGN KEY (publisher_id) REFERENCES publishers (id),
    CONSTRAINT books_isbn13_check CHECK (isbn13 REGEXP '^[0-9]{13}$'),
    CONSTRAINT books_price_check CHECK (price_cents >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

# author_no keeps the order of the names on the cover.
CREATE TABLE book_authors (
    book_id   INT NOT NULL,
    author_id INT NOT NULL,
    author_no INT NOT NULL DEFAULT 1,
    PRIMARY KEY (book_id, author_id),
    UNIQUE KEY book_authors_author_no_key (book_id, author_no),
    KEY book_authors_author_id_idx (author_id),
    CONSTRAINT book_authors_book_id_fkey FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE CASCADE,
    CONSTRAINT book_authors_author_id_fkey FOREIGN KEY (author_id) REFERENCES authors (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- dapter:downgrade
DROP TABLE book_authors;
DROP TABLE books;
DROP TABLE authors;
DROP TABLE publishers;
