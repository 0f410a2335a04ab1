CREATE TABLE `deliveries` (
	`id` varchar(128) NOT NULL,
	`user_id` varchar(64) NOT NULL,
	`notification_id` varchar(64) NOT NULL,
	`kind` varchar(16) NOT NULL,
	`target_id` varchar(64),
	`title` varchar(255) NOT NULL,
	`status` varchar(16) NOT NULL,
	`attempts` int NOT NULL,
	`http_status` int,
	`detail` varchar(512) NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `deliveries_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `push_subscriptions` (
	`id` varchar(64) NOT NULL,
	`user_id` varchar(64) NOT NULL,
	`endpoint_hash` varchar(64) NOT NULL,
	`endpoint` text NOT NULL,
	`p256dh` varchar(128) NOT NULL,
	`auth` varchar(64) NOT NULL,
	`label` varchar(255) NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `push_subscriptions_id` PRIMARY KEY(`id`),
	CONSTRAINT `push_subscriptions_endpoint_hash_unique` UNIQUE(`endpoint_hash`)
);
--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` varchar(64) NOT NULL,
	`user_id` varchar(64) NOT NULL,
	`name` varchar(255) NOT NULL,
	`url` text NOT NULL,
	`secrets` text NOT NULL,
	`disabled_at` bigint,
	`disabled_reason` varchar(255),
	`failing_since` bigint,
	`version` int NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `webhooks_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE INDEX `deliveries_user` ON `deliveries` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `push_subscriptions_user` ON `push_subscriptions` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `webhooks_user` ON `webhooks` (`user_id`,`id`);