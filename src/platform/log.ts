import type { JsonObject } from "../core/json";

const LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LEVELS)[number];

/** One JSON line an event, for Workers Logs. Never a secret, a token or a row of a tenant's data. */
export function log(threshold: LogLevel, level: LogLevel, event: string, fields: JsonObject = {}): void {
  if (LEVELS.indexOf(level) < LEVELS.indexOf(threshold)) return;
  console[level === "debug" ? "log" : level](JSON.stringify({ level, event, ...fields }));
}

/** An unexpected error as log fields: for our eyes, not for the caller's. */
export const errorFields = (error: unknown): JsonObject =>
  error instanceof Error
    ? { error: error.name, message: error.message, stack: error.stack ?? null }
    : { error: String(error) };
