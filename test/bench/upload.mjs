// A file from its POST to the end of its job: 95 MB of text, 20 MB of JSON, and workbooks of 100,000 rows and 8 columns.
// How fast, texts beside the same rows through POST points, the memory that is live in the platform's isolate meanwhile,
// and how long somebody else waits for an answer beside a text. `node test/bench/upload.mjs` runs alone and ends with 1
// where a limit is missed. Options: --port N (and two after it), --mb N of text, --rows N of workbooks, --kind one of those
// of test/bench/readings.mjs (all unless given), --least N: MB/s that texts must have.
import { table } from "../../scripts/lib/chart.mjs";
import { readOptions } from "../../scripts/lib/options.mjs";
import { LIMIT_MB, mb, onBuiltPlatform, WORKER } from "./built-platform.mjs";
import { connectHeap } from "./inspector.mjs";
import { dataOf, KINDS } from "./readings.mjs";

/** Of what is read as a whole. */
const TREE_BYTES = 19_900_000;
/**
 * Of the speed of the same rows through POST points without detection. A job also keeps the upload sealed, reads it again
 * and teaches the detectors; through POST lines of JSON are faster than CSV.
 */
const LEAST_SHARE = { csv: 0.4, ndjson: 0.25 };
/** Of an answer that is asked for while a text is read piece by piece. */
const BESIDE_LIMIT_MS = 1_000;
const POLL_MS = 100;

async function load({ url, token }, streamId, kind, blob) {
  const headers = { authorization: `Bearer ${token}` };
  const form = new FormData();
  form.set("stream_id", streamId);
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

/** The longest that a small request takes while `work` runs, in milliseconds. */
async function slowestBeside({ url, token }, work) {
  const headers = { authorization: `Bearer ${token}` };
  let slowest = 0;
  let isRunning = true;
  const asking = (async () => {
    while (isRunning) {
      const asked = performance.now();
      await (await fetch(`${url}/api/stream`, { headers })).arrayBuffer();
      slowest = Math.max(slowest, performance.now() - asked);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  })();
  await work().finally(() => {
    isRunning = false;
  });
  await asking;
  return slowest;
}

/** Milliseconds that the same bytes take as points of a stream that judges nothing. */
async function post({ url, token, client }, streamId, kind, { blob, rows }) {
  const path = `/api/stream/${streamId}`;
  // A stream is there from its first point on.
  await client.post(`${path}/points`, [{ timestamp: 0, fields: { counter: 0 } }]);
  await client.patch(path, { detection: { enabled: false } });
  const type = kind === "csv" ? "text/csv" : "application/x-ndjson";
  const headers = { authorization: `Bearer ${token}`, "content-type": type };
  const started = performance.now();
  const answer = await fetch(`${url}${path}/points`, { method: "POST", headers, body: blob });
  const { accepted } = await answer.json();
  if (accepted !== rows) throw new Error(`${accepted} of ${rows} points were stored.`);
  return performance.now() - started;
}

const isInPieces = (kind) => !/^(?:json|xlsx)/.test(kind);

async function measure(platform, heap, kind, data) {
  const least = LEAST_SHARE[kind];
  const speed = (ms) => mb((data.blob.size / ms) * 1_000);
  const isWhole = ({ job }) => job.status === "succeeded" && job.result.records_processed === data.rows;
  const posted = least && speed(await post(platform, `points-${kind}`, kind, data));
  let timed;
  let besideMs = null;
  const loadTimed = async () => {
    timed = await load(platform, `upload-${kind}`, kind, data.blob);
  };
  const withGarbage = await heap.peakDuring(async () => {
    if (isInPieces(kind)) besideMs = Math.round(await slowestBeside(platform, loadTimed));
    else await loadTimed();
  });
  let held;
  const work = async () => {
    // Collections would be part of the time: another load.
    held = await load(platform, `upload-${kind}-again`, kind, data.blob);
  };
  const live = await heap.peakDuring(work, { isLive: true });
  const of = `${kind} of ${mb(data.blob.size)} MB`;
  const rows = [
    {
      name: `live memory at its peak, ${of}`,
      unit: "MB",
      measured: mb(live.sum),
      limit: LIMIT_MB,
      isMissed: mb(live.sum) > LIMIT_MB,
      errors: isWhole(held) ? 0 : 1,
    },
  ];
  if (besideMs !== null)
    rows.push({
      name: `an answer beside it, ${of}`,
      unit: "ms",
      measured: besideMs,
      limit: BESIDE_LIMIT_MS,
      isMissed: besideMs > BESIDE_LIMIT_MS,
      errors: isWhole(timed) ? 0 : 1,
    });
  if (least)
    rows.push({
      name: `speed, ${of}`,
      unit: "MB/s",
      measured: speed(timed.ms),
      limit: Math.round(posted * least * 10) / 10,
      isMissed: speed(timed.ms) < posted * least,
      errors: isWhole(timed) ? 0 : 1,
    });
  const notes = [
    `${kind}: ${data.rows.toLocaleString("en")} rows in ${Math.round(timed.ms)} ms, of which taking them in ${Math.round(timed.acceptedMs)}: ${speed(timed.ms)} MB/s${posted ? `; through POST points ${posted} MB/s` : ""}.`,
    `${kind}: live at most ${mb(live.heap)} MB of heap, ${mb(live.buffers)} of array buffers; with what V8 had not collected yet, in the load that was timed, ${mb(withGarbage.sum)} MB in all.`,
  ];
  for (const { job } of [timed, held].filter((one) => !isWhole(one))) {
    const told = { ...job, result: job.result && { ...job.result, plan: undefined } };
    notes.push(JSON.stringify(told).slice(0, 2_000));
  }
  return { rows, notes };
}

/** Speeds and peaks of memory, `{ rows, notes }`; `inspector` is where the runtime's inspector listens. */
export async function uploads({
  url,
  token,
  client,
  inspector,
  kinds = KINDS,
  bytes = 94_900_000,
  rows: sheetRows = 100_000,
}) {
  const heap = await connectHeap(inspector, WORKER);
  const all = { rows: [], notes: [] };
  for (const kind of kinds) {
    const most = kind.startsWith("json") ? Math.min(bytes, TREE_BYTES) : bytes;
    const data = dataOf(kind, { bytes: most, rows: sheetRows });
    const { rows, notes } = await measure({ url, token, client }, heap, kind, data);
    all.rows.push(...rows);
    all.notes.push(...notes);
  }
  heap.close();
  return all;
}

async function main() {
  const options = readOptions(
    {
      mb: { type: "string" },
      rows: { type: "string" },
      kind: { type: "string" },
      least: { type: "string", default: "0" },
    },
    { port: 8861 },
  );
  const limits = { rate_limit_per_minute: 100_000, max_storage_mb: 100_000 };
  return onBuiltPlatform({ port: options.port, limits }, async (platform) => {
    const result = await uploads({
      ...platform,
      ...(options.kind ? { kinds: [options.kind] } : {}),
      ...(options.rows ? { rows: Number(options.rows) } : {}),
      ...(options.mb ? { bytes: Number(options.mb) * 1e6 } : {}),
    });
    const cells = ({ name, unit, measured, limit, errors }) => [name, unit, measured, limit, errors];
    console.log(table(["benchmark", "unit", "measured", "limit", "errors"], result.rows.map(cells)));
    for (const note of result.notes) console.log(note);
    const isTooSlow = ({ unit, measured }) => unit === "MB/s" && measured < Number(options.least);
    return result.rows.some((row) => row.errors > 0 || row.isMissed || isTooSlow(row)) ? 1 : 0;
  });
}

if (import.meta.main) process.exit(await main());
