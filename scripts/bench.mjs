// `npm run bench`: every file of test/bench/ against one run of the built Worker on fresh data. A figure stands beside
// its floor or peer, measured in the same run: ratios travel between machines, absolute figures do not.
// Options: --port N, --seconds N a measurement, --floor 0.2 ends with 1 when a ratio is below.
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { ingest } from "../test/bench/ingest.mjs";
import { table } from "./lib/chart.mjs";
import { createClient } from "./lib/client.mjs";
import { readOptions } from "./lib/options.mjs";
import { DEV_VARS, ROOT } from "./lib/paths.mjs";
import { isPortTaken } from "./lib/port.mjs";
import { buildWorker, serveBuilt } from "./lib/serve-built.mjs";
import { applyMigrations, PortTaken, untilAskedToEnd } from "./lib/start-platform.mjs";

const BENCHES = [ingest];

const { port, seconds, floor } = readOptions(
  { seconds: { type: "string", default: "5" }, floor: { type: "string" } },
  { port: 8797 },
);
const floorPort = port + 2;
const asked = untilAskedToEnd();
let server;
let state;
process.exitCode = await Promise.race([bench(), asked.then(() => 130)]);
await server?.stop();
if (state) await rm(state, { recursive: true, force: true });
process.exit();

async function bench() {
  try {
    for (const needed of [port, port + 1, floorPort])
      if (await isPortTaken(needed)) throw new PortTaken(needed);
    await mkdir(join(ROOT, ".wrangler"), { recursive: true });
    state = await mkdtemp(join(ROOT, ".wrangler", "bench-"));
    await applyMigrations(state);
    await buildWorker();
    const script = await readFile(join(ROOT, "test", "bench", "parse-only", "worker.mjs"), "utf8");
    server = await serveBuilt({
      port,
      state: join(state, "v3"),
      neighbours: [{ name: "parse-only", script, port: floorPort }],
    });
    const { OPERATOR_TOKEN } = parseEnv(await readFile(DEV_VARS, "utf8"));
    const client = createClient(server.url);
    const tenant = {
      name: "Bench",
      email: "bench@example.com",
      tier: "enterprise",
      limits: { rate_limit_per_minute: 100_000 },
    };
    const { token } = await client.signUp(tenant, OPERATOR_TOKEN);
    const context = {
      url: server.url,
      floorUrl: `http://localhost:${floorPort}`,
      token,
      client,
      seconds: Number(seconds),
    };
    const results = [];
    for (const one of BENCHES) results.push(await one(context));
    console.log(
      table(
        ["benchmark", "unit", "measured", "floor", "ratio", "p99 ms", "errors"],
        results.map((row) => [
          row.name,
          row.unit,
          row.measured.toLocaleString("en"),
          row.floor.toLocaleString("en"),
          (row.measured / row.floor).toFixed(2),
          row.p99Ms,
          row.errors,
        ]),
      ),
    );
    for (const { name, note } of results) console.log(`${name}: ${note}`);
    const isWrong = ({ errors, measured, floor: least }) =>
      errors > 0 || (floor !== undefined && measured / least < Number(floor));
    return results.some(isWrong) ? 1 : 0;
  } catch (error) {
    console.error(error.message);
    return 1;
  }
}
