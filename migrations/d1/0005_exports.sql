CREATE TABLE `exports` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`active_for` text,
	`status` text NOT NULL,
	`state` text NOT NULL,
	`bytes` integer NOT NULL,
	`parts_done` integer NOT NULL,
	`parts_known` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lease` text,
	`error` text,
	`due_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `exports_active_for_unique` ON `exports` (`active_for`);--> statement-breakpoint
CREATE INDEX `exports_user` ON `exports` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `exports_due` ON `exports` (`due_at`);