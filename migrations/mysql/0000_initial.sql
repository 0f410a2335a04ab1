CREATE TABLE `app_tokens` (
	`id` varchar(64) NOT NULL,
	`user_id` varchar(64) NOT NULL,
	`hub_id` varchar(64) NOT NULL,
	`name` varchar(255) NOT NULL,
	`expires_at` bigint,
	`created_at` bigint NOT NULL,
	CONSTRAINT `app_tokens_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `device_tags` (
	`user_id` varchar(64) NOT NULL,
	`tag` varchar(255) NOT NULL,
	`device_id` varchar(64) NOT NULL,
	CONSTRAINT `device_tags_user_id_tag_device_id_pk` PRIMARY KEY(`user_id`,`tag`,`device_id`)
);
--> statement-breakpoint
CREATE TABLE `devices` (
	`id` varchar(64) NOT NULL,
	`user_id` varchar(64) NOT NULL,
	`hub_id` varchar(64) NOT NULL,
	`name` varchar(255) NOT NULL,
	`name_key` varchar(512) NOT NULL,
	`model` varchar(255),
	`tags` text NOT NULL,
	`attributes` mediumtext NOT NULL,
	`grants` mediumtext NOT NULL,
	`gen` int,
	`last_gen` int NOT NULL,
	`version` int NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `devices_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `hubs` (
	`id` varchar(64) NOT NULL,
	`user_id` varchar(64) NOT NULL,
	`started_at` bigint,
	`created_at` bigint NOT NULL,
	CONSTRAINT `hubs_id` PRIMARY KEY(`id`),
	CONSTRAINT `hubs_user_id_unique` UNIQUE(`user_id`)
);
--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` varchar(64) NOT NULL,
	`hub_id` varchar(64) NOT NULL,
	`subject` varchar(64) NOT NULL,
	`created_at` bigint NOT NULL,
	`attempts` int NOT NULL,
	`next_attempt_at` bigint NOT NULL,
	CONSTRAINT `outbox_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `pairings` (
	`device_code_hash` varchar(255) NOT NULL,
	`user_code_hash` varchar(255) NOT NULL,
	`client_id` varchar(255) NOT NULL,
	`suggested_name` varchar(255),
	`country` varchar(8),
	`status` varchar(16) NOT NULL,
	`user_id` varchar(64),
	`device_id` varchar(64),
	`interval_seconds` int NOT NULL,
	`last_poll_at` bigint,
	`created_at` bigint NOT NULL,
	`expires_at` bigint NOT NULL,
	CONSTRAINT `pairings_device_code_hash` PRIMARY KEY(`device_code_hash`),
	CONSTRAINT `pairings_user_code_hash_unique` UNIQUE(`user_code_hash`)
);
--> statement-breakpoint
CREATE TABLE `accounts` (
	`id` varchar(64) NOT NULL,
	`account_id` varchar(255) NOT NULL,
	`provider_id` varchar(255) NOT NULL,
	`user_id` varchar(64) NOT NULL,
	`access_token` text,
	`refresh_token` text,
	`id_token` text,
	`access_token_expires_at` bigint,
	`refresh_token_expires_at` bigint,
	`scope` text,
	`password` varchar(255),
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `accounts_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` varchar(64) NOT NULL,
	`token` varchar(255) NOT NULL,
	`user_id` varchar(64) NOT NULL,
	`expires_at` bigint NOT NULL,
	`ip_address` varchar(64),
	`user_agent` text,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `sessions_id` PRIMARY KEY(`id`),
	CONSTRAINT `sessions_token_unique` UNIQUE(`token`)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` varchar(64) NOT NULL,
	`name` varchar(255) NOT NULL,
	`email` varchar(255) NOT NULL,
	`email_verified` boolean NOT NULL,
	`image` text,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `users_id` PRIMARY KEY(`id`),
	CONSTRAINT `users_email_unique` UNIQUE(`email`)
);
--> statement-breakpoint
CREATE TABLE `verifications` (
	`id` varchar(64) NOT NULL,
	`identifier` varchar(255) NOT NULL,
	`value` text NOT NULL,
	`expires_at` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `verifications_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
ALTER TABLE `accounts` ADD CONSTRAINT `accounts_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `sessions` ADD CONSTRAINT `sessions_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `app_tokens_user` ON `app_tokens` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `app_tokens_hub` ON `app_tokens` (`hub_id`,`id`);--> statement-breakpoint
CREATE INDEX `device_tags_device` ON `device_tags` (`device_id`);--> statement-breakpoint
CREATE INDEX `devices_user` ON `devices` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `devices_hub` ON `devices` (`hub_id`,`id`);--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `pairings_expiry` ON `pairings` (`expires_at`);--> statement-breakpoint
CREATE INDEX `accounts_user` ON `accounts` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `verifications_identifier` ON `verifications` (`identifier`);