-- Record returns and refunds
-- dapter:revision   d78594c1e5a4
-- dapter:revises    28d6fde3a0fa
-- dapter:created    2025-05-21T16:15:00Z

-- dapter:upgrade
CREATE TABLE order_returns (
    id           INTEGER PRIMARY KEY,
    order_id     INTEGER NOT NULL REFERENCES orders (id),
    reason       TEXT NOT NULL,
    refund_cents INTEGER NOT NULL DEFAULT 0,
    asked_at     TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    arrived_at   TEXT,
    CONSTRAINT order_returns_refund_check CHECK (refund_cents >= 0),
    CONSTRAINT order_returns_reason_check
        CHECK (reason IN ('damaged', 'wrong book', 'not liked; unread', 'other'))
) STRICT;
CREATE INDEX order_returns_waiting_idx ON order_returns (asked_at) WHERE arrived_at IS NULL;

CREATE TABLE order_return_lines (
    return_id INTEGER NOT NULL REFERENCES order_returns (id) ON DELETE CASCADE,
    order_id  INTEGER NOT NULL,
    line_no   INTEGER NOT NULL,
    quantity  INTEGER NOT NULL,
    PRIMARY KEY (return_id, order_id, line_no),
    FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no),
    CONSTRAINT order_return_lines_quantity_check CHECK (quantity > 0)
) STRICT, WITHOUT ROWID;

-- No more comes back than was sent.
CREATE TRIGGER order_return_lines_check_quantity
BEFORE INSERT ON order_return_lines
WHEN NEW.quantity > (
    SELECT l.quantity FROM order_lines AS l WHERE l.order_id = NEW.order_id AND l.line_no = NEW.line_no
)
BEGIN
    SELECT RAISE(ABORT, 'more copies returned than ordered');
END;

-- dapter:downgrade
DROP TABLE order_return_lines;
DROP TABLE order_returns;
