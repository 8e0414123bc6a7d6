-- Create customers and their addresses
-- dapter:revision   622f315461d4
-- dapter:revises    613c48b44bf5
-- dapter:created    2025-01-09T14:40:00Z

-- dapter:upgrade
CREATE TABLE customers (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text NOT NULL,
    full_name     text NOT NULL,
    joined_at     timestamptz NOT NULL DEFAULT now(),
    legacy_number integer,  -- the number in the old shop; NULL for those who joined here
    CONSTRAINT customers_legacy_number_key UNIQUE (legacy_number),
    CONSTRAINT customers_email_check CHECK (email LIKE '_%@_%')
);

-- Ann@example.com and ann@example.com are one mailbox, so they are one account.
CREATE UNIQUE INDEX customers_email_key ON customers (lower(email));

CREATE TABLE addresses (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id  integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    recipient    text NOT NULL,
    street       text NOT NULL,
    postcode     text NOT NULL,
    city         text NOT NULL,
    country_code text NOT NULL,
    is_default   boolean NOT NULL DEFAULT false
);
CREATE INDEX addresses_customer_id_idx ON addresses (customer_id);

-- Any number of addresses, at most one of them the default.
CREATE UNIQUE INDEX addresses_default_key ON addresses (customer_id) WHERE is_default;

-- dapter:downgrade
DROP TABLE addresses;
DROP TABLE customers;
