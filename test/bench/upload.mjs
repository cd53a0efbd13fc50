// A file from its POST to the end of its job, and the heap of the platform's isolate meanwhile: 95 MB of text, and
// workbooks of 100,000 rows and 8 columns. `node test/bench/upload.mjs` runs alone and ends with 1 where a limit is missed.
// Options: --port N (and two after it), --mb N of text, --rows N of workbooks, --kind csv|ndjson|xlsx|xlsx-distinct (all
// unless given).
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
import { workbookOfReadings } from "./workbook-of-readings.mjs";

const WORKER = "stratosmesh";
/** In the workbook of `xlsx-distinct` every row has a text of its own. */
const KINDS = ["csv", "ndjson", "xlsx", "xlsx-distinct"];
/** Of an isolate's 128 MB. */
const LIMIT_MB = 100;
const SENSORS = 20;
const POLL_MS = 100;

function dataOf(kind, { bytes, rows }) {
  if (!kind.startsWith("xlsx")) return textOf(kind, bytes);
  return { blob: workbookOfReadings({ rows, distinct: kind === "xlsx-distinct" }), rows };
}

/** Readings of 20 sensors, each of which has one every 10 seconds. */
export function textOf(kind, bytes) {
  const blocks = [];
  let size = 0;
  let rows = 0;
  if (kind === "csv") blocks.push("time,device,region,temperature,humidity,pressure,counter\n");
  while (size < bytes) {
    let block = "";
    for (const end = rows + 1_000; rows < end; rows++) block += lineOf(kind, rows);
    if (size + block.length > bytes) break;
    blocks.push(block);
    size += block.length;
  }
  return { blob: new Blob(blocks), rows: rows - 1_000 };
}

function lineOf(kind, i) {
  const time = new Date(Date.UTC(2024, 0, 1) + Math.floor(i / SENSORS) * 10_000).toISOString();
  const device = `sensor-${i % SENSORS}`;
  const region = i % 2 ? "north" : "south";
  const temperature = (20 + Math.sin(i / 500) * 5).toFixed(2);
  const humidity = (50 + (i % 37) / 3).toFixed(1);
  const pressure = 1_000 + (i % 41);
  return kind === "csv"
    ? `${time},${device},${region},${temperature},${humidity},${pressure},${i}\n`
    : `{"time":"${time}","device":"${device}","region":"${region}","temperature":${temperature},"humidity":${humidity},"pressure":${pressure},"counter":${i}}\n`;
}

async function load({ url, token }, kind, blob) {
  const headers = { authorization: `Bearer ${token}` };
  const form = new FormData();
  form.set("stream_id", `upload-${kind}`);
  form.set("file", blob, `readings.${kind.split("-")[0]}`);
  const started = performance.now();
  const answer = await fetch(`${url}/api/llm/process`, { method: "POST", headers, body: form });
  const accepted = performance.now();
  const job = await answer.json();
  if (answer.status !== 202) throw new Error(`${answer.status}: ${JSON.stringify(job)}`);
  for (;;) {
    const now = await (await fetch(url + answer.headers.get("location"), { headers })).json();
    if (now.status === "succeeded" || now.status === "failed")
      return { job: now, acceptedMs: accepted - started, ms: performance.now() - started };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const mb = (bytes) => Math.round(bytes / 100_000) / 10;

/** Peaks of the heap and the speed, `{ rows, notes }`; `inspector` is where the runtime's inspector listens. */
export async function uploads({
  url,
  token,
  inspector,
  kinds = KINDS,
  bytes = 94_900_000,
  rows: sheetRows = 100_000,
}) {
  const heap = await connectHeap(inspector, WORKER);
  const rows = [];
  const notes = [];
  for (const kind of kinds) {
    const data = dataOf(kind, { bytes, rows: sheetRows });
    let found;
    const peak = await heap.peakDuring(async () => {
      found = await load({ url, token }, kind, data.blob);
    });
    const { job, ms, acceptedMs } = found;
    const isWhole = job.status === "succeeded" && job.result.records_processed === data.rows;
    rows.push({
      name: `peak heap, ${kind} of ${mb(data.blob.size)} MB`,
      unit: "MB",
      measured: mb(peak.sum),
      reference: LIMIT_MB,
      isLimit: "most",
      errors: isWhole ? 0 : 1,
    });
    notes.push(
      `${kind}: ${data.rows.toLocaleString("en")} rows, ${(data.blob.size / 1_000 / ms).toFixed(1)} MB/s from POST to the job's end (${Math.round(ms)} ms, of which taking it in ${Math.round(acceptedMs)}); heap ${mb(peak.heap)} MB, array buffers ${mb(peak.buffers)} MB.`,
    );
    if (!isWhole)
      notes.push(
        JSON.stringify({ ...job, result: job.result && { ...job.result, plan: undefined } }).slice(0, 2_000),
      );
  }
  heap.close();
  return { rows, notes };
}

async function main() {
  const options = readOptions(
    { mb: { type: "string" }, rows: { type: "string" }, kind: { type: "string" } },
    { port: 8861 },
  );
  const asked = untilAskedToEnd();
  await mkdir(join(ROOT, ".wrangler"), { recursive: true });
  const state = await mkdtemp(join(ROOT, ".wrangler", "bench-"));
  let server;
  try {
    await applyMigrations(state);
    await buildWorker();
    const { port } = options;
    server = await serveBuilt({ port, state: join(state, "v3"), inspectorPort: port + 2 });
    const { OPERATOR_TOKEN } = parseEnv(await readFile(DEV_VARS, "utf8"));
    const limits = { rate_limit_per_minute: 100_000, max_storage_mb: 100_000 };
    const tenant = { name: "Upload", email: "upload@example.com", tier: "enterprise", limits };
    const { token } = await createClient(server.url).signUp(tenant, OPERATOR_TOKEN);
    const result = await Promise.race([
      uploads({
        url: server.url,
        token,
        inspector: `http://127.0.0.1:${port + 2}`,
        ...(options.kind ? { kinds: [options.kind] } : {}),
        ...(options.rows ? { rows: Number(options.rows) } : {}),
        ...(options.mb ? { bytes: Number(options.mb) * 1e6 } : {}),
      }),
      asked.then(() => null),
    ]);
    if (!result) return 130;
    const cells = ({ name, unit, measured, reference, errors }) => [name, unit, measured, reference, errors];
    console.log(table(["benchmark", "unit", "measured", "limit", "errors"], result.rows.map(cells)));
    for (const note of result.notes) console.log(note);
    return result.rows.some((row) => row.errors > 0 || row.measured > row.reference) ? 1 : 0;
  } catch (error) {
    console.error(error);
    return 1;
  } finally {
    await server?.stop();
    await rm(state, { recursive: true, force: true });
  }
}

if (import.meta.main) process.exit(await main());
