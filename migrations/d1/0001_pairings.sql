CREATE TABLE `pairings` (
	`device_code_hash` text PRIMARY KEY NOT NULL,
	`user_code_hash` text NOT NULL,
	`client_id` text NOT NULL,
	`suggested_name` text,
	`country` text,
	`status` text NOT NULL,
	`user_id` text,
	`device_id` text,
	`interval_seconds` integer NOT NULL,
	`last_poll_at` integer,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `pairings_user_code_hash_unique` ON `pairings` (`user_code_hash`);--> statement-breakpoint
CREATE INDEX `pairings_expiry` ON `pairings` (`expires_at`);