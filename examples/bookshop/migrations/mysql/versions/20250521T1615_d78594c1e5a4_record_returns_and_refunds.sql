-- Record returns and refunds
-- dapter:revision   d78594c1e5a4
-- dapter:revises    28d6fde3a0fa
-- dapter:created    2025-05-21T16:15:00Z

-- dapter:upgrade
CREATE TABLE `order_returns` (
    `id`           INT NOT NULL AUTO_INCREMENT,
    `order_id`     INT NOT NULL,
    `reason`       ENUM('damaged', 'wrong book', 'not liked; unread', 'other') NOT NULL,
    `refund_cents` INT NOT NULL DEFAULT 0,
    `asked_at`     DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    `arrived_at`   DATETIME,
    PRIMARY KEY (`id`),
    KEY `order_returns_order_id_idx` (`order_id`),
    KEY `order_returns_waiting_idx` (`arrived_at`, `asked_at`),
    CONSTRAINT `order_returns_order_id_fkey` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`),
    CONSTRAINT `order_returns_refund_check` CHECK (`refund_cents` >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='A return is asked for; then it arrives';

CREATE TABLE `order_return_lines` (
    `return_id` INT NOT NULL,
    `order_id`  INT NOT NULL,
    `line_no`   INT NOT NULL,
    `quantity`  INT NOT NULL,
    PRIMARY KEY (`return_id`, `order_id`, `line_no`),
    KEY `order_return_lines_line_idx` (`order_id`, `line_no`),
    CONSTRAINT `order_return_lines_return_id_fkey` FOREIGN KEY (`return_id`) REFERENCES `order_returns` (`id`) ON DELETE CASCADE,
    CONSTRAINT `order_return_lines_line_fkey` FOREIGN KEY (`order_id`, `line_no`) REFERENCES `order_lines` (`order_id`, `line_no`),
    CONSTRAINT `order_return_lines_quantity_check` CHECK (`quantity` > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- No more comes back than was sent.
CREATE TRIGGER `order_return_lines_check_quantity`
BEFORE INSERT ON `order_return_lines`
FOR EACH ROW
BEGIN
    DECLARE `ordered` INT DEFAULT 0;
    SELECT l.`quantity` INTO `ordered`
    FROM `order_lines` AS l
    WHERE l.`order_id` = NEW.`order_id` AND l.`line_no` = NEW.`line_no`;
    IF NEW.`quantity` > `ordered` THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'more copies returned than ordered';
    END IF;
END;

-- dapter:downgrade
DROP TABLE `order_return_lines`;
DROP TABLE `order_returns`;
