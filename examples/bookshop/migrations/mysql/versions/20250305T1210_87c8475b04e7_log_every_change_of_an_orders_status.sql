-- Log every change of an order's status
-- dapter:revision   87c8475b04e7
-- dapter:revises    f3ec8c7eb8e4
-- dapter:created    2025-03-05T12:10:00Z

-- dapter:upgrade
CREATE TABLE order_events (
    id          BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_id    INT NOT NULL,
    summary     VARCHAR(200) NOT NULL,
    details     JSON NOT NULL,
    to_status   VARCHAR(20) GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT(details, '$.to'))) VIRTUAL,
    happened_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    KEY order_events_order_id_idx (order_id),
    KEY order_events_to_idx (to_status, happened_at),
    CONSTRAINT order_events_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TRIGGER orders_log_status
AFTER UPDATE ON orders
FOR EACH ROW
BEGIN
    IF NEW.status <> OLD.status THEN
        INSERT INTO order_events (order_id, summary, details)
        VALUES (
            NEW.id,
            CASE NEW.status
                WHEN 'paid' THEN 'payment received; the warehouse may pick'
                WHEN 'shipped' THEN 'parcel handed over; tracking mail sent'
                WHEN 'cancelled' THEN CASE WHEN OLD.status = 'placed' THEN 'cancelled; nothing to refund' ELSE 'cancelled; refund due' END
                ELSE CONCAT('status is now "', NEW.status, '";')
            END,
            JSON_OBJECT('from', OLD.status, 'to', NEW.status)
        );
    END IF;
END;

-- dapter:downgrade
DROP TRIGGER orders_log_status;
DROP TABLE order_events;
