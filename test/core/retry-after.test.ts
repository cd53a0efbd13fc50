import { expect, it } from "vitest";
import { retryAfterMs } from "../../src/core/retry-after";

const NOW = Date.UTC(2025, 0, 1, 12);

it.each([
  ["120", 120_000],
  [" 0 ", 0],
  ["1.5", 1_500],
  ["Wed, 01 Jan 2025 12:10:00 GMT", 600_000],
  ["Wednesday, 01-Jan-25 12:10:00 GMT", 600_000],
  ["Wed, 01 Jan 2025 11:00:00 GMT", 0],
  ["soon", null],
  ["", null],
  [null, null],
  [undefined, null],
])("Retry-After: %s is %s ms from now", (header, pauseMs) => {
  expect(retryAfterMs(header, NOW)).toBe(pauseMs);
});
