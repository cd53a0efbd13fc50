import { connectLive } from "../../scripts/lib/live.mjs";

const STREAM = "alerts";
const SERIES = 300;
/** Readings a second apart that every series has before. */
const HISTORY = 150;
const HISTORY_A_REQUEST = 10;
/** Series that are sent by themselves each second; the first of them is the odd one. */
const ALONE = 4;
/** Fewer say nothing of a p99. */
const LEAST_ALERTS = 200;
const PATIENCE_MS = 10_000;

/** A level of its own that moves a little, the same in every run. */
const calm = (series, second) =>
  100 + series + Math.sin(second * 12.9898 + series) + Math.cos(second * 78.233 + series) / 2;

const reading = (series, second, startMs, by = 0) => ({
  timestamp: startMs + second * 1_000,
  fields: { v: calm(series, second) + by },
  tags: { series: `s${series}` },
});

/**
 * Milliseconds from sending a reading to its alert on each of the two WebSockets, beside those of the answer to the POST:
 * readings one by one, one in four far from its series, each of another series. The other series go on beside them. One
 * that was alerted at before is left alone: it would be the same incident.
 */
export async function alerts({ url, token, client }) {
  const startMs = Date.now() - HISTORY * 1_000;
  await loadHistory(client, startMs);
  const told = new Set();
  const onEvent = ({ event, context }) => event === "alert" && told.add(context.tags.series);
  const sockets = {
    "/api/ws": await connectLive(url, token, { onEvent }),
    "/live": await connectLive(url, token, { path: `/api/stream/${STREAM}/live`, onEvent: acknowledge }),
  };
  // What history was alerted at is told first.
  await sockets["/api/ws"].subscribe({ streams: [STREAM], since: 0 });
  const taken = { "/api/ws": [], "/live": [], POST: [] };
  const arriving = [];
  const missing = { "/api/ws": 0, "/live": 0 };
  let injected = 0;
  for (let odd = 0; odd < SERIES; odd++) {
    const second = HISTORY + odd;
    const [, ...alone] = Array.from({ length: ALONE }, (_, i) => (odd + i) % SERIES);
    const others = Array.from({ length: SERIES - ALONE }, (_, i) => (odd + ALONE + i) % SERIES);
    await post(
      client,
      others.map((series) => reading(series, second, startMs)),
    );
    for (const series of alone) taken.POST.push(await post(client, [reading(series, second, startMs)]));
    if (told.has(`s${odd}`)) {
      await post(client, [reading(odd, second, startMs)]);
      continue;
    }
    injected++;
    const sentAt = performance.now();
    const isIts = (event) => event.event === "alert" && event.context.tags.series === `s${odd}`;
    for (const [name, socket] of Object.entries(sockets)) {
      const arrival = socket.next(isIts, PATIENCE_MS).then(
        () => taken[name].push(performance.now() - sentAt),
        () => missing[name]++,
      );
      arriving.push(arrival);
    }
    taken.POST.push(await post(client, [reading(odd, second, startMs, 40)]));
  }
  await Promise.all(arriving);
  for (const socket of Object.values(sockets)) socket.close();
  const answered = sorted(taken.POST);
  const rows = ["/api/ws", "/live"].map((name) => ({
    name: `reading to its alert on ${name}, median`,
    unit: "ms",
    measured: rounded(quantile(sorted(taken[name]), 0.5)),
    against: "answer to the POST",
    reference: rounded(quantile(answered, 0.5)),
    p99Ms: rounded(quantile(sorted(taken[name]), 0.99)),
    errors: missing[name] + Math.max(0, LEAST_ALERTS - injected),
  }));
  const note = `alerts: ${injected} of ${taken.POST.length} readings far from their series, one after the other over loopback; the answers to them took ${rounded(quantile(answered, 0.5))} ms, p99 ${rounded(quantile(answered, 0.99))} ms.`;
  return { rows, notes: [note] };
}

/** A reader that never does is sent less. */
function acknowledge({ seq }, send) {
  if (seq !== undefined) send({ type: "ack", seq });
}

async function loadHistory(client, startMs) {
  for (let from = 0; from < HISTORY; from += HISTORY_A_REQUEST) {
    const points = Array.from({ length: HISTORY_A_REQUEST * SERIES }, (_, i) =>
      reading(i % SERIES, from + Math.floor(i / SERIES), startMs),
    );
    await client.post(`/api/stream/${STREAM}/points`, points);
  }
}

async function post(client, points) {
  const sentAt = performance.now();
  await client.post(`/api/stream/${STREAM}/points`, points);
  return performance.now() - sentAt;
}

const sorted = (list) => list.toSorted((a, b) => a - b);
const quantile = (list, share) => list[Math.round(share * (list.length - 1))] ?? Number.NaN;
const rounded = (ms) => Math.round(ms * 10) / 10;
