import autocannon from "autocannon";

const POINTS = 1_000;
const CONNECTIONS = [8, 32];
/** Each round turns the order round: what slows the machine for a while slows all of them. */
const ROUNDS = 2;
/** Also for the compiler of the runtime to be done. Into streams of its own: its points are none of the later ones. */
const WARM_UP_SECONDS = 2;
const WARM_UP_ROUND = ROUNDS;
/** Distinct bodies, each sent once to each of STREAMS: what is measured is not the overwriting of old points. */
const BODIES = 768;
const STREAMS = 12;
const START_MS = Date.UTC(2026, 0, 1);

const cpuAt = (n) => Math.round(5_000 + 4_000 * Math.sin(n / 100)) / 100;

/** Readings of ten hosts: 1,000 points as JSON. */
function jsonOf(index) {
  const points = Array.from({ length: POINTS }, (_, i) => ({
    timestamp: START_MS + (index * POINTS + i) * 1_000,
    fields: { cpu: cpuAt(index * POINTS + i) },
    tags: { host: `host-${i % 10}` },
  }));
  return Buffer.from(JSON.stringify({ points }));
}

/** The same points in InfluxDB's line protocol, times in milliseconds. */
function linesOf(index) {
  const lines = Array.from({ length: POINTS }, (_, i) => {
    const n = index * POINTS + i;
    return `reading,host=host-${i % 10} cpu=${cpuAt(n)} ${START_MS + n * 1_000}`;
  });
  return Buffer.from(lines.join("\n"));
}

/** The streams that points go to; of a peer the databases. */
const nameOf = (connections, round, stream) => `b${connections}-${round}-${stream}`;
/** The same of streams that do not judge what comes. */
const unjudged = (name) => `${name}-unjudged`;
export const INGEST_DATABASES = CONNECTIONS.flatMap((connections) =>
  Array.from({ length: (ROUNDS + 1) * STREAMS }, (_, i) =>
    nameOf(connections, Math.floor(i / STREAMS), i % STREAMS),
  ),
);

async function measure(target, { connections, round, seconds }) {
  const { url, headers, bodies, pathOf } = target;
  let next = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  const run = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      {
        method: "POST",
        headers,
        setupRequest: (request) => {
          const stream = Math.floor(next / BODIES) % STREAMS;
          const body = bodies[next++ % BODIES];
          return { ...request, path: pathOf(nameOf(connections, round, stream)), body };
        },
      },
    ],
  });
  const { user, system } = process.cpuUsage(cpu);
  return {
    points: run["2xx"] * POINTS,
    seconds: run.duration,
    errors: run.errors + run.non2xx,
    p99Ms: run.latency.p99,
    cpuShare: (user + system) / 1_000 / (performance.now() - started),
  };
}

/**
 * Points a second through POST /api/stream/{id}/points, acknowledged when durable; beside a Worker that only parses the
 * same bodies, and where the machine has it beside InfluxDB with the same points as line protocol. `detection`: "on" or
 * "off", or "both", one beside the other.
 */
export async function ingest({ url, floorUrl, influx, token, client, seconds, detection }) {
  const json = Array.from({ length: BODIES }, (_, index) => jsonOf(index));
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const pathOf = (name) => `/api/stream/${name}/points`;
  const judging = { name: "detection on", url, headers, bodies: json, pathOf };
  const off = { ...judging, name: "detection off", pathOf: (name) => pathOf(unjudged(name)) };
  const own = detection === "off" ? off : judging;
  if (detection !== "on") await switchOff(client);
  const others = [{ name: "parse only", url: floorUrl, headers, bodies: json, pathOf }];
  if (influx) {
    others.push({
      name: `InfluxDB ${influx.version}`,
      url: influx.url,
      headers: { "content-type": "text/plain" },
      bodies: Array.from({ length: BODIES }, (_, index) => linesOf(index)),
      pathOf: (name) => `/write?db=${name}&precision=ms`,
    });
  }
  if (detection === "both") others.push(off);
  const targets = [...others, own];
  const warmUp = { connections: CONNECTIONS[0], round: WARM_UP_ROUND, seconds: WARM_UP_SECONDS };
  for (const target of targets) await measure(target, warmUp);
  const rows = [];
  const shares = [];
  for (const connections of CONNECTIONS) {
    const runs = new Map(targets.map((target) => [target, []]));
    for (let round = 0; round < ROUNDS; round++) {
      const order = round % 2 === 0 ? targets : targets.toReversed();
      for (const target of order)
        runs.get(target).push(await measure(target, { connections, round, seconds }));
    }
    const mine = totalOf(runs.get(own));
    shares.push(...[...runs.values()].flat().map((run) => run.cpuShare));
    for (const other of others) {
      const peer = totalOf(runs.get(other));
      rows.push({
        name: `ingest, ${connections} connections`,
        unit: "points/s",
        measured: mine.perSecond,
        against: other.name,
        reference: peer.perSecond,
        isFloor: other.name === "parse only",
        errors: mine.errors + peer.errors,
        p99Ms: mine.p99Ms,
      });
    }
  }
  const stored = await client.get(own.pathOf(nameOf(CONNECTIONS[0], 1, 0)).replace(/\/points$/, ""));
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map((share) => share.toFixed(2));
  const notes = [
    `ingest: ${own.name}, ${POINTS} points a request, ${ROUNDS} rounds of ${seconds} s in turned order. The load generator took ${least} to ${most} of one CPU of this machine, beside what it measured. The first stream of the second round holds ${stored.points.toLocaleString("en")} points.`,
  ];
  if (!influx) notes.push("ingest: no influxd on this machine (apt-get install influxdb), so no such peer.");
  return { rows, notes };
}

/** Makes the streams that judge nothing: a stream is there from its first point on. */
async function switchOff(client) {
  for (const name of INGEST_DATABASES.map(unjudged)) {
    await client.post(`/api/stream/${name}/points`, [
      { timestamp: 0, fields: { cpu: 0 }, tags: { host: "none" } },
    ]);
    await client.patch(`/api/stream/${name}`, { detection: { enabled: false } });
  }
}

function totalOf(runs) {
  const sum = (pick) => runs.reduce((total, run) => total + pick(run), 0);
  return {
    perSecond: Math.round(sum((run) => run.points) / sum((run) => run.seconds)),
    errors: sum((run) => run.errors),
    p99Ms: Math.max(...runs.map((run) => run.p99Ms)),
  };
}
