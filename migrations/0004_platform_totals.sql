CREATE TABLE `platform_totals` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text,
	`counters` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `platform_totals_tenant` ON `platform_totals` (`tenant_id`);