import { env } from "cloudflare:workers";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { concat, utf8 } from "../../src/core/bytes";
import { TextSurveyor } from "../../src/core/text-survey";
import type { JobRequest } from "../../src/extraction/intake";
import type { JobKeeper, JobState } from "../../src/extraction/job-state";
import { type JobResult, load } from "../../src/extraction/load";
import type { Upload } from "../../src/extraction/upload";
import { consumerContext } from "../../src/platform/consumer-context";
import type { TenantContext } from "../../src/platform/context";
import { newTenant, type TestTenant } from "../support/client";
import { seededRandom } from "../support/series";

const PIECE = 65_536;
const COUNTS = ["points", "values", "accepted", "updated", "duplicates", "rejected", "series"];

class Crash extends Error {}

/** Bytes as an upload that breaks off when `crashAt` of them were read. */
function uploadOf(bytes: Uint8Array, crashAt = Number.POSITIVE_INFINITY): Upload {
  const surveyor = new TextSurveyor();
  surveyor.see(bytes);
  return {
    bytes: bytes.length,
    survey: surveyor.end(),
    async *open() {
      for (let at = 0; at < bytes.length; at += PIECE) {
        if (at > crashAt) throw new Crash();
        yield bytes.subarray(at, at + PIECE);
      }
    },
  };
}

/** Keeps in memory, and breaks off at every call for which `isOver` says so, after it has kept or before. */
function keeper(isOver: () => "before" | "after" | null = () => null) {
  const kept: { state: JobState | null; fractions: number[] } = { state: null, fractions: [] };
  const open = (): JobKeeper => ({
    state: kept.state,
    keep: async (state, { fraction }) => {
      const over = isOver();
      if (over === "before") throw new Crash();
      kept.state = JSON.parse(JSON.stringify(state)) as JobState;
      kept.fractions.push(fraction);
      if (over === "after") throw new Crash();
    },
  });
  return { kept, open };
}

const requestFor = (streamId: string, upload: Upload, more: Partial<JobRequest> = {}): JobRequest => ({
  blobKey: "",
  bytes: upload.bytes,
  sha256: "",
  filename: null,
  contentType: null,
  description: null,
  streamId,
  desiredFormat: "time_series",
  plan: null,
  ...more,
});

interface World {
  tenant: TestTenant;
  ctx: TenantContext;
}

async function newWorld(): Promise<World> {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 1_000, max_storage_mb: 1_000 } });
  return { tenant, ctx: await consumerContext(env, tenant.tenantId, "", () => {}) };
}

const run = ({ ctx }: World, streamId: string, upload: Upload, more: Partial<JobRequest> = {}) =>
  load(ctx, `job_${crypto.randomUUID()}`, requestFor(streamId, upload, more), upload);

const about = async ({ tenant }: World, streamId: string) =>
  (await (await tenant.call("GET", `/api/stream/${streamId}`)).json()) as Record<string, unknown>;

/** What holds for the data, whichever job loaded them. */
const bare = ({ job_id: _, stream_id: __, tables, warnings, ...rest }: JobResult) => ({
  ...rest,
  tables: tables?.map(({ stream_id: ___, ...table }) => table),
  warnings: warnings.filter((one) => !one.includes("of this shape")),
});

const pad = (value: number, digits = 2) => String(value).padStart(digits, "0");

/** Over 4 MB: some rows at one time, some bad, some in quotes over two lines. */
function csvBytes(): Uint8Array {
  const lines = ["time,sensor,value,note"];
  for (let i = 0; i < 80_000; i++) {
    const at = new Date(Date.UTC(2024, 0, 1) + Math.floor(i / 3) * 60_000).toISOString();
    if (i % 5_000 === 4_999) lines.push("never,s1,1,bad");
    if (i % 7_000 === 6_999) lines.push(`${at},s1,1,x,too,many`);
    lines.push(`${at},s${i % 2},${i % 101},${i % 1_000 === 0 ? '"two\nlines"' : "a note of some length"}`);
  }
  lines.push("Total,,123456,");
  return utf8(`${lines.join("\n")}\n`);
}

/** Over 4 MB: some lines at one time, some bad, some in another form, and one key that begins late. */
function linesBytes(): Uint8Array {
  const lines: string[] = [];
  for (let i = 0; i < 80_000; i++) {
    const at = new Date(Date.UTC(2024, 0, 1) + Math.floor(i / 3) * 60_000).toISOString();
    if (i % 5_000 === 4_999) lines.push(`{"time":"never","sensor":"s1","value":1}`, "no JSON");
    const more = i > 70_000 && i % 2 === 0 ? `,"late":${i}` : "";
    const note = i % 1_000 === 0 ? '"two\\nlines"' : '"a note of some length"';
    lines.push(`{"time":"${at}","sensor":"s${i % 2}","value":${i % 101},"note":${note}${more}}`);
  }
  return utf8(`${lines.join("\n")}\n`);
}

/** Over 4 MB of a year and a half whose times are written without their year, with lines that come late. */
function yearlessBytes(): Uint8Array {
  const lines = ["time,sensor,value,note"];
  const write = (at: number) => new Date(at).toUTCString().slice(5, 11);
  for (let i = 0; i < 80_000; i++) {
    const at = Date.UTC(2023, 7, 1) + i * 600_000;
    const isLate = i % 22_100 === 22_099;
    const time = `${write(isLate ? at - 86_400_000 : at)} ${new Date(at).toISOString().slice(11, 19)}`;
    lines.push(`${time},s${i % 2},${i % 101},a note of some more length than others`);
  }
  return utf8(`${lines.join("\n")}\n`);
}

const ZONES = ["Europe/Berlin", "America/New_York", "+05:30", "UTC"];

/** Over 4 MB of local times through a year, each in the zone that its row names; some rows name none for certain. */
function zonedBytes(): Uint8Array {
  const lines = ["time,zone,value,note"];
  for (let i = 0; i < 80_000; i++) {
    const local = new Date(Date.UTC(2024, 0, 1) + i * 300_000).toISOString().slice(0, 19).replace("T", " ");
    if (i % 10_000 === 9_999) lines.push(`${local},CST,1,bad`);
    lines.push(`${local},${ZONES[Math.floor(i / 1_000) % 4]},${i % 101},a note of some more length`);
  }
  return utf8(`${lines.join("\n")}\n`);
}

const RECEIVED = { receivedAt: Date.UTC(2025, 3, 1) };

interface Expected {
  totals: number;
  yearless: { year: number; rows: string } | undefined;
  zone_column?: string;
}

it("a long text in zones is read as its rows are one by one", async () => {
  const world = await newWorld();
  const upload = uploadOf(zonedBytes());
  const { records_rejected, rejected } = await run(world, "zoned", upload);
  expect(records_rejected).toBe(8);
  expect(rejected[0]).toMatchObject({ reason: '"zone" names no zone for certain: "CST"' });
  const at = async (instant: string) => {
    const path = `/api/stream/zoned/data?start=${instant}&end=${new Date(Date.parse(instant) + 1_000).toISOString()}`;
    return (await (await world.tenant.call("GET", path)).json()) as { points: unknown[] };
  };
  // Winter in Berlin, and summer in New York.
  expect((await at("2023-12-31T23:00:00.000Z")).points).toMatchObject([{ fields: { value: 0 } }]);
  const row = 53_000;
  const local = Date.UTC(2024, 0, 1) + row * 300_000;
  expect(ZONES[Math.floor(row / 1_000) % 4]).toBe("America/New_York");
  expect((await at(new Date(local + 4 * 3_600_000).toISOString())).points).toMatchObject([
    { fields: { value: row % 101 }, tags: { zone: "America/New_York" } },
  ]);
}, 60_000);

describe("a load that broke off", () => {
  it.each([
    ["times", csvBytes, {}, { totals: 1, yearless: undefined }],
    ["times in zones", zonedBytes, {}, { totals: 0, yearless: undefined, zone_column: "zone" }],
    ["lines of JSON", linesBytes, {}, { totals: 0, yearless: undefined }],
    [
      "times without a year",
      yearlessBytes,
      RECEIVED,
      { totals: 0, yearless: { year: 2023, rows: "ascending" } },
    ],
  ])(
    "goes on where it was: the same points and the same counts as one that ran through: %s",
    async (_, bytesOf, more, { totals, yearless, zone_column }: Expected) => {
      const world = await newWorld();
      const bytes = bytesOf();
      const whole = await run(world, "whole", uploadOf(bytes), more);
      expect(whole).toMatchObject({ records_processed: 80_000, skipped: { totals } });
      const { timestamp } = whole.plan.tables[0]!;
      expect([timestamp!.yearless, timestamp!.zone_column]).toEqual([yearless, zone_column]);
      const random = seededRandom(11);
      const { kept, open } = keeper(() => {
        const chance = random();
        return chance < 0.25 ? "before" : chance < 0.5 ? "after" : null;
      });
      const jobId = "job_broken";
      let result: JobResult | null = null;
      let crashes = 0;
      while (!result) {
        const crashAt = crashes > 7 ? Number.POSITIVE_INFINITY : random() * bytes.length * 1.3;
        const upload = uploadOf(bytes, crashAt);
        try {
          result = await load(world.ctx, jobId, requestFor("broken", upload, more), upload, open());
        } catch (error) {
          if (!(error instanceof Crash)) throw error;
          crashes++;
        }
      }
      expect(crashes).toBeGreaterThan(3);
      expect(bare(result)).toEqual(bare(whole));
      const [one, other] = [await about(world, "whole"), await about(world, "broken")];
      for (const key of COUNTS) expect(other[key], key).toEqual(one[key]);
      expect(kept.fractions.at(-1)).toBeLessThanOrEqual(1);
      // A message that is delivered once more, to somebody who knows nothing of what was kept.
      const upload = uploadOf(bytes);
      const again = await load(world.ctx, jobId, requestFor("broken", upload, more), upload);
      expect(bare(again)).toEqual(bare(whole));
      const after = await about(world, "broken");
      for (const key of COUNTS) expect(after[key], key).toEqual(one[key]);
    },
    120_000,
  );
});

describe("data that are read as a whole", () => {
  it("are read by the plan they were begun with, whatever another job keeps for their shape meanwhile", async () => {
    const world = await newWorld();
    const items = Array.from({ length: 20_000 }, (_, i) => ({
      date: `${pad(1 + (i % 12))}/${pad(1 + (Math.floor(i / 12) % 12))}/2024 ${pad(i % 24)}:${pad(i % 60)}`,
      value: i,
    }));
    const upload = uploadOf(utf8(JSON.stringify(items)));
    const request = requestFor("whole", upload);
    const { kept, open } = keeper();
    const first = await load(world.ctx, "job_whole", request, upload, open());
    const [table] = first.plan.tables;
    expect(kept.state).toMatchObject({ reads: "whole" });
    expect(first.ambiguities).toHaveLength(1);
    // A person reads data of this shape the other way round, under a name of their own.
    const order = table!.timestamp!.order === "dmy" ? ("mdy" as const) : ("dmy" as const);
    const other = {
      ...table!,
      timestamp: { ...table!.timestamp!, order },
      columns: table!.columns.map((one) => (one.name === "value" ? { ...one, name: "other_value" } : one)),
    };
    const plan = { version: 1, tables: [other] };
    const data = items.slice(0, 100);
    const read = await world.tenant.call("POST", "/api/llm/process", { data, plan, stream_id: "other" });
    expect(read.status).toBe(200);
    const before = await about(world, "whole");
    // The message comes once more, to somebody who has what was kept.
    const again = await load(world.ctx, "job_whole", request, upload, open());
    expect(again).toEqual(first);
    const after = await about(world, "whole");
    for (const key of COUNTS) expect(after[key], key).toEqual(before[key]);
  }, 60_000);
});

describe("a large text", () => {
  it("is read alike as UTF-8, as UTF-16 and packed", async () => {
    const world = await newWorld();
    const text = `time,ort,wert\n${Array.from({ length: 90_000 }, (_, i) => `2024-01-01 ${pad(Math.floor(i / 3_600) % 24)}:${pad(Math.floor(i / 60) % 60)}:${pad(i % 60)},Köln,${i},`).join("\n")}\n`;
    const wide = new Uint8Array(2 + text.length * 2);
    const view = new DataView(wide.buffer);
    view.setUint16(0, 0xfeff, true);
    for (let i = 0; i < text.length; i++) view.setUint16(2 + i * 2, text.charCodeAt(i), true);
    const plain = await run(world, "plain", uploadOf(utf8(text)));
    expect(plain.records_processed).toBe(90_000);
    const utf16 = await run(world, "wide", uploadOf(wide));
    const packed = await run(world, "packed", { ...uploadOf(gzipSync(utf8(text))), survey: null });
    const latin = await run(world, "latin", uploadOf(Uint8Array.from(text, (char) => char.charCodeAt(0))));
    for (const other of [utf16, packed, latin])
      expect(other).toMatchObject({ records_processed: 90_000, schema: plain.schema });
    const tags = (await about(world, "latin")) as { series: { tags: Record<string, string> }[] };
    expect(tags.series.every(({ tags: { ort } }) => ort === "Köln")).toBe(true);
  }, 120_000);

  it("whose dates tell day from month in its last lines alone is read that way from its first", async () => {
    const world = await newWorld();
    const line = (day: number, month: number, i: number) =>
      `${pad(day)}/${pad(month)}/2024 10:00,${i},some words to make it longer`;
    const lines = Array.from({ length: 110_000 }, (_, i) =>
      line(1 + (i % 12), 1 + (Math.floor(i / 12) % 12), i),
    );
    const bytes = utf8(["date,value,note", ...lines, line(25, 12, 1)].join("\n"));
    expect(bytes.length).toBeGreaterThan(4_500_000);
    const found = await run(world, "late", uploadOf(bytes));
    expect(found).toMatchObject({ records_processed: 110_001, records_rejected: 0, ambiguities: [] });
    expect(found.plan.tables[0]!.timestamp).toMatchObject({ order: "dmy" });
  }, 60_000);

  it("keeps a category with more values than series as text, though its head has few", async () => {
    const world = await newWorld();
    const lines = Array.from({ length: 100_000 }, (_, i) => {
      const at = new Date(Date.UTC(2024, 0, 1) + i * 1_000).toISOString();
      return `${at},${i < 40_000 ? `dev-${i % 7}` : `dev-${i}`},${i % 13},0123456789`;
    });
    const found = await run(world, "many", uploadOf(utf8(["time,device,value,note", ...lines].join("\n"))));
    expect(found).toMatchObject({ records_processed: 100_000 });
    expect(found.schema).toMatchObject({
      attribute_fields: expect.arrayContaining(["device"]),
    });
  }, 60_000);

  it("of rows without a time gives each an arrival of its own, and the same when it is loaded again", async () => {
    const world = await newWorld();
    const lines = Array.from(
      { length: 100_000 },
      (_, i) => `{"city":"c${i % 3}","amount":${i % 7},"text":"padding padding"}`,
    );
    const upload = uploadOf(utf8(lines.join("\n")));
    const request = requestFor("timeless", upload);
    const first = await load(world.ctx, "job_timeless", request, upload);
    expect(first).toMatchObject({ format: "ndjson", records_processed: 100_000 });
    await load(world.ctx, "job_timeless", request, upload);
    expect(await about(world, "timeless")).toMatchObject({
      points: 100_000,
      accepted: 100_000,
      duplicates: 0,
    });
  }, 60_000);

  it("with a line as long as a head, or a quote that is never closed, loses nothing", async () => {
    const world = await newWorld();
    const row = (i: number, note: string) =>
      `${new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString()},${i},${note}`;
    const rows = Array.from({ length: 30_000 }, (_, i) => row(i, i === 20_000 ? '"open' : "x".repeat(80)));
    const long = row(30_001, `"${"y".repeat(2_500_000)}"`);
    const found = await run(world, "long", uploadOf(utf8(["time,value,note", long, ...rows].join("\n"))));
    expect(found.records_processed + found.records_rejected).toBe(30_001);
    expect(found.records_processed).toBe(30_000);
  }, 60_000);

  it("counts each row once where a quote is open for megabytes behind rows that are stored", async () => {
    const world = await newWorld();
    const rows = Array.from({ length: 230_000 }, (_, i) => {
      const at = new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString();
      return `${at},s${i % 2},${i % 89},${i === 60_000 ? '"5 pipe' : `note ${i % 3}`},${i % 7}`;
    });
    const text = ["time,sensor,value,note,count", ...rows].join("\n");
    const found = await run(world, "open", uploadOf(utf8(text)));
    expect(found).toMatchObject({ format: "csv", records_processed: 230_000, records_rejected: 0 });
    expect(found).toMatchObject({ accepted: 230_000, updated: 0, duplicates: 0 });
  }, 60_000);

  it("loads the keys that first come behind its head: numbers as values, all else as text", async () => {
    const world = await newWorld();
    const lines = Array.from({ length: 60_000 }, (_, i) =>
      JSON.stringify({
        time: new Date(Date.UTC(2024, 0, 1) + i * 1_000).toISOString(),
        value: i % 50,
        text: "words that make a line longer than its readings are",
        ...(i >= 50_000 ? { late: i / 2, code: `c${i % 3}` } : {}),
        ...(i === 59_999 ? { last: { only: 7 }, flag: true } : {}),
      }),
    );
    const found = await run(world, "late-keys", uploadOf(utf8(lines.join("\n"))));
    expect(found).toMatchObject({ format: "ndjson", records_processed: 60_000 });
    expect(found.warnings.join()).not.toMatch(/not loaded/);
    const roles = found.plan.tables[0]!.columns.map(({ source, role }) => [source, role]);
    expect(Object.fromEntries(roles)).toMatchObject({
      time: "timestamp",
      value: "value",
      late: "value",
      code: "attribute",
      "last.only": "value",
    });
    const data = await world.tenant.call(
      "GET",
      "/api/stream/late-keys/data?limit=1&start=2024-01-01T16:39:59Z",
    );
    const { points } = (await data.json()) as { points: Record<string, unknown>[] };
    expect(points[0]).toMatchObject({ fields: { late: 59_999 / 2, "last.only": 7 } });
  }, 60_000);

  it("is replayed under a corrected plan row by row, and stores none twice", async () => {
    const world = await newWorld();
    const lines = Array.from({ length: 60_000 }, (_, i) => {
      const date = i % 12_000 === 11_999 ? "02/28/2024" : `${pad(1 + (i % 28))}/${pad(1 + (i % 12))}/2024`;
      return `${date} ${pad(i % 24)}:${pad(i % 60)}:00,${i},words that make the line some longer than it was`;
    });
    const upload = uploadOf(utf8(["date,value,note", ...lines].join("\n")));
    const request = requestFor("replayed", upload);
    const first = await load(world.ctx, "job_first", request, upload);
    expect(first).toMatchObject({ records_processed: 59_995, records_rejected: 5 });
    const under = [{ plan: first.plan, desiredFormat: "time_series" as const }];
    const tables = first.plan.tables.map((one) => ({
      ...one,
      timestamp: { ...one.timestamp!, order: "mdy" as const },
    }));
    const again = await load(
      world.ctx,
      "job_replay",
      { ...request, plan: { version: 1, tables }, replays: { jobId: "job_first", under } },
      upload,
    );
    expect(again).toMatchObject({ records_processed: 5, records_rejected: 0 });
    expect(await about(world, "replayed")).toMatchObject({ points: 60_000, accepted: 60_000 });
  }, 60_000);

  it("of a log is read line by line as a short one is", async () => {
    const world = await newWorld();
    const lines = Array.from({ length: 60_000 }, (_, i) => {
      const at = new Date(Date.UTC(2024, 0, 1) + i * 1_000).toISOString();
      return `${at} ${i % 50 === 0 ? "ERROR" : "INFO"} api-gateway Request ${i} took ${i % 300} ms and answered`;
    });
    const short = await run(world, "short-log", uploadOf(utf8(lines.slice(0, 3_000).join("\n"))));
    const long = await run(world, "long-log", uploadOf(utf8(lines.join("\n"))));
    expect(long).toMatchObject({ format: "text", records_processed: 60_000, schema: short.schema });
  }, 60_000);

  it("is refused past its cap by what it is", async () => {
    const { tenant } = await newWorld();
    const send = async (bytes: Uint8Array<ArrayBuffer>) => {
      const form = new FormData();
      form.set("file", new Blob([bytes]), "data");
      const { call } = await import("../support/client");
      return call("/api/llm/process", {
        method: "POST",
        headers: { authorization: `Bearer ${tenant.token}` },
        body: form,
      });
    };
    const tree = concat([utf8('{"rows": [\n'), new Uint8Array(20_000_000).fill(0x20), utf8("]}")]);
    const refused = await send(tree);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ code: "payload_too_large", limit_bytes: 20_000_000 });
  }, 60_000);
});
