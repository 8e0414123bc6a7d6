-- Create contacts and consents for the CRM
-- dapter:revision   c66e77e06792
-- dapter:revises    8715591f0c9c
-- dapter:created    2025-03-26T13:50:00Z
-- dapter:branch     crm

-- dapter:upgrade
CREATE TABLE crm_contacts (
    customer_id INT NOT NULL PRIMARY KEY,
    origin      ENUM('import', 'shop', 'event') NOT NULL,
    standing    ENUM('new', 'known', 'valued') NOT NULL DEFAULT 'new',
    noted_at    DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT crm_contacts_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A withdrawn consent is kept: the law asks when it was given and when it ended.
CREATE TABLE crm_consents (
    id           INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id  INT NOT NULL,
    channel      ENUM('email', 'post', 'phone') NOT NULL,
    given_at     DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    withdrawn_at DATETIME,
    is_current   TINYINT GENERATED ALWAYS AS (CASE WHEN withdrawn_at IS NULL THEN 1 END) STORED,
    UNIQUE KEY crm_consents_current_key (customer_id, channel, is_current),
    CONSTRAINT crm_consents_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES crm_contacts (customer_id) ON DELETE CASCADE,
    CONSTRAINT crm_consents_order_check CHECK (withdrawn_at >= given_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- dapter:downgrade
DROP TABLE crm_consents;
DROP TABLE crm_contacts;
