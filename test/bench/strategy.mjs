import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const POINTS = 1_000;
const REQUESTS = 200;
const WARM_UP = 30;
const P95_LIMIT_MS = 150;
const CONFIG = { p: 2, d: 1, q: 2, steps: 5 };
/** Another tenant's work that is queued before ours. */
const QUEUED = 1_000;
const AT_ONCE = 16;
const WAIT_LIMIT_MS = 1_000;
const POLL_MS = 10;
const PATIENCE_MS = 180_000;

/** A random walk with a season, the same each time: values of an ARIMA's kind. */
function walk(seed) {
  let state = seed;
  let level = 100;
  return Array.from({ length: POINTS }, (_, i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    level += state / 2 ** 32 - 0.5;
    return Math.round((level + Math.sin(i / 8)) * 1_000) / 1_000;
  });
}

/**
 * `POST /api/strategy` inline: ARIMA(2,1,2) on 1,000 points in the request and on those of a stream, one request after the
 * other; and how long another tenant's 1,000 queued executions hold back one's first.
 */
export async function strategy({ client, newClient }) {
  const series = Array.from({ length: 8 }, (_, i) => walk(i + 1));
  const points = series[0].map((price, i) => ({
    timestamp: Date.UTC(2026, 0, 1) + i * 60_000,
    fields: { price },
    tags: {},
  }));
  await client.post("/api/stream/bench-arima/points", { points });
  const arima = { strategy_id: "arima_prediction", config: CONFIG };
  const inline = await timed(client, (i) => ({ ...arima, data: series[i % series.length] }));
  const stored = await timed(client, () => ({ ...arima, stream_id: "bench-arima" }));
  const fair = await fairness(await newClient(), await newClient());
  const rows = [
    latency(`ARIMA(2,1,2) of ${POINTS} values in the request`, inline),
    latency(`ARIMA(2,1,2) of ${POINTS} points of a stream`, stored),
    row(`first execution behind another's ${QUEUED}`, "ms", fair.waitedMs, WAIT_LIMIT_MS),
  ];
  const notes = [
    ...[inline, stored].map(
      ({ p50, p95 }, i) =>
        `${rows[i].name}: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, ${REQUESTS} requests.`,
    ),
    `${QUEUED} executions queued in ${seconds(fair.queuedMs)} s, all done after ${seconds(fair.drainedMs)} s; ${fair.left} were left when the other tenant's came.`,
  ];
  return { rows, notes };
}

const seconds = (ms) => (ms / 1_000).toFixed(1);
const row = (name, unit, measured, limit, p99Ms = "") => ({
  name,
  unit,
  measured: Math.round(measured),
  against: "limit",
  reference: limit,
  isLimit: "most",
  p99Ms,
  errors: 0,
});
const latency = (name, { p95, p99 }) => row(name, "ms p95", p95, P95_LIMIT_MS, Math.round(p99));

async function timed(client, bodyOf) {
  const taken = [];
  for (let i = -WARM_UP; i < REQUESTS; i++) {
    const body = bodyOf(i + WARM_UP);
    const started = performance.now();
    await client.post("/api/strategy", body);
    if (i >= 0) taken.push(performance.now() - started);
  }
  taken.sort((a, b) => a - b);
  const quantile = (share) => taken[Math.ceil(share * taken.length) - 1];
  return { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
}

/** All of one tenant's executions are in the queue when the other's comes: the consumer is slower than they are taken in. */
async function fairness(many, one) {
  const body = { strategy_id: "arima_prediction", config: CONFIG, data: walk(1) };
  const started = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, i) => {
      for (let done = i; done < QUEUED; done += AT_ONCE) await many.post("/api/strategy", body, PREFER);
    }),
  );
  const queuedMs = performance.now() - started;
  const left = QUEUED - (await succeeded(many));
  const asked = performance.now();
  const { execution_id } = await one.post("/api/strategy", body, PREFER);
  await until(async () => (await one.get(`/api/strategy/${execution_id}`)).status === "succeeded", POLL_MS);
  const waitedMs = performance.now() - asked;
  await until(async () => (await succeeded(many)) === QUEUED, 500);
  return { queuedMs, left, waitedMs, drainedMs: performance.now() - started };
}

const PREFER = { prefer: "respond-async" };

async function until(isSo, everyMs) {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error("queued executions were not done in time");
    await sleep(everyMs);
  }
}

async function succeeded(client) {
  let count = 0;
  for (let cursor = ""; ; ) {
    const page = await client.get(`/api/strategy?status=succeeded&limit=200${cursor && `&cursor=${cursor}`}`);
    count += page.executions.length;
    cursor = page.next_cursor;
    if (!cursor) return count;
  }
}
