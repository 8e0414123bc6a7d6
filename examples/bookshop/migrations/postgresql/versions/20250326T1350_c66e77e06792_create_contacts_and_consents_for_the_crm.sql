-- Create contacts and consents for the CRM
-- dapter:revision   c66e77e06792
-- dapter:revises    8715591f0c9c
-- dapter:created    2025-03-26T13:50:00Z
-- dapter:branch     crm

-- dapter:upgrade
CREATE TYPE crm_origin AS ENUM ('import', 'shop', 'event');
CREATE TYPE crm_standing AS ENUM ('new', 'known', 'valued');

CREATE TABLE crm_contacts (
    customer_id integer PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
    origin      crm_origin NOT NULL,
    standing    crm_standing NOT NULL DEFAULT 'new',
    noted_at    timestamptz NOT NULL DEFAULT now()
);

-- A withdrawn consent is kept: the law asks when it was given and when it ended.
CREATE TABLE crm_consents (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id  integer NOT NULL REFERENCES crm_contacts (customer_id) ON DELETE CASCADE,
    channel      text NOT NULL,
    given_at     timestamptz NOT NULL DEFAULT now(),
    withdrawn_at timestamptz,
    CONSTRAINT crm_consents_channel_check CHECK (channel IN ('email', 'post', 'phone')),
    CONSTRAINT crm_consents_order_check CHECK (withdrawn_at >= given_at)
);
CREATE UNIQUE INDEX crm_consents_current_key ON crm_consents (customer_id, channel) WHERE withdrawn_at IS NULL;

-- dapter:downgrade
DROP TABLE crm_consents;
DROP TABLE crm_contacts;
DROP TYPE crm_standing;
DROP TYPE crm_origin;
