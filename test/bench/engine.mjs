// The time-series engine measured inside a Durable Object of workerd, on its real SQLite, without the platform around it:
// `node test/bench/engine.mjs` runs alone and ends with 1 where a limit is missed.
// Options: --port N (and the one after it), --nab FOLDER of CSV files with `timestamp,value` (the Numenta Anomaly
// Benchmark has such; https://github.com/numenta/NAB) for the bytes of a point instead of generated sensors, --only NAME.
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { table } from "../../scripts/lib/chart.mjs";
import { ROOT } from "../../scripts/lib/paths.mjs";
import { isPortTaken } from "../../scripts/lib/port.mjs";
import { untilAskedToEnd } from "../../scripts/lib/start-platform.mjs";
import { bundle, NAME, startEngineWorker } from "./engine-worker/start.mjs";
import { connectHeap } from "./inspector.mjs";

const ROWS = 1_000;
const MILLION = 1_000_000;
/** What each figure must keep to. */
const LIMITS = {
  readPerSecond: 20 * MILLION,
  appendRatio: 1.1,
  rowsBeyondWrites: 1,
  bytesPerPoint: 2.5,
  heapBytes: 100 * MILLION,
};
/** Of each of two streams, in turns. */
const APPEND_ROUNDS = 30;
/** Where points go (worker.ts), in words, and requests of a turn. */
const PLACES = {
  new: { what: "new points", requests: 40 },
  again: { what: "points that were just sent", requests: 40 },
  late: { what: "late points, a stretch of them", requests: 40 },
  same: { what: "overwriting points, a stretch of them", requests: 40 },
  "any late": { what: "late points anywhere", requests: 4 },
  "any same": { what: "overwriting points anywhere", requests: 4 },
};

/** A whole series of a million points into arrays; beside it the copying of those arrays, and JSON.parse of them. */
export async function engineRead({ engine }) {
  const rows = [];
  for (const full of [false, true]) {
    const object = `read-${full}`;
    await engine.call(object, "write", { series: 1, requests: 1_000, rows: ROWS, full });
    await engine.call(object, "finish");
    const { points, read, copy, json } = await engine.call(object, "read", { rounds: 21 });
    const perSecond = (times) => Math.round((points / median(times)) * 1_000);
    const name = `range read, 1 M points, ${full ? "random doubles" : "two decimals"}`;
    const row = { name, unit: "points/s", measured: perSecond(read) };
    rows.push(
      { ...row, against: "copy of arrays", reference: perSecond(copy) },
      { ...row, against: "JSON.parse", reference: perSecond(json) },
      { ...row, against: "limit", reference: LIMITS.readPerSecond, isLimit: full ? null : "least" },
    );
  }
  return { rows, notes: ["range read: of one series, sealed and compacted; medians of 21."] };
}

/** Time of an append to a stream with ten times the data of another, in turns, and what ever more data makes of it. */
export async function engineAppend({ engine }) {
  const objects = ["tenth", "whole"];
  const millions = [];
  let longest = 0;
  for (const [i, object] of objects.entries()) {
    for (let n = 0; n < 10 ** i; n++) {
      const { ms, longestStep } = await engine.call(object, "write", {
        series: 10,
        requests: 1_000,
        rows: ROWS,
      });
      if (i === 1) millions.push((ms / 1_000).toFixed(2));
      longest = Math.max(longest, longestStep);
    }
  }
  const rows = [];
  for (const [place, { what, requests }] of Object.entries(PLACES)) {
    const write = { series: 10, requests, rows: ROWS, place, maintain: false };
    const taken = [[], []];
    for (let round = 0; round < APPEND_ROUNDS; round++) {
      // The head is emptied now and then; what comes right after it fills caches anew, and does not count.
      if (round % 10 === 0)
        for (const object of objects) {
          await engine.call(object, "finish");
          await engine.call(object, "write", write);
        }
      for (const i of round % 2 === 0 ? [0, 1] : [1, 0])
        taken[i].push((await engine.call(objects[i], "write", write)).ms);
    }
    const [tenth, whole] = taken.map((ms) => rounded(fastHalf(ms) / requests));
    rows.push({
      name: `append of 1,000 ${what}, 10 M stored`,
      unit: "ms",
      measured: whole,
      against: "1 M stored",
      reference: tenth,
      ...(place === "new" ? { isLimit: "most", limit: LIMITS.appendRatio } : {}),
    });
  }
  return {
    rows,
    notes: [
      `append: ${APPEND_ROUNDS} turns each, of which the faster half counts. With seals and compactions a request took ${millions.join(", ")} ms in each of the first 10 million points; no step of that work took more than ${longest} ms at once.`,
    ],
  };
}

/** Rows that SQLite counts as written: what a deployment pays for. */
export async function engineRowsWritten({ engine }) {
  const requests = 4_000;
  const { rowsWritten, rowsBy, points } = await engine.call("rows", "write", {
    series: 10,
    requests,
    rows: ROWS,
  });
  const beyond = ((rowsWritten - requests) / points) * 1_000;
  const by = Object.entries(rowsBy).map(([name, rows]) => `${name} … ${rows.toLocaleString("en")}`);
  return {
    rows: [
      {
        name: "rows written a 1,000 points, beyond 1 a request",
        unit: "rows",
        measured: Math.round(beyond * 1_000) / 1_000,
        against: "limit",
        reference: LIMITS.rowsBeyondWrites,
        isLimit: "most",
      },
    ],
    notes: [
      `rows written: ${rowsWritten.toLocaleString("en")} in ${requests.toLocaleString("en")} requests of ${ROWS} points, seals and compactions among them: ${by.join("; ")}.`,
    ],
  };
}

/** Bytes of a point on disk, after everything was sealed and compacted. */
export async function engineDisk({ engine, nab }) {
  const files = nab ? await csvFiles(nab) : [];
  if (nab) for (const file of files) await engine.call("disk", "load", await seriesOf(file));
  else await engine.call("disk", "write", { series: 50, requests: 1_000, rows: ROWS });
  await engine.call("disk", "finish");
  const { points, buckets, bytes, everything } = await engine.call("disk", "sizes");
  const a = (part) => (part / points).toFixed(3);
  return {
    rows: [
      {
        name: "time and value of a point on disk",
        unit: "bytes",
        measured: Number(a(bytes.raw)),
        against: "limit",
        reference: LIMITS.bytesPerPoint,
        isLimit: "most",
      },
    ],
    notes: [
      `disk: ${points.toLocaleString("en")} points of ${nab ? `${files.length} files` : "50 generated series"}. Bytes a point: raw chunks ${a(bytes.raw)}, rollups ${a(bytes.rollups)} (${buckets.toLocaleString("en")} buckets), directories of blocks ${a(bytes.directories)}, the whole database ${a(everything)}.`,
    ],
  };
}

/** 1,000 points a request over 10,000 series beside the same over 10. */
export async function engineSeries({ engine }) {
  const objects = { few: 10, many: 10_000 };
  const taken = { few: [], many: [] };
  for (const [object, series] of Object.entries(objects))
    await engine.call(object, "write", { series, requests: 100, rows: ROWS });
  let most = 0;
  for (let round = 0; round < 8; round++)
    for (const [object, series] of Object.entries(objects)) {
      const result = await engine.call(object, "write", { series, requests: 50, rows: ROWS });
      taken[object].push(result.ms / 50);
      if (object === "many") most = Math.max(most, result.longestStep);
    }
  return {
    rows: [
      {
        name: "append over 10,000 series",
        unit: "ms/request",
        measured: rounded(mean(taken.many)),
        against: "10 series",
        reference: rounded(mean(taken.few)),
      },
    ],
    notes: [
      `10,000 series: seals and compactions included, of which no step took more than ${most} ms at once.`,
    ],
  };
}

/** The isolate's heap while 10,000 series are written to: in a runtime of its own, which did nothing before. */
export async function engineHeap({ engine }) {
  const heap = await connectHeap(engine.inspector, NAME);
  let unsealed = 0;
  let live = 0;
  const peak = await heap.peakDuring(async () => {
    for (let round = 0; round < 150; round++) {
      const result = await engine.call("heap", "write", { series: 10_000, requests: 20, rows: ROWS });
      unsealed = Math.max(unsealed, result.unsealed);
      if (round % 10 !== 5) continue;
      await engine.call("heap", "collect");
      live = Math.max(live, (await heap.used()).sum);
    }
  });
  heap.close();
  const mb = (bytes) => `${(bytes / MILLION).toFixed(1)} MB`;
  return {
    rows: [
      {
        name: "peak heap, 10,000 series written to",
        unit: "MB",
        measured: Math.round(peak.sum / 100_000) / 10,
        against: "limit",
        reference: LIMITS.heapBytes / MILLION,
        isLimit: "most",
      },
    ],
    notes: [
      `heap: 3,000,000 points; peaks of what V8 has in use, garbage among it, ${mb(peak.heap)}, and of array buffers ${mb(peak.buffers)}; at most ${mb(live)} after a collection. The engine's own count of unsealed bytes came to ${mb(unsealed)}.`,
    ],
  };
}

const BENCHES = {
  read: engineRead,
  append: engineAppend,
  rows: engineRowsWritten,
  disk: engineDisk,
  series: engineSeries,
  heap: engineHeap,
};

/** Runs the benches named, each in the form that scripts/bench.mjs shows: `{ rows, notes }`. */
export async function engineBenches({ port, state, nab, only = Object.keys(BENCHES) }) {
  for (const needed of [port, port + 1])
    if (await isPortTaken(needed)) throw new Error(`Port ${needed} is taken.`);
  const script = await bundle();
  let runs = 0;
  // A runtime for each bench: what one leaves in memory and caches is not the next one's.
  const start = () => startEngineWorker({ port, state: join(state, `engine-${runs++}`), script });
  const all = { rows: [], notes: [] };
  for (const name of only) {
    const engine = await start();
    try {
      const { rows, notes } = await BENCHES[name]({ engine, nab });
      all.rows.push(...rows.map((row) => ({ p99Ms: "", errors: 0, ...row })));
      all.notes.push(...notes);
    } finally {
      await engine.stop();
    }
  }
  return all;
}

/** True where a figure is past its limit: `most` is a ratio not to be exceeded, `least` one to be reached. */
export const isMissed = ({ isLimit, limit = 1, measured, reference }) =>
  isLimit === "most" ? measured / reference > limit : isLimit === "least" && measured / reference < limit;

async function csvFiles(folder) {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith(".csv"))
    .sort()
    .map((name) => join(folder, name));
}

async function seriesOf(file) {
  const [, ...lines] = (await readFile(file, "utf8")).trim().split(/\r?\n/);
  const times = [];
  const values = [];
  for (const line of lines) {
    const [time, value] = line.split(",");
    times.push(Date.parse(`${time.replace(" ", "T")}Z`) * 1_000);
    values.push(Number(value));
  }
  return { name: basename(file, ".csv"), times, values };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
/** The mean of the faster half: what else the machine does makes turns slower, never faster. */
const fastHalf = (times) => mean([...times].sort((a, b) => a - b).slice(0, times.length / 2));
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const rounded = (number) => Math.round(number * 1_000) / 1_000;

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8841" },
      nab: { type: "string" },
      only: { type: "string", multiple: true },
    },
  });
  const asked = untilAskedToEnd();
  await mkdir(join(ROOT, ".wrangler"), { recursive: true });
  const state = await mkdtemp(join(ROOT, ".wrangler", "bench-"));
  try {
    const { only, nab } = values;
    const work = engineBenches({ port: Number(values.port), state, nab, ...(only ? { only } : {}) });
    const result = await Promise.race([work, asked.then(() => null)]);
    if (!result) return 130;
    console.log(
      table(
        ["benchmark", "unit", "measured", "beside", "reference", "ratio", ""],
        result.rows.map((row) => [
          row.name,
          row.unit,
          row.measured.toLocaleString("en"),
          row.against,
          row.reference.toLocaleString("en"),
          (row.measured / row.reference).toFixed(2),
          isMissed(row) ? "MISSED" : "",
        ]),
      ),
    );
    for (const note of result.notes) console.log(note);
    return result.rows.some(isMissed) ? 1 : 0;
  } catch (error) {
    console.error(error);
    return 1;
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

if (import.meta.main) process.exit(await main());
