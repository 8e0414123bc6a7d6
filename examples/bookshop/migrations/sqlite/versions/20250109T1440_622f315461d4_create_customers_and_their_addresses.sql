-- Create customers and their addresses
-- dapter:revision   622f315461d4
-- dapter:revises    613c48b44bf5
-- dapter:created    2025-01-09T14:40:00Z

-- dapter:upgrade
CREATE TABLE customers (
    id            INTEGER PRIMARY KEY,
    email         TEXT NOT NULL,
    full_name     TEXT NOT NULL,
    joined_at     TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    legacy_number INTEGER,  -- the number in the old shop; NULL for those who joined here
    CONSTRAINT customers_legacy_number_key UNIQUE (legacy_number),
    CONSTRAINT customers_email_check CHECK (email LIKE '_%@_%')
);

-- Ann@example.com and ann@example.com are one mailbox, so they are one account.
CREATE UNIQUE INDEX customers_email_key ON customers (lower(email));

CREATE TABLE addresses (
    id           INTEGER PRIMARY KEY,
    customer_id  INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    recipient    TEXT NOT NULL,
    street       TEXT NOT NULL,
    postcode     TEXT NOT NULL,
    city         TEXT NOT NULL,
    country_code TEXT NOT NULL,
    is_default   INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT addresses_is_default_check CHECK (is_default IN (0, 1))
);
CREATE INDEX addresses_customer_id_idx ON addresses (customer_id);

-- Any number of addresses, at most one of them the default.
CREATE UNIQUE INDEX addresses_default_key ON addresses (customer_id) WHERE is_default = 1;

-- dapter:downgrade
DROP TABLE addresses;
DROP TABLE customers;
