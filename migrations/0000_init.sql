CREATE TABLE `clients` (
	`tenant_id` text NOT NULL,
	`client_id` text NOT NULL,
	`secret_hash` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `client_id`)
);
--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`public_jwk` text NOT NULL,
	`sealed_private_jwk` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `signing_keys_created` ON `signing_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `streams` (
	`tenant_id` text NOT NULL,
	`stream_id` text NOT NULL,
	`shards` text NOT NULL,
	`data_type` text,
	`description` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `stream_id`)
);
--> statement-breakpoint
CREATE TABLE `signup_keys` (
	`key_hash` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tenants` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`tier` text NOT NULL,
	`region` text,
	`status` text NOT NULL,
	`limits` text NOT NULL,
	`allowed_strategies` text NOT NULL,
	`settings` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
