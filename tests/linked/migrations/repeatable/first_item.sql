-- The item that is always there
-- dapter:repeatable first_item

-- dapter:upgrade
DELETE FROM items WHERE id = 1;
INSERT INTO items (id, name) VALUES (1, 'first');
