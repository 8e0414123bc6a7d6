-- Sell gift cards
-- dapter:revision   b4f4d25487fe
-- dapter:revises    d9e183837793
-- dapter:created    2025-10-02T14:05:00Z

-- dapter:upgrade
CREATE TABLE gift_cards (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code          text NOT NULL,
    balance_cents integer NOT NULL,
    issued_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gift_cards_code_check CHECK (code LIKE '____-____-____'),
    CONSTRAINT gift_cards_balance_check CHECK (balance_cents >= 0)
);
-- However the customer types it.
CREATE UNIQUE INDEX gift_cards_code_key ON gift_cards (upper(code));

CREATE TABLE gift_card_uses (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gift_card_id integer NOT NULL REFERENCES gift_cards (id),
    order_id     integer NOT NULL REFERENCES orders (id),
    amount_cents integer NOT NULL,
    used_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gift_card_uses_amount_check CHECK (amount_cents > 0)
);
CREATE INDEX gift_card_uses_gift_card_id_idx ON gift_card_uses (gift_card_id);

-- The words are for the till; the CHECK on the balance holds even without them.
CREATE FUNCTION take_from_gift_card() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE gift_cards
    SET balance_cents = balance_cents - NEW.amount_cents
    WHERE id = NEW.gift_card_id AND balance_cents >= NEW.amount_cents;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the card does not cover this; take the rest another way';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER gift_card_uses_take
BEFORE INSERT ON gift_card_uses
FOR EACH ROW EXECUTE FUNCTION take_from_gift_card();

-- dapter:downgrade
DROP TABLE gift_card_uses;
DROP FUNCTION take_from_gift_card();
DROP TABLE gift_cards;
