CREATE TABLE `account_deletions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text,
	`hub_id` text,
	`passes` integer NOT NULL,
	`steps` integer NOT NULL,
	`created_at` integer NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`done_at` integer
);
--> statement-breakpoint
CREATE INDEX `account_deletions_due` ON `account_deletions` (`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `account_deletions_user` ON `account_deletions` (`user_id`);--> statement-breakpoint
CREATE TABLE `dashboard_shares` (
	`id` text PRIMARY KEY NOT NULL,
	`dashboard_id` text NOT NULL,
	`user_id` text NOT NULL,
	`hub_id` text NOT NULL,
	`rights` text NOT NULL,
	`email` text,
	`person_id` text,
	`secret_hash` text,
	`label` text,
	`version` integer NOT NULL,
	`notice_id` text NOT NULL,
	`expires_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `dashboard_shares_person` ON `dashboard_shares` (`dashboard_id`,`email`);--> statement-breakpoint
CREATE INDEX `dashboard_shares_with` ON `dashboard_shares` (`person_id`,`id`);--> statement-breakpoint
CREATE INDEX `dashboard_shares_email` ON `dashboard_shares` (`email`);--> statement-breakpoint
CREATE INDEX `dashboard_shares_hub` ON `dashboard_shares` (`hub_id`,`id`);--> statement-breakpoint
CREATE INDEX `dashboard_shares_user` ON `dashboard_shares` (`user_id`);--> statement-breakpoint
CREATE TABLE `dashboards` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`hub_id` text NOT NULL,
	`title` text NOT NULL,
	`icon` text,
	`widgets` text NOT NULL,
	`grants` text NOT NULL,
	`position` integer NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `dashboards_user` ON `dashboards` (`user_id`,`position`,`id`);--> statement-breakpoint
CREATE TABLE `preferences` (
	`user_id` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`version` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `app_tokens` ADD `grants` text;