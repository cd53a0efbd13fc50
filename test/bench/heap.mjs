// The heap of the platform's isolate while a stream of 10,000 series is written to, beside the same with 10 series:
// `node test/bench/heap.mjs` runs alone and ends with 1 where the limit is missed. Option: --port N (and two after it).
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { table } from "../../scripts/lib/chart.mjs";
import { createClient } from "../../scripts/lib/client.mjs";
import { readOptions } from "../../scripts/lib/options.mjs";
import { DEV_VARS, ROOT } from "../../scripts/lib/paths.mjs";
import { buildWorker, serveBuilt } from "../../scripts/lib/serve-built.mjs";
import { applyMigrations, untilAskedToEnd } from "../../scripts/lib/start-platform.mjs";
import { connectHeap } from "./inspector.mjs";

const WORKER = "stratosmesh";
const CONNECTIONS = 8;
const REQUESTS = 500;
const ROWS = 1_000;
/** Of an isolate's 128 MB. */
const LIMIT_MB = 100;
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
  const mb = (bytes) => Math.round(bytes / 100_000) / 10;
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
  const asked = untilAskedToEnd();
  await mkdir(join(ROOT, ".wrangler"), { recursive: true });
  const state = await mkdtemp(join(ROOT, ".wrangler", "bench-"));
  let server;
  try {
    await applyMigrations(state);
    await buildWorker();
    server = await serveBuilt({ port, state: join(state, "v3"), inspectorPort: port + 2 });
    const { OPERATOR_TOKEN } = parseEnv(await readFile(DEV_VARS, "utf8"));
    const limits = { rate_limit_per_minute: 100_000 };
    const tenant = { name: "Heap", email: "heap@example.com", tier: "enterprise", limits };
    const { token } = await createClient(server.url).signUp(tenant, OPERATOR_TOKEN);
    const inspector = `http://127.0.0.1:${port + 2}`;
    const result = await Promise.race([
      platformHeap({ url: server.url, token, inspector }),
      asked.then(() => null),
    ]);
    if (!result) return 130;
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
  } catch (error) {
    console.error(error);
    return 1;
  } finally {
    await server?.stop();
    await rm(state, { recursive: true, force: true });
  }
}

if (import.meta.main) process.exit(await main());
