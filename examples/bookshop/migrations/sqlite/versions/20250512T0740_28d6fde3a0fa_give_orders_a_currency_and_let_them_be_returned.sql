-- Give orders a currency and let them be returned
-- dapter:revision   28d6fde3a0fa
-- dapter:revises    2a755270ca37
-- dapter:created    2025-05-12T07:40:00Z

-- dapter:upgrade
-- A CHECK cannot be altered, so the table is rebuilt: new table, copy, drop, rename. The views
-- go first, because a rename refuses while one of them names a table that is not there.
-- PRAGMA foreign_keys is off, as SQLite has it: were it on, the drop would delete the lines.
DROP VIEW crm_segments;
DROP VIEW order_totals;

CREATE TABLE orders_new (
    id            INTEGER PRIMARY KEY,
    customer_id   INTEGER NOT NULL REFERENCES customers (id),
    status        TEXT NOT NULL DEFAULT 'placed',
    placed_at     TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    legacy_number INTEGER,
    currency_code TEXT NOT NULL DEFAULT 'EUR',
    CONSTRAINT orders_legacy_number_key UNIQUE (legacy_number),
    CONSTRAINT orders_currency_code_check CHECK (currency_code IN ('EUR', 'GBP', 'USD')),
    CONSTRAINT orders_status_check
        CHECK (status IN ('placed', 'paid', 'shipped', 'completed', 'returned', 'cancelled'))
);
INSERT INTO orders_new (id, customer_id, status, placed_at, legacy_number)
SELECT id, customer_id, status, placed_at, legacy_number FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;

-- Indexes and triggers went with the old table.
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE INDEX orders_open_idx ON orders (placed_at) WHERE status IN ('placed', 'paid');

CREATE VIEW order_totals AS
SELECT o.id AS order_id,
       o.customer_id,
       o.status,
       o.placed_at,
       o.currency_code,
       count(l.line_no) AS line_count,
       coalesce(sum(l.line_total_cents), 0) AS total_cents
FROM orders AS o
LEFT JOIN order_lines AS l ON l.order_id = o.id
GROUP BY o.id, o.customer_id, o.status, o.placed_at, o.currency_code;

CREATE VIEW crm_segments AS
SELECT c.customer_id,
       count(t.order_id) AS order_count,
       coalesce(sum(t.total_cents), 0) AS spent_cents,
       max(t.placed_at) AS last_order_at,
       CASE
           WHEN count(t.order_id) = 0 THEN 'prospect'
           WHEN coalesce(sum(t.total_cents), 0) >= 20000 THEN 'collector'
           WHEN count(t.order_id) >= 4 THEN 'regular'
           ELSE 'occasional'
       END AS segment
FROM crm_contacts AS c
LEFT JOIN order_totals AS t ON t.customer_id = c.customer_id AND t.status <> 'cancelled'
GROUP BY c.customer_id;

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

CREATE TRIGGER orders_award_points
AFTER UPDATE OF status ON orders
WHEN NEW.status = 'completed' AND OLD.status <> 'completed'
BEGIN
    INSERT INTO loyalty_accounts (customer_id, points)
    VALUES (NEW.customer_id, 0)
    ON CONFLICT (customer_id) DO NOTHING;
    UPDATE loyalty_accounts
    SET points = points + (SELECT t.total_cents / 100 FROM order_totals AS t WHERE t.order_id = NEW.id)
    WHERE customer_id = NEW.customer_id;
END;

-- dapter:downgrade
-- RENAME would leave the name in quotes, and the table's text would no longer be what it was
-- before; so the rows step aside and come back into a table made under its own name.
DROP VIEW order_totals;

CREATE TABLE orders_kept AS
SELECT id, customer_id, status, placed_at, legacy_number FROM orders;
DROP TABLE orders;

CREATE TABLE orders (
    id            INTEGER PRIMARY KEY,
    customer_id   INTEGER NOT NULL REFERENCES customers (id),
    status        TEXT NOT NULL DEFAULT 'placed',
    placed_at     TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    legacy_number INTEGER,
    CONSTRAINT orders_legacy_number_key UNIQUE (legacy_number),
    CONSTRAINT orders_status_check
        CHECK (status IN ('placed', 'paid', 'shipped', 'completed', 'cancelled'))
);
-- The old states know no return; before, a returned order simply stayed completed.
INSERT INTO orders (id, customer_id, status, placed_at, legacy_number)
SELECT id, customer_id, CASE status WHEN 'returned' THEN 'completed' ELSE status END, placed_at, legacy_number
FROM orders_kept
ORDER BY id;
DROP TABLE orders_kept;

CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE INDEX orders_open_idx ON orders (placed_at) WHERE status IN ('placed', 'paid');

CREATE VIEW order_totals AS
SELECT o.id AS order_id,
       o.customer_id,
       o.status,
       o.placed_at,
       count(l.line_no) AS line_count,
       coalesce(sum(l.line_total_cents), 0) AS total_cents
FROM orders AS o
LEFT JOIN order_lines AS l ON l.order_id = o.id
GROUP BY o.id, o.customer_id, o.status, o.placed_at;

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

CREATE TRIGGER orders_award_points
AFTER UPDATE OF status ON orders
WHEN NEW.status = 'completed' AND OLD.status <> 'completed'
BEGIN
    INSERT INTO loyalty_accounts (customer_id, points)
    VALUES (NEW.customer_id, 0)
    ON CONFLICT (customer_id) DO NOTHING;
    UPDATE loyalty_accounts
    SET points = points + (SELECT t.total_cents / 100 FROM order_totals AS t WHERE t.order_id = NEW.id)
    WHERE customer_id = NEW.customer_id;
END;
