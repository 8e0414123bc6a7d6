-- Log every change of an order's status
-- dapter:revision   87c8475b04e7
-- dapter:revises    f3ec8c7eb8e4
-- dapter:created    2025-03-05T12:10:00Z

-- dapter:upgrade
CREATE TABLE order_events (
    id          INTEGER PRIMARY KEY,
    order_id    INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    summary     TEXT NOT NULL,
    details     TEXT NOT NULL DEFAULT '{}',
    happened_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT order_events_details_check CHECK (json_valid(details))
) STRICT;
CREATE INDEX order_events_order_id_idx ON order_events (order_id);
CREATE INDEX order_events_to_idx ON order_events (json_extract(details, '$.to'), happened_at);

CREATE TRIGGER orders_log_status
AFTER UPDATE OF status ON orders
WHEN NEW.status <> OLD.status
BEGIN
    INSERT INTO order_events (order_id, summary, details)
    VALUES (
        NEW.id,
        CASE NEW.status
            WHEN 'paid' THEN 'payment received; the warehouse may pick'
            WHEN 'shipped' THEN 'parcel handed over; tracking mail sent'
            WHEN 'cancelled' THEN CASE WHEN OLD.status = 'placed' THEN 'cancelled; nothing to refund' ELSE 'cancelled; refund due' END
            ELSE 'status is now "' || NEW.status || '";'
        END,
        json_object('from', OLD.status, 'to', NEW.status)
    );
END;

-- dapter:downgrade
DROP TRIGGER orders_log_status;
DROP TABLE order_events;
