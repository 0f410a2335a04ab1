CREATE TABLE `account_deletions` (
	`id` varchar(64) NOT NULL,
	`user_id` varchar(64),
	`hub_id` varchar(64),
	`passes` int NOT NULL,
	`steps` int NOT NULL,
	`created_at` bigint NOT NULL,
	`next_attempt_at` bigint NOT NULL,
	`done_at` bigint,
	CONSTRAINT `account_deletions_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `dashboard_shares` (
	`id` varchar(64) NOT NULL,
	`dashboard_id` varchar(64) NOT NULL,
	`user_id` varchar(64) NOT NULL,
	`hub_id` varchar(64) NOT NULL,
	`rights` varchar(16) NOT NULL,
	`email` varchar(255),
	`person_id` varchar(64),
	`secret_hash` varchar(255),
	`label` varchar(255),
	`version` int NOT NULL,
	`notice_id` varchar(64) NOT NULL,
	`expires_at` bigint,
	`created_at` bigint NOT NULL,
	CONSTRAINT `dashboard_shares_id` PRIMARY KEY(`id`),
	CONSTRAINT `dashboard_shares_person` UNIQUE(`dashboard_id`,`email`)
);
--> statement-breakpoint
CREATE TABLE `dashboards` (
	`id` varchar(64) NOT NULL,
	`user_id` varchar(64) NOT NULL,
	`hub_id` varchar(64) NOT NULL,
	`title` varchar(255) NOT NULL,
	`icon` varchar(255),
	`widgets` mediumtext NOT NULL,
	`grants` mediumtext NOT NULL,
	`position` int NOT NULL,
	`version` int NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `dashboards_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `preferences` (
	`user_id` varchar(64) NOT NULL,
	`value` text NOT NULL,
	`version` int NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `preferences_user_id` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
ALTER TABLE `app_tokens` ADD `grants` mediumtext;--> statement-breakpoint
CREATE INDEX `account_deletions_due` ON `account_deletions` (`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `account_deletions_user` ON `account_deletions` (`user_id`);--> statement-breakpoint
CREATE INDEX `dashboard_shares_with` ON `dashboard_shares` (`person_id`,`id`);--> statement-breakpoint
CREATE INDEX `dashboard_shares_email` ON `dashboard_shares` (`email`);--> statement-breakpoint
CREATE INDEX `dashboard_shares_hub` ON `dashboard_shares` (`hub_id`,`id`);--> statement-breakpoint
CREATE INDEX `dashboard_shares_user` ON `dashboard_shares` (`user_id`);--> statement-breakpoint
CREATE INDEX `dashboards_user` ON `dashboards` (`user_id`,`position`,`id`);