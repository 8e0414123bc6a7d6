-- Create contacts and consents for the CRM
-- dapter:revision   c66e77e06792
-- dapter:revises    8715591f0c9c
-- dapter:created    2025-03-26T13:50:00Z
-- dapter:branch     crm

-- dapter:upgrade
CREATE TABLE crm_contacts (
    customer_id INTEGER PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
    origin      TEXT NOT NULL,
    standing    TEXT NOT NULL DEFAULT 'new',
    noted_at    TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT crm_contacts_origin_check CHECK (origin IN ('import', 'shop', 'event')),
    CONSTRAINT crm_contacts_standing_check CHECK (standing IN ('new', 'known', 'valued'))
) STRICT;

-- A withdrawn consent is kept: the law asks when it was given and when it ended.
CREATE TABLE crm_consents (
    id           INTEGER PRIMARY KEY,
    customer_id  INTEGER NOT NULL REFERENCES crm_contacts (customer_id) ON DELETE CASCADE,
    channel      TEXT NOT NULL,
    given_at     TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    withdrawn_at TEXT,
    CONSTRAINT crm_consents_channel_check CHECK (channel IN ('email', 'post', 'phone')),
    CONSTRAINT crm_consents_order_check CHECK (withdrawn_at IS NULL OR withdrawn_at >= given_at)
) STRICT;
CREATE UNIQUE INDEX crm_consents_current_key ON crm_consents (customer_id, channel) WHERE withdrawn_at IS NULL;

-- dapter:downgrade
DROP TABLE crm_consents;
DROP TABLE crm_contacts;
