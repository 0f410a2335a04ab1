CREATE TABLE `exports` (
	`id` varchar(64) NOT NULL,
	`user_id` varchar(64) NOT NULL,
	`active_for` varchar(64),
	`status` varchar(16) NOT NULL,
	`state` mediumtext NOT NULL,
	`bytes` bigint NOT NULL,
	`parts_done` int NOT NULL,
	`parts_known` int NOT NULL,
	`attempts` int NOT NULL,
	`lease` varchar(64),
	`error` text,
	`due_at` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	`finished_at` bigint,
	CONSTRAINT `exports_id` PRIMARY KEY(`id`),
	CONSTRAINT `exports_active_for_unique` UNIQUE(`active_for`)
);
--> statement-breakpoint
CREATE INDEX `exports_user` ON `exports` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `exports_due` ON `exports` (`due_at`);