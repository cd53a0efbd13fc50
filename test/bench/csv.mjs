const BODY_BYTES = 4_000_000;
/** Distinct bodies of each kind, each sent once to a stream: what is measured is not the overwriting of points. */
const BODIES = 3;
/** Each sends to streams of its own, in order: an upload has one sender. */
const CONNECTIONS = 2;
/** Each round turns the order round: what slows the machine for a while slows all of them. */
const ROUNDS = 2;
/** Bodies a second that streams are made ready for. */
const MOST_PER_SECOND = 12;
const START_MS = Date.UTC(2026, 0, 1);

const timeOf = (row) => `${new Date(START_MS + row * 1_000).toISOString().slice(0, 19)}Z`;
/** Many digits of no pattern, without a generator's cost. */
const digitsOf = (row, column) => (Math.imul(row * 31 + column, 2_654_435_761) >>> 8) / 16_777_216;

const columns = (count, row, decimals) =>
  Array.from({ length: count }, (_, column) => (digitsOf(row, column) * 100).toFixed(decimals)).join();

/** By kind: the header, and the line of a row. */
const KINDS = {
  "time, 8 decimals": ["time,a,b,c,d,e,f,g,h", (row) => `${timeOf(row)},${columns(8, row, 3)}`],
  "time, tag, 4 decimals": [
    "time,host,a,b,c,d",
    (row) => `${timeOf(Math.floor(row / 10))},host-${row % 10},${columns(4, row, 3)}`,
  ],
  "time, 2 decimals, note": [
    "time,a,b,note",
    (row) =>
      `${timeOf(row)},${columns(2, row, 2)},"as the person on shift ${row % 971} wrote, nothing was found"`,
  ],
  "time, 3 doubles": [
    "time,a,b,c",
    (row) => `${timeOf(row)},${Array.from({ length: 3 }, (_, i) => Math.sqrt(digitsOf(row, i)))}`,
  ],
};

function bodiesOf([header, lineOf]) {
  let row = 0;
  return Array.from({ length: BODIES }, () => {
    const first = row;
    const lines = [header];
    for (let bytes = 0; bytes < BODY_BYTES; row++) bytes += lines[lines.push(lineOf(row)) - 1].length + 1;
    return { bytes: Buffer.from(`${lines.join("\n")}\n`), rows: row - first };
  });
}

const streamOf = (name, connection, turn) => `${name}-${connection}-${turn}`;

async function measure({ url, headers, pathOf }, bodies, name, seconds) {
  const sum = { bytes: 0, rows: 0, errors: 0, worstMs: 0 };
  const started = performance.now();
  const connect = async (connection) => {
    for (let next = 0; performance.now() - started < seconds * 1_000; next++) {
      const body = bodies[next % BODIES];
      const path = pathOf(streamOf(name, connection, Math.floor(next / BODIES)));
      const sent = performance.now();
      const answer = await fetch(url + path, { method: "POST", headers, body: body.bytes });
      const { accepted } = await answer.json();
      sum.worstMs = Math.max(sum.worstMs, performance.now() - sent);
      if (accepted !== body.rows) sum.errors++;
      sum.bytes += body.bytes.length;
      sum.rows += body.rows;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, connection) => connect(connection)));
  return { ...sum, ms: performance.now() - started };
}

/**
 * Bytes of CSV a second through POST /api/stream/{id}/points, acknowledged when durable, with detection off and on; beside a
 * Worker that splits the same bodies into cells, and one that lets papaparse do it.
 */
export async function csv({ url, floorUrl, token, client, seconds }) {
  const headers = { "content-type": "text/csv", authorization: `Bearer ${token}` };
  const own = { name: "detection off", url, headers, pathOf: (name) => `/api/stream/csv-off-${name}/points` };
  const others = [
    { name: "split only", url: floorUrl, headers, pathOf: () => "/?parser=split", isFloor: true },
    { name: "papaparse only", url: floorUrl, headers, pathOf: () => "/?parser=papaparse" },
    { name: "detection on", url, headers, pathOf: (name) => `/api/stream/csv-on-${name}/points` },
  ];
  const rows = [];
  const notes = [];
  for (const [kindAt, [kind, form]] of Object.entries(KINDS).entries()) {
    const bodies = bodiesOf(form);
    const targets = [...others, own];
    const runs = new Map(targets.map((target) => [target, []]));
    // The first round is for the compiler of the runtime to be done.
    for (let round = 0; round <= ROUNDS; round++) {
      const name = `${kindAt}-${round}`;
      await switchOff(client, own, name, Math.ceil((seconds * MOST_PER_SECOND) / BODIES / CONNECTIONS));
      for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
        const run = await measure(target, bodies, name, round === 0 ? 1 : seconds);
        if (round > 0) runs.get(target).push(run);
      }
    }
    const mine = totalOf(runs.get(own));
    for (const other of others) {
      const peer = totalOf(runs.get(other));
      rows.push({
        name: `csv, ${kind}`,
        unit: "MB/s",
        measured: mine.megabytes,
        against: other.name,
        reference: peer.megabytes,
        isFloor: other.isFloor ?? false,
        errors: mine.errors + peer.errors,
        p99Ms: mine.worstMs,
      });
    }
    notes.push(
      `csv, ${kind}: ${mine.rows.toLocaleString("en")} rows/s of ${mine.rowBytes} bytes; with detection ${totalOf(runs.get(others[2])).rows.toLocaleString("en")}.`,
    );
  }
  notes.push(
    `csv: bodies of ${BODY_BYTES / 1e6} MB, ${CONNECTIONS} connections; instead of p99 the slowest request.`,
  );
  return { rows, notes };
}

/** Makes the streams that judge nothing: a stream is there from its first point on. */
async function switchOff(client, { pathOf }, name, turns) {
  for (let i = 0; i < turns * CONNECTIONS; i++) {
    const path = pathOf(streamOf(name, i % CONNECTIONS, Math.floor(i / CONNECTIONS)));
    await client.post(path, [{ timestamp: 0, fields: { a: 0 }, tags: { host: "none" } }]);
    await client.patch(path.replace(/\/points$/, ""), { detection: { enabled: false } });
  }
}

function totalOf(runs) {
  const sum = (pick) => runs.reduce((total, run) => total + pick(run), 0);
  const perMs = (pick) => sum(pick) / sum((run) => run.ms);
  return {
    megabytes: Math.round(perMs((run) => run.bytes) / 100) / 10,
    rows: Math.round(perMs((run) => run.rows) * 1_000),
    rowBytes: Math.round(sum((run) => run.bytes) / sum((run) => run.rows)),
    errors: sum((run) => run.errors),
    worstMs: Math.round(Math.max(...runs.map((run) => run.worstMs))),
  };
}
