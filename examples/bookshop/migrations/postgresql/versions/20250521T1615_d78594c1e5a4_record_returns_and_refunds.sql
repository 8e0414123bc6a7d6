-- Record returns and refunds
-- dapter:revision   d78594c1e5a4
-- dapter:revises    28d6fde3a0fa
-- dapter:created    2025-05-21T16:15:00Z

-- dapter:upgrade
CREATE TYPE return_reason AS ENUM ('damaged', 'wrong book', 'not liked; unread', 'other');

CREATE TABLE order_returns (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id     integer NOT NULL REFERENCES orders (id),
    reason       return_reason NOT NULL,
    refund_cents integer NOT NULL DEFAULT 0,
    asked_at     timestamptz NOT NULL DEFAULT now(),
    arrived_at   timestamptz,
    CONSTRAINT order_returns_refund_check CHECK (refund_cents >= 0)
);
CREATE INDEX order_returns_waiting_idx ON order_returns (asked_at) WHERE arrived_at IS NULL;

CREATE TABLE order_return_lines (
    return_id integer NOT NULL REFERENCES order_returns (id) ON DELETE CASCADE,
    order_id  integer NOT NULL,
    line_no   integer NOT NULL,
    quantity  integer NOT NULL,
    PRIMARY KEY (return_id, order_id, line_no),
    FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no),
    CONSTRAINT order_return_lines_quantity_check CHECK (quantity > 0)
);

-- No more comes back than was sent.
CREATE FUNCTION check_returned_quantity() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    ordered integer;
BEGIN
    SELECT l.quantity INTO STRICT ordered
    FROM order_lines AS l
    WHERE l.order_id = NEW.order_id AND l.line_no = NEW.line_no;
    IF NEW.quantity > ordered THEN
        RAISE EXCEPTION 'more copies returned than ordered' USING DETAIL = format('%s; %s', NEW.quantity, ordered);
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER order_return_lines_check_quantity
BEFORE INSERT ON order_return_lines
FOR EACH ROW EXECUTE FUNCTION check_returned_quantity();

-- dapter:downgrade
DROP TABLE order_return_lines;
DROP FUNCTION check_returned_quantity();
DROP TABLE order_returns;
DROP TYPE return_reason;
