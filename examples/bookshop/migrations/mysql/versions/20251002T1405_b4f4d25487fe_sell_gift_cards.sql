-- Sell gift cards
-- dapter:revision   b4f4d25487fe
-- dapter:revises    d9e183837793
-- dapter:created    2025-10-02T14:05:00Z

-- dapter:upgrade
-- The collation finds a code however the customer types it.
CREATE TABLE gift_cards (
    id            INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    code          CHAR(14) NOT NULL,
    balance_cents INT NOT NULL,
    issued_at     DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE KEY gift_cards_code_key (code),
    CONSTRAINT gift_cards_code_check CHECK (code LIKE '____-____-____'),
    CONSTRAINT gift_cards_balance_check CHECK (balance_cents >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE gift_card_uses (
    id           INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    gift_card_id INT NOT NULL,
    order_id     INT NOT NULL,
    amount_cents INT NOT NULL,
    used_at      DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    KEY gift_card_uses_gift_card_id_idx (gift_card_id),
    KEY gift_card_uses_order_id_idx (order_id),
    CONSTRAINT gift_card_uses_gift_card_id_fkey FOREIGN KEY (gift_card_id) REFERENCES gift_cards (id),
    CONSTRAINT gift_card_uses_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT gift_card_uses_amount_check CHECK (amount_cents > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The words are for the till; the CHECK on the balance holds even without them.
CREATE TRIGGER gift_card_uses_take
BEFORE INSERT ON gift_card_uses
FOR EACH ROW
BEGIN
    UPDATE gift_cards
    SET balance_cents = balance_cents - NEW.amount_cents
    WHERE id = NEW.gift_card_id AND balance_cents >= NEW.amount_cents;
    IF ROW_COUNT() = 0 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the card does not cover this; take the rest another way';
    END IF;
END;

-- dapter:downgrade
DROP TABLE gift_card_uses;
DROP TABLE gift_cards;
