import { expect, it } from "vitest";
import { newTenant } from "../support/client";

const DAY_MS = 86_400_000;
const row = (daysAgo: number, v: number) => ({
  timestamp: new Date(Date.now() - daysAgo * DAY_MS).toISOString(),
  fields: { v },
});

it("deletes a range, says how many went, and leaves the rest", async () => {
  const tenant = await newTenant();
  const times = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"];
  const body = times.map((timestamp, v) => ({ timestamp, fields: { v } }));
  await tenant.call("POST", "/api/stream/s/points", body);
  const wrong = await tenant.call("DELETE", "/api/stream/s/data?start=soon");
  expect(await wrong.json()).toMatchObject({ status: 422, errors: [{ pointer: "#/query/start" }] });
  const deleted = await tenant.call("DELETE", "/api/stream/s/data?start=2026-01-02&end=2026-01-02");
  expect(await deleted.json()).toEqual({ stream_id: "s", deleted: 1 });
  const { points } = (await (await tenant.call("GET", "/api/stream/s/data")).json()) as {
    points: { fields: { v: number } }[];
  };
  expect(points.map(({ fields }) => fields.v)).toEqual([0, 2]);
  const again = await tenant.call("POST", "/api/stream/s/points", body);
  expect(await again.json()).toMatchObject({ accepted: 1, duplicates: 2 });
});

it("keeps readings for as long as it is told, and for ever again when told so", async () => {
  const tenant = await newTenant();
  await tenant.call("POST", "/api/stream/s/points", [row(40, 1), row(20, 2), row(1, 3)]);
  const changed = await tenant.call("PATCH", "/api/stream/s", {
    retention_days: 30,
    description: "Boiler room",
  });
  expect(await changed.json()).toMatchObject({
    retention_days: 30,
    description: "Boiler room",
    points: 2,
    accepted: 3,
  });
  expect(await (await tenant.call("PATCH", "/api/stream/s", { retention_days: null })).json()).toMatchObject({
    retention_days: null,
    description: "Boiler room",
  });
  await tenant.call("POST", "/api/stream/s/points", [row(400, 4)]);
  expect(await (await tenant.call("GET", "/api/stream/s")).json()).toMatchObject({ points: 3 });
  const unknown = await tenant.call("PATCH", "/api/stream/s", { retention: 3 });
  expect(await unknown.json()).toMatchObject({ status: 422 });
});

it("counts what came of every row it was sent, those refused among them", async () => {
  const tenant = await newTenant();
  const send = (body: unknown) => tenant.call("POST", "/api/stream/s/points", body);
  await send([
    { timestamp: "2026-01-01", fields: { v: 1 } },
    { timestamp: "never", fields: { v: 1 } },
  ]);
  await send([{ timestamp: "2026-01-01", fields: { v: 1 } }]);
  await send([{ timestamp: "2026-01-01", fields: { v: 2 } }]);
  expect(await (await tenant.call("GET", "/api/stream/s")).json()).toMatchObject({
    points: 1,
    received: 4,
    accepted: 1,
    updated: 1,
    duplicates: 1,
    rejected: 1,
  });
});
