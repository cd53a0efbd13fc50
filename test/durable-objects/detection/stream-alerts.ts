import { expect } from "vitest";
import type { TestTenant } from "../../support/client";

export interface Alert {
  id: string;
  level: string;
  message: string;
  stream_id: string;
  context: {
    stream_id: string;
    field: string;
    tags: Record<string, string>;
    timestamp: string;
    kind: string;
    value: number;
    score: number;
    series?: { tags: Record<string, string> }[];
    series_count?: number;
  };
}

const START = Date.UTC(2026, 0, 1);
export const at = (second: number): string => new Date(START + second * 1_000).toISOString();
/** A level that moves a little, the same for the same second. */
export const calm = (second: number): number =>
  20 + Math.sin(second * 12.9898) + Math.cos(second * 78.233) / 2;

export const row = (second: number, value = calm(second), tags: Record<string, string> = {}) => ({
  timestamp: at(second),
  fields: { v: value },
  tags,
});

export async function send(tenant: TestTenant, stream: string, rows: object[]): Promise<void> {
  const answer = await tenant.call("POST", `/api/stream/${stream}/points`, rows);
  expect(answer.status, await answer.clone().text()).toBe(202);
}

export async function alertsOf(tenant: TestTenant, stream: string): Promise<Alert[]> {
  const { events } = (await (await tenant.call("GET", "/api/events?limit=1000")).json()) as {
    events: (Alert & { event: string })[];
  };
  return events.filter(({ event, stream_id }) => event === "alert" && stream_id === stream);
}

/** Waits for the alert, which comes after the answer. */
export async function alertOf(tenant: TestTenant, stream: string, index = 0): Promise<Alert> {
  await expect
    .poll(async () => (await alertsOf(tenant, stream)).length, { timeout: 8_000, interval: 400 })
    .toBeGreaterThan(index);
  return (await alertsOf(tenant, stream))[index]!;
}

/** All that was written is judged: asking for the counts waits for it. */
export const settled = (tenant: TestTenant, stream: string) => tenant.call("GET", `/api/stream/${stream}`);

export const detectionOf = async (tenant: TestTenant, stream: string) =>
  ((await (await settled(tenant, stream)).json()) as { detection: Record<string, number | boolean> })
    .detection;
