-- Keep the shop's settings as JSON documents
-- dapter:revision   d9e183837793
-- dapter:revises    3bb5d944fa02
-- dapter:created    2025-09-11T09:25:00Z

-- dapter:upgrade
CREATE TABLE shop_settings (
    name     TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    CONSTRAINT shop_settings_document_check CHECK (json_valid(document))
) STRICT, WITHOUT ROWID;

-- What stood in the configuration file until now.
INSERT INTO shop_settings (name, document)
SELECT key, value
FROM json_each('{
    "shipping": {
        "zones": [
            {"code": "home", "countries": ["DE"], "price_cents": 290, "free_from_cents": 2900},
            {"code": "near", "countries": ["AT", "FR", "NL"], "price_cents": 690, "free_from_cents": 6900},
            {"code": "far", "countries": ["GB", "IE", "US"], "price_cents": 1490, "free_from_cents": null}
        ]
    },
    "mail": {"from": "Bookshop; orders <orders@example.com>", "signature": "-- \nYour bookshop"}
}');

CREATE VIEW shipping_rates AS
SELECT country.value AS country_code,
       json_extract(zone.value, '$.code') AS zone_code,
       json_extract(zone.value, '$.price_cents') AS price_cents,
       json_extract(zone.value, '$.free_from_cents') AS free_from_cents
FROM shop_settings AS s,
     json_each(s.document, '$.zones') AS zone,
     json_each(zone.value, '$.countries') AS country
WHERE s.name = 'shipping';

-- dapter:downgrade
DROP VIEW shipping_rates;
DROP TABLE shop_settings;
