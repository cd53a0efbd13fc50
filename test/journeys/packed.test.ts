import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { zipOf } from "../extraction/support-zip";
import { call, newTenant, type TestTenant } from "../support/client";
import { pricesCsv } from "./support-process";

const upload = (tenant: TestTenant, content: Uint8Array, name: string) => {
  const form = new FormData();
  form.append("file", new File([content], name));
  return call("/api/llm/process", {
    method: "POST",
    headers: { authorization: `Bearer ${tenant.token}` },
    body: form,
  });
};
const readings = (rows: number, from = 0) => {
  const start = Date.UTC(2024, 0, 1) + from * 60_000;
  const line = (i: number) => `${new Date(start + i * 60_000).toISOString()},${20 + (i % 7)}\n`;
  return `time,temperature\n${Array.from({ length: rows }, (_, i) => line(i)).join("")}`;
};

describe("a packed upload", () => {
  it("is loaded as what is in it, under the name of that", async () => {
    const tenant = await newTenant();
    const answer = await upload(tenant, gzipSync(pricesCsv()), "prices.csv.gz");
    expect(await answer.json()).toMatchObject({ format: "csv", records_processed: 120, stream_id: "prices" });
  });

  it("of several files is one stream with a tag, and what is left out is told", async () => {
    const tenant = await newTenant();
    const archive = zipOf([
      { name: "2024/north.csv", content: readings(30) },
      { name: "2024/south.csv", content: readings(20) },
      { name: "2024/readme.png", content: Uint8Array.of(0x89, 0x50, 0x4e, 0x47) },
    ]);
    const body = (await (await upload(tenant, archive, "sites.zip")).json()) as { warnings: string[] };
    expect(body).toMatchObject({ records_processed: 50, stream_id: "sites" });
    expect(body.warnings).toContainEqual(expect.stringContaining("readme.png"));
    const north = await tenant.call("GET", "/api/stream/sites/data?tag.file=north.csv&limit=1000");
    expect(((await north.json()) as { points: unknown[] }).points).toHaveLength(30);
  });

  it("that is small and inflates to much is queued", async () => {
    const tenant = await newTenant();
    const rows = 90_000;
    const answer = await upload(tenant, gzipSync(readings(rows)), "minutes.csv.gz");
    expect(answer.status).toBe(202);
    await vi.waitFor(
      async () => {
        const job = await (await tenant.call("GET", answer.headers.get("location")!)).json();
        expect(job).toMatchObject({ status: "succeeded", result: { records_processed: rows } });
      },
      { timeout: 40_000, interval: 500 },
    );
  }, 60_000);
});
