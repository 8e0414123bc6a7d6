-- Keep a ledger of stock movements
-- dapter:revision   ebd210dff57d
-- dapter:revises    3e5fba504b44
-- dapter:created    2025-02-03T13:15:00Z

-- dapter:upgrade
-- The ledger is the truth and stock_levels its running total: triggers keep them in step,
-- whoever writes. Rows are only ever added.
CREATE TYPE movement_kind AS ENUM ('count', 'receipt', 'sale', 'return', 'correction');

CREATE TABLE stock_movements (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    warehouse_id integer NOT NULL REFERENCES warehouses (id),
    book_id      integer NOT NULL REFERENCES books (id),
    kind         movement_kind NOT NULL,
    quantity     integer NOT NULL,
    note         text,
    moved_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stock_movements_quantity_check CHECK (quantity <> 0)
);
CREATE INDEX stock_movements_book_id_idx ON stock_movements (book_id, moved_at);

CREATE FUNCTION check_movement_sign() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF NEW.kind = 'sale' AND NEW.quantity > 0 THEN
        RAISE EXCEPTION 'a sale takes books away; its quantity is negative';
    ELSIF NEW.kind IN ('receipt', 'return') AND NEW.quantity < 0 THEN
        RAISE EXCEPTION 'a receipt or return brings books in; its quantity is positive';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER stock_movements_check_sign
BEFORE INSERT ON stock_movements
FOR EACH ROW EXECUTE FUNCTION check_movement_sign();

-- Not one INSERT … ON CONFLICT DO UPDATE: PostgreSQL would check on_hand >= 0 on the row to be
-- inserted, and so refuse every sale, before it saw the conflict.
CREATE FUNCTION apply_movement() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO stock_levels (warehouse_id, book_id)
    VALUES (NEW.warehouse_id, NEW.book_id)
    ON CONFLICT (warehouse_id, book_id) DO NOTHING;
    UPDATE stock_levels
    SET on_hand = on_hand + NEW.quantity
    WHERE warehouse_id = NEW.warehouse_id AND book_id = NEW.book_id;
    RETURN NULL;
END;
$$;

CREATE TRIGGER stock_movements_apply
AFTER INSERT ON stock_movements
FOR EACH ROW EXECUTE FUNCTION apply_movement();

CREATE FUNCTION refuse_movement_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'stock movements know no %; enter a correction instead', lower(TG_OP)
        USING ERRCODE = 'restrict_violation', HINT = 'A correction has a kind of its own.';
END;
$$;

CREATE TRIGGER stock_movements_no_update
BEFORE UPDATE ON stock_movements
FOR EACH ROW EXECUTE FUNCTION refuse_movement_change();

CREATE TRIGGER stock_movements_no_delete
BEFORE DELETE ON stock_movements
FOR EACH ROW EXECUTE FUNCTION refuse_movement_change();

CREATE TRIGGER stock_movements_no_truncate
BEFORE TRUNCATE ON stock_movements
FOR EACH STATEMENT EXECUTE FUNCTION refuse_movement_change();

-- dapter:downgrade
-- Takes its triggers with it, not their functions.
DROP TABLE stock_movements;
DROP FUNCTION refuse_movement_change();
DROP FUNCTION apply_movement();
DROP FUNCTION check_movement_sign();
DROP TYPE movement_kind;
