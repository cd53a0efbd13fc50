import { expect, it, vi } from "vitest";
import { alertOf, alertsOf, send } from "../durable-objects/detection/stream-alerts";
import { call, newTenant, problem } from "../support/client";

const ROWS = 60_000;
const NOTE = "x".repeat(60);
const timeOf = (i: number) => new Date(Date.UTC(2020, 0, 1) + i * 60_000).toISOString();
const row = (i: number) => `${timeOf(i)},sensor-7,${(20 + ((i * 61) % 97) / 10).toFixed(2)},${i},${NOTE}`;

it("takes a file too large for a request by a queued job, stores every row of it once, and follows it to its end", async () => {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 1_000, max_storage_mb: 1_000 } });
  const csv = [
    "time,device,temperature,counter,note",
    ...Array.from({ length: ROWS }, (_, i) => row(i)),
  ].join("\n");
  expect(csv.length).toBeGreaterThan(5_500_000);
  const form = new FormData();
  form.set("stream_id", "large");
  form.set("file", new Blob([csv], { type: "text/csv" }), "readings.csv");
  const queued = await call("/api/llm/process", {
    method: "POST",
    headers: { authorization: `Bearer ${tenant.token}` },
    body: form,
  });
  expect(queued.status).toBe(202);
  const job = queued.headers.get("location")!;
  await vi.waitFor(
    async () =>
      expect(await (await tenant.call("GET", job)).json()).toMatchObject({
        status: "succeeded",
        result: { records_processed: ROWS, records_rejected: 0 },
      }),
    { timeout: 60_000, interval: 500 },
  );
  const stream = (await (await tenant.call("GET", "/api/stream/large")).json()) as Record<string, object>;
  expect(stream).toMatchObject({ points: ROWS, detection: { enabled: true, warming_up: 0 } });
  // History raises nothing, and teaches what the next reading is judged by.
  expect(await alertsOf(tenant, "large")).toEqual([]);
  const next = { fields: { temperature: 90 }, tags: { device: "sensor-7", note: NOTE } };
  await send(tenant, "large", [{ ...next, timestamp: timeOf(ROWS) }]);
  const { context } = await alertOf(tenant, "large");
  expect(context).toMatchObject({ field: "temperature", tags: next.tags, value: 90 });
}, 90_000);

it("cancels an execution once, and not one that has ended", async () => {
  const tenant = await newTenant();
  const ended = (await (
    await tenant.call("POST", "/api/strategy", {
      strategy_id: "moving_average",
      data: [1, 2, 3, 4],
      config: { period: 2 },
    })
  ).json()) as { execution_id: string };
  const answer = await tenant.call("DELETE", `/api/strategy/${ended.execution_id}`);
  expect(await problem(answer)).toMatchObject({ status: 409, code: "conflict" });
});
