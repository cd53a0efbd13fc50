import { expect, it } from "vitest";
import { newTenant } from "../support/client";

const T = "2025-01-01T00:00:00.000Z";

it("keeps rows of text without a number, each with its own text, and counts them like any other", async () => {
  const tenant = await newTenant();
  const payload = ["started", "listening", "stopped"].map((message) => ({
    timestamp: T,
    attributes: { message },
    fields: {},
    tags: { host: "a" },
  }));
  const write = () => tenant.call("POST", "/api/stream", { stream_id: "log", payload });
  expect(await (await write()).json()).toMatchObject({ accepted: 3, updated: 0, duplicates: 0, rejected: 0 });
  expect(await (await write()).json()).toMatchObject({ accepted: 0, duplicates: 3 });
  const data = (await (await tenant.call("GET", "/api/stream/log/data")).json()) as { points: object[] };
  expect(data.points).toEqual(
    ["started", "listening", "stopped"].map((message) => ({
      timestamp: T,
      fields: {},
      tags: { host: "a" },
      attributes: { message },
    })),
  );
  expect(await (await tenant.call("GET", "/api/stream/log")).json()).toMatchObject({
    points: 3,
    values: 0,
    series: [],
    first_timestamp: T,
  });
});

it("keeps the text of a row with its number apart from that of a row without one at the same time", async () => {
  const tenant = await newTenant();
  const payload = [
    { timestamp: T, attributes: { note: "with" }, fields: { v: 1 }, tags: {} },
    { timestamp: T, attributes: { note: "without" }, fields: {}, tags: {} },
  ];
  await tenant.call("POST", "/api/stream", { stream_id: "mixed", payload });
  const data = (await (await tenant.call("GET", "/api/stream/mixed/data")).json()) as { points: object[] };
  expect(data.points).toMatchObject([
    { fields: { v: 1 }, attributes: { note: "with" } },
    { fields: {}, attributes: { note: "without" } },
  ]);
});

it("loads a log whose lines are texts", async () => {
  const tenant = await newTenant();
  const lines = Array.from(
    { length: 30 },
    (_, i) =>
      `2025-01-01 00:00:${String(i).padStart(2, "0")} ${i % 3 ? "INFO" : "ERROR"} worker ${i % 3 ? "did its part" : "gave up on it"}`,
  );
  const answer = await tenant.call("POST", "/api/llm/process", {
    raw_text: lines.join("\n"),
    stream_id: "lines",
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ success: true, records_processed: 30, records_rejected: 0 });
});

it("cuts frames by the bytes of their texts, so that each fits one stored value, and keeps a mark inside a text", async () => {
  const tenant = await newTenant({ tier: "standard" });
  const wide = "\u4e00".repeat(16_000);
  const rows = Array.from({ length: 70 }, (_, i) => ({
    timestamp: 1_700_000_000 + i,
    fields: { v: i },
    attributes: { note: wide },
  }));
  expect(await (await tenant.call("POST", "/api/stream/wide/points", rows)).json()).toMatchObject({
    accepted: 70,
    rejected: 0,
  });
  const { points } = (await (await tenant.call("GET", "/api/stream/wide/data?limit=70")).json()) as {
    points: { attributes: { note: string } }[];
  };
  expect(points.every(({ attributes }) => attributes.note === wide)).toBe(true);
  const control = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`t${i}`, "\u0001".repeat(16_000)]),
  );
  const refused = await tenant.call("POST", "/api/stream/wide/points", [
    { timestamp: 1, fields: { v: 1 }, attributes: control },
  ]);
  expect(await refused.json()).toMatchObject({ status: 422, code: "no_valid_rows" });
});
