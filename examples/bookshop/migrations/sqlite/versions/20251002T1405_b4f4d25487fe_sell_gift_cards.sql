-- Sell gift cards
-- dapter:revision   b4f4d25487fe
-- dapter:revises    d9e183837793
-- dapter:created    2025-10-02T14:05:00Z

-- dapter:upgrade
CREATE TABLE gift_cards (
    id            INTEGER PRIMARY KEY,
    code          TEXT NOT NULL COLLATE NOCASE,
    balance_cents INTEGER NOT NULL,
    issued_at     TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT gift_cards_code_key UNIQUE (code),
    CONSTRAINT gift_cards_code_check CHECK (code GLOB '????-????-????'),
    CONSTRAINT gift_cards_balance_check CHECK (balance_cents >= 0)
) STRICT;

CREATE TABLE gift_card_uses (
    id           INTEGER PRIMARY KEY,
    gift_card_id INTEGER NOT NULL REFERENCES gift_cards (id),
    order_id     INTEGER NOT NULL REFERENCES orders (id),
    amount_cents INTEGER NOT NULL,
    used_at      TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT gift_card_uses_amount_check CHECK (amount_cents > 0)
) STRICT;
CREATE INDEX gift_card_uses_gift_card_id_idx ON gift_card_uses (gift_card_id);

-- The words are for the till; the CHECK on the balance holds even without them.
CREATE TRIGGER gift_card_uses_take
BEFORE INSERT ON gift_card_uses
BEGIN
    SELECT CASE
        WHEN (SELECT balance_cents FROM gift_cards WHERE id = NEW.gift_card_id) < NEW.amount_cents
            THEN RAISE(ABORT, 'the card does not cover this; take the rest another way')
    END;
    UPDATE gift_cards SET balance_cents = balance_cents - NEW.amount_cents WHERE id = NEW.gift_card_id;
END;

-- dapter:downgrade
DROP TABLE gift_card_uses;
DROP TABLE gift_cards;
