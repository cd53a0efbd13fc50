ALTER TABLE `streams` ADD `schedule` text;--> statement-breakpoint
ALTER TABLE `streams` ADD `schedule_every_ms` integer;--> statement-breakpoint
ALTER TABLE `streams` ADD `schedule_due_ms` integer;--> statement-breakpoint
ALTER TABLE `streams` ADD `schedule_last` text;--> statement-breakpoint
CREATE INDEX `streams_schedule_due` ON `streams` (`schedule_due_ms`) WHERE schedule_due_ms is not null;--> statement-breakpoint
ALTER TABLE `tenants` ADD `auto_due_ms` integer;--> statement-breakpoint
ALTER TABLE `tenants` ADD `auto_since_ms` integer;--> statement-breakpoint
ALTER TABLE `tenants` ADD `auto_last` text;--> statement-breakpoint
CREATE INDEX `tenants_auto_due` ON `tenants` (`auto_due_ms`) WHERE auto_due_ms is not null;