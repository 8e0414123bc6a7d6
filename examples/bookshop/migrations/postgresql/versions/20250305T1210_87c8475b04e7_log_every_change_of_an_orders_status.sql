-- Log every change of an order's status
-- dapter:revision   87c8475b04e7
-- dapter:revises    f3ec8c7eb8e4
-- dapter:created    2025-03-05T12:10:00Z

-- dapter:upgrade
CREATE TABLE order_events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id    integer NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    summary     text NOT NULL,
    details     jsonb NOT NULL DEFAULT '{}',
    happened_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX order_events_order_id_idx ON order_events (order_id);
CREATE INDEX order_events_to_idx ON order_events ((details ->> 'to'), happened_at);

CREATE FUNCTION log_order_status() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO order_events (order_id, summary, details)
    VALUES (
        NEW.id,
        CASE NEW.status
            WHEN 'paid' THEN 'payment received; the warehouse may pick'
            WHEN 'shipped' THEN 'parcel handed over; tracking mail sent'
            WHEN 'cancelled' THEN CASE WHEN OLD.status = 'placed' THEN 'cancelled; nothing to refund' ELSE 'cancelled; refund due' END
            ELSE format('status is now "%s";', NEW.status)
        END,
        jsonb_build_object('from', OLD.status, 'to', NEW.status)
    );
    RETURN NULL;
END;
$$;

CREATE TRIGGER orders_log_status
AFTER UPDATE OF status ON orders
FOR EACH ROW
WHEN (NEW.status <> OLD.status)
EXECUTE FUNCTION log_order_status();

-- dapter:downgrade
DROP TRIGGER orders_log_status ON orders;
DROP FUNCTION log_order_status();
DROP TABLE order_events;
