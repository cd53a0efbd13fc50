import autocannon from "autocannon";

const POINTS = 1_000;
const CONNECTIONS = 8;
const WARM_UP_SECONDS = 1;
/** Distinct bodies: the time of a reading moves on, so that what is measured is not the overwriting of old points. */
const BODIES = 512;
const START_MS = Date.UTC(2026, 0, 1);

/** A minute's readings of ten hosts: 1,000 points as JSON. */
function bodyOf(index) {
  const points = Array.from({ length: POINTS }, (_, i) => ({
    timestamp: START_MS + (index * POINTS + i) * 1_000,
    fields: { cpu: Math.round(5_000 + 4_000 * Math.sin((index * POINTS + i) / 100)) / 100 },
    tags: { host: `host-${i % 10}` },
  }));
  return JSON.stringify({ points });
}

async function measure(url, token, bodies, seconds) {
  let next = 0;
  const run = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [
      {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        setupRequest: (request) => ({ ...request, body: bodies[next++ % bodies.length] }),
      },
    ],
  });
  return {
    pointsPerSecond: Math.round((run["2xx"] * POINTS) / run.duration),
    errors: run.errors + run.non2xx,
    p99Ms: run.latency.p99,
    requests: run["2xx"],
  };
}

/** Points a second through POST /api/stream/{id}/points, acknowledged when durable; the floor parses the same bodies. */
export async function ingest({ url, floorUrl, token, client, seconds }) {
  const bodies = Array.from({ length: BODIES }, (_, index) => bodyOf(index));
  const path = "/api/stream/bench-ingest/points";
  await measure(floorUrl + path, token, bodies, WARM_UP_SECONDS);
  const floor = await measure(floorUrl + path, token, bodies, seconds);
  await measure(url + path, token, bodies.slice(0, 8), WARM_UP_SECONDS);
  const own = await measure(url + path, token, bodies, seconds);
  const stored = await client.get("/api/stream/bench-ingest");
  return {
    name: "ingest",
    unit: "points/s",
    measured: own.pointsPerSecond,
    floor: floor.pointsPerSecond,
    errors: own.errors + floor.errors,
    p99Ms: own.p99Ms,
    note: `${POINTS} points a JSON request, ${CONNECTIONS} connections, ${own.requests} requests acknowledged; the floor reads and parses the same bodies. ${stored.points.toLocaleString("en")} points are stored, those of requests cut off at the end among them`,
  };
}
