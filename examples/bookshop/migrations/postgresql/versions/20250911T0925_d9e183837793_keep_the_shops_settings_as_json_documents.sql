-- Keep the shop's settings as JSON documents
-- dapter:revision   d9e183837793
-- dapter:revises    3bb5d944fa02
-- dapter:created    2025-09-11T09:25:00Z

-- dapter:upgrade
CREATE TABLE shop_settings (
    name     text PRIMARY KEY,
    document jsonb NOT NULL
);

-- What stood in the configuration file until now.
INSERT INTO shop_settings (name, document)
SELECT key, value
FROM jsonb_each('{
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
SELECT country.code AS country_code,
       zone.code AS zone_code,
       zone.price_cents,
       zone.free_from_cents
FROM shop_settings AS s
CROSS JOIN LATERAL jsonb_to_recordset(s.document -> 'zones')
    AS zone (code text, countries jsonb, price_cents integer, free_from_cents integer)
CROSS JOIN LATERAL jsonb_array_elements_text(zone.countries) AS country (code)
WHERE s.name = 'shipping';

-- dapter:downgrade
DROP VIEW shipping_rates;
DROP TABLE shop_settings;
