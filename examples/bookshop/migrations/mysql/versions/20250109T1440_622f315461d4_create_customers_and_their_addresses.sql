-- Create customers and their addresses
-- dapter:revision   622f315461d4
-- dapter:revises    613c48b44bf5
-- dapter:created    2025-01-09T14:40:00Z

-- dapter:upgrade
-- Ann@example.com and ann@example.com are one mailbox, so they are one account: the collation
-- compares without case.
CREATE TABLE customers (
    id            INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email         VARCHAR(254) NOT NULL,
    full_name     VARCHAR(200) NOT NULL,
    joined_at     DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    legacy_number INT COMMENT 'the number in the old shop; NULL for those who joined here',
    UNIQUE KEY customers_legacy_number_key (legacy_number),
    UNIQUE KEY customers_email_key (email),
    CONSTRAINT customers_email_check CHECK (email LIKE '_%@_%')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Any number of addresses, at most one of them the default. There is no partial index, but a
-- unique key takes NULL any number of times.
CREATE TABLE addresses (
    id             INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id    INT NOT NULL,
    recipient      VARCHAR(200) NOT NULL,
    street         VARCHAR(200) NOT NULL,
    postcode       VARCHAR(20) NOT NULL,
    city           VARCHAR(100) NOT NULL,
    country_code   CHAR(2) COLLATE utf8mb4_bin NOT NULL,
    is_default     BOOLEAN NOT NULL DEFAULT FALSE,
    default_marker TINYINT GENERATED ALWAYS AS (CASE WHEN is_default THEN 1 END) STORED,
    KEY addresses_customer_id_idx (customer_id),
    UNIQUE KEY addresses_default_key (customer_id, default_marker),
    CONSTRAINT addresses_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- dapter:downgrade
DROP TABLE addresses;
DROP TABLE customers;
