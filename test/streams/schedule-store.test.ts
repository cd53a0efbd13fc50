import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { db } from "../../src/platform/db";
import { advanceStreams, dueStreams, noteRun, setSchedule } from "../../src/streams/schedule-store";
import { findStream, registerStream } from "../../src/streams/store";
import { cronAt } from "../analytics/schedule/support";
import { newTenant } from "../support/client";

const HOUR_MS = 3_600_000;
const database = db(env);
const hourly = { every: "1h", strategy_id: "moving_average", config: {} };

async function scheduled(tenantId: string, streamId: string, nowMs: number): Promise<void> {
  await registerStream(database, { tenantId, streamId, dataType: null, createdAt: nowMs });
  await setSchedule(database, tenantId, streamId, hourly, nowMs);
}
const dueMsOf = async (tenantId: string, streamId: string) =>
  (await findStream(database, tenantId, streamId))!.schedule!.dueMs;

it("puts page after page of what is due on the queue, those that have waited longest first", async () => {
  const tenant = await newTenant();
  const ids = Array.from({ length: 230 }, (_, i) => `s${i}`);
  for (const [i, streamId] of ids.entries()) await scheduled(tenant.tenantId, streamId, ids.length - i);
  const sent = await cronAt(2 * HOUR_MS, tenant);
  expect(sent.map((body) => "stream_id" in body && body.stream_id)).toEqual(ids.reverse());
  expect(await cronAt(2 * HOUR_MS, tenant)).toEqual([]);
  expect(await dueMsOf(tenant.tenantId, "s0")).toBe(2 * HOUR_MS + ids.length);
});

it("moves nothing on that was changed since it was read as due", async () => {
  const tenantId = crypto.randomUUID();
  await scheduled(tenantId, "kept", 0);
  await scheduled(tenantId, "changed", 0);
  const due = (await dueStreams(database, HOUR_MS, 100)).filter((one) => one.tenantId === tenantId);
  expect(due).toHaveLength(2);
  await setSchedule(database, tenantId, "changed", hourly, 5 * HOUR_MS);
  await advanceStreams(database, due, 3 * HOUR_MS);
  await advanceStreams(database, due, 9 * HOUR_MS);
  expect(await dueMsOf(tenantId, "kept")).toBe(4 * HOUR_MS);
  expect(await dueMsOf(tenantId, "changed")).toBe(6 * HOUR_MS);
});

it("does not let the word of an earlier run overwrite that of a later one", async () => {
  const tenantId = crypto.randomUUID();
  await scheduled(tenantId, "s", 0);
  const note = (dueMs: number, execution_id: string) =>
    noteRun(database, { tenantId, streamId: "s", dueMs }, { execution_id, error: null });
  await note(2 * HOUR_MS, "later");
  await note(HOUR_MS, "earlier");
  expect((await findStream(database, tenantId, "s"))!.schedule!.last).toMatchObject({
    execution_id: "later",
  });
});
