// `npm run bench`: every file of test/bench/ against one run of the built Worker on fresh data. A figure stands beside
// its floor or peer, measured in the same run: ratios travel between machines, absolute figures do not.
// Options: --port N (six more after it are used), --seconds N a measurement, --floor 0.2 ends with 1 when the ratio to a
// floor is below, --nab FOLDER as in test/bench/engine.mjs, --only ingest, csv, alerts, strategy, engine, forecast or detect,
// --detection on, off or both for ingest (both unless told), and for the last two of --only those of
// test/bench/forecast/index.mjs and test/bench/detect/index.mjs. InfluxDB is a peer where influxd is installed.
// Ends with 1 where a limit is missed.
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { build } from "esbuild";
import { alerts } from "../test/bench/alerts.mjs";
import { csv } from "../test/bench/csv.mjs";
import { detectBench } from "../test/bench/detect/index.mjs";
import { engineBenches, isMissed } from "../test/bench/engine.mjs";
import { FORECAST_OPTIONS, forecastBench } from "../test/bench/forecast/index.mjs";
import { INGEST_DATABASES, ingest } from "../test/bench/ingest.mjs";
import { strategy } from "../test/bench/strategy.mjs";
import { table } from "./lib/chart.mjs";
import { createClient } from "./lib/client.mjs";
import { influxVersion, startInflux } from "./lib/influx.mjs";
import { readOptions } from "./lib/options.mjs";
import { DEV_VARS, ROOT } from "./lib/paths.mjs";
import { isPortTaken } from "./lib/port.mjs";
import { buildWorker, serveBuilt } from "./lib/serve-built.mjs";
import { applyMigrations, PortTaken, untilAskedToEnd } from "./lib/start-platform.mjs";

const BENCHES = { ingest, csv, alerts, strategy };

const { port, seconds, floor, nab, only, detection, ...forecastOptions } = readOptions(
  {
    seconds: { type: "string", default: "4" },
    detection: { type: "string", default: "both" },
    floor: { type: "string" },
    nab: { type: "string" },
    only: { type: "string" },
    ...FORECAST_OPTIONS,
  },
  { port: 8797 },
);
const floorPort = port + 2;
const influxPort = port + 3;
const enginePort = port + 5;
const asked = untilAskedToEnd();
let server;
let influx;
let state;
process.exitCode = await Promise.race([bench(), asked.then(() => 130)]);
await server?.stop();
await influx?.stop();
if (state) await rm(state, { recursive: true, force: true });
process.exit();

async function bench() {
  try {
    // It needs no platform around it.
    if (only === "forecast") return await forecastBench(forecastOptions);
    if (only === "detect") return await detectBench({ ...forecastOptions, nab });
    for (const needed of [port, port + 1, floorPort, influxPort, influxPort + 1])
      if (await isPortTaken(needed)) throw new PortTaken(needed);
    await mkdir(join(ROOT, ".wrangler"), { recursive: true });
    state = await mkdtemp(join(ROOT, ".wrangler", "bench-"));
    await applyMigrations(state);
    await buildWorker();
    const script = await bundled(join(ROOT, "test", "bench", "parse-only", "worker.mjs"));
    server = await serveBuilt({
      port,
      state: join(state, "v3"),
      neighbours: [{ name: "parse-only", script, port: floorPort }],
    });
    const version = only === "strategy" || only === "csv" ? null : influxVersion();
    if (version) {
      const folder = join(state, "influx");
      influx = await startInflux({ port: influxPort, folder, databases: INGEST_DATABASES });
    }
    const { OPERATOR_TOKEN } = parseEnv(await readFile(DEV_VARS, "utf8"));
    const tenant = {
      name: "Bench",
      email: "bench@example.com",
      tier: "enterprise",
      limits: { rate_limit_per_minute: 100_000 },
    };
    const newClient = async () => {
      const client = createClient(server.url);
      await client.signUp(tenant, OPERATOR_TOKEN);
      return client;
    };
    const client = createClient(server.url);
    const { token } = await client.signUp(tenant, OPERATOR_TOKEN);
    const context = {
      newClient,
      url: server.url,
      floorUrl: `http://localhost:${floorPort}`,
      influx: influx ? { url: influx.url, version } : null,
      token,
      client,
      seconds: Number(seconds),
      detection,
    };
    const rows = [];
    const notes = [];
    const add = (result) => {
      rows.push(...result.rows);
      notes.push(...result.notes);
    };
    for (const [name, one] of Object.entries(BENCHES))
      if (only === undefined || only === name) add(await one(context));
    // Alone on the machine: what is served beside it would be measured with it.
    await influx?.stop();
    await server.stop();
    influx = server = undefined;
    if (only === undefined || only === "engine") add(await engineBenches({ port: enginePort, state, nab }));
    console.log(
      table(
        ["benchmark", "unit", "measured", "beside", "reference", "ratio", "p99 ms", "errors"],
        rows.map((row) => [
          row.name,
          row.unit,
          row.measured.toLocaleString("en"),
          row.against,
          row.reference.toLocaleString("en"),
          (row.measured / row.reference).toFixed(2),
          row.p99Ms,
          row.errors,
        ]),
      ),
    );
    for (const note of notes) console.log(note);
    const isWrong = (row) =>
      row.errors > 0 ||
      isMissed(row) ||
      (row.isFloor && floor !== undefined && row.measured / row.reference < Number(floor));
    const missed = rows.some(isWrong) ? 1 : 0;
    return only ? missed : Math.max(missed, await forecastBench(forecastOptions));
  } catch (error) {
    console.error(error.message);
    return 1;
  }
}

async function bundled(entry) {
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  return outputFiles[0].text;
}
