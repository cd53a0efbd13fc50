// The heap of the platform's isolate while a stream of 10,000 series is written to, beside the same with 10 series:
// `node test/bench/heap.mjs` runs alone and ends with 1 where the limit is missed. Option: --port N (and two after it).
import { table } from "../../scripts/lib/chart.mjs";
import { readOptions } from "../../scripts/lib/options.mjs";
import { LIMIT_MB, mb, onBuiltPlatform, WORKER } from "./built-platform.mjs";
import { connectHeap } from "./inspector.mjs";

const CONNECTIONS = 8;
const REQUESTS = 500;
const ROWS = 1_000;
const START_MS = Date.UTC(2026, 0, 1);

/** Rows go round the series, each of which has one a second. */
function bodyOf(request, series) {
  const points = Array.from({ length: ROWS }, (_, i) => {
    const n = request * ROWS + i;
    const timestamp = START_MS + Math.floor(n / series) * 1_000;
    const value = Math.round(5_000 + 4_000 * Math.sin(n / 5_000)) / 100;
    return `{"timestamp":${timestamp},"fields":{"value":${value}},"tags":{"sensor":"sensor-${n % series}"}}`;
  });
  return `{"points":[${points.join()}]}`;
}

async function write({ url, token }, series) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const started = performance.now();
  let next = 0;
  let errors = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (next < REQUESTS) {
        const body = bodyOf(next++, series);
        const answer = await fetch(`${url}/api/stream/heap-${series}/points`, {
          method: "POST",
          headers,
          body,
        });
        await answer.arrayBuffer();
        if (answer.status !== 202) errors++;
      }
    }),
  );
  return { errors, perSecond: Math.round((REQUESTS * ROWS * 1_000) / (performance.now() - started)) };
}

/** Peaks of the heap and the speed of writing, `{ rows, notes }`; `inspector` is where the runtime's inspector listens. */
export async function platformHeap({ url, token, inspector }) {
  const heap = await connectHeap(inspector, WORKER);
  const found = [];
  for (const series of [10, 10_000]) {
    let written;
    const peak = await heap.peakDuring(async () => {
      written = await write({ url, token }, series);
    });
    found.push({ ...written, peak });
  }
  heap.close();
  const [few, many] = found;
  const errors = few.errors + many.errors;
  return {
    rows: [
      {
        name: "peak heap of the platform, 10,000 series",
        unit: "MB",
        measured: mb(many.peak.sum),
        against: "limit",
        reference: LIMIT_MB,
        isLimit: "most",
        p99Ms: "",
        errors,
      },
      {
        name: "ingest over 10,000 series",
        unit: "points/s",
        measured: many.perSecond,
        against: "10 series",
        reference: few.perSecond,
        p99Ms: "",
        errors,
      },
    ],
    notes: [
      `platform heap: ${(REQUESTS * ROWS).toLocaleString("en")} points over ${CONNECTIONS} connections; of 10,000 series V8 had ${mb(many.peak.heap)} MB in use, garbage among it, and ${mb(many.peak.buffers)} MB in array buffers; of 10 series ${mb(few.peak.sum)} MB together.`,
    ],
  };
}

async function main() {
  const { port } = readOptions({}, { port: 8851 });
  return onBuiltPlatform({ port, limits: { rate_limit_per_minute: 100_000 } }, async (platform) => {
    const result = await platformHeap(platform);
    const cells = ({ name, unit, measured, against, reference, errors }) => [
      name,
      unit,
      measured.toLocaleString("en"),
      against,
      reference.toLocaleString("en"),
      errors,
    ];
    console.log(
      table(["benchmark", "unit", "measured", "beside", "reference", "errors"], result.rows.map(cells)),
    );
    for (const note of result.notes) console.log(note);
    return result.rows.some((row) => row.errors > 0 || (row.isLimit && row.measured > row.reference)) ? 1 : 0;
  });
}

if (import.meta.main) process.exit(await main());
