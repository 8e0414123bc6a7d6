-- Keep the shop's settings as JSON documents
-- dapter:revision   d9e183837793
-- dapter:revises    3bb5d944fa02
-- dapter:created    2025-09-11T09:25:00Z

-- dapter:upgrade
CREATE TABLE shop_settings (
    name     VARCHAR(50) NOT NULL PRIMARY KEY,
    document JSON NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What stood in the configuration file until now.
INSERT INTO shop_settings (name, document) VALUES
    ('shipping', '{
        "zones": [
            {"code": "home", "countries": ["DE"], "price_cents": 290, "free_from_cents": 2900},
            {"code": "near", "countries": ["AT", "FR", "NL"], "price_cents": 690, "free_from_cents": 6900},
            {"code": "far", "countries": ["GB", "IE", "US"], "price_cents": 1490, "free_from_cents": null}
        ]
    }'),
    ('mail', '{"from": "Bookshop; orders <orders@example.com>", "signature": "-- \\nYour bookshop"}');

CREATE VIEW shipping_rates AS
SELECT zone.country_code, zone.zone_code, zone.price_cents, zone.free_from_cents
FROM shop_settings AS s
CROSS JOIN JSON_TABLE(s.document, '$.zones[*]' COLUMNS (
    zone_code VARCHAR(10) PATH '$.code',
    price_cents INT PATH '$.price_cents',
    free_from_cents INT PATH '$.free_from_cents',
    NESTED PATH '$.countries[*]' COLUMNS (country_code CHAR(2) PATH '$')
)) AS zone
WHERE s.name = 'shipping';

-- dapter:downgrade
DROP VIEW shipping_rates;
DROP TABLE shop_settings;
