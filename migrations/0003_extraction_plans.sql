CREATE TABLE `extraction_plans` (
	`tenant_id` text NOT NULL,
	`shape_id` text NOT NULL,
	`version` integer NOT NULL,
	`plan` text NOT NULL,
	`origin` text NOT NULL,
	`confidence` real NOT NULL,
	`job_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `shape_id`, `version`)
);
