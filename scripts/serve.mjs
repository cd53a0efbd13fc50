// `npm run serve`: the built Worker as a deployment would run it, without the proxy and the reload of development.
// Options: --port N, --state FOLDER of local data (the same as that of `npm run dev` unless given), --var NAME=VALUE of a
// variable (src/env.ts), any number of them.
import { readOptions } from "./lib/options.mjs";
import { isPortTaken } from "./lib/port.mjs";
import { buildWorker, serveBuilt } from "./lib/serve-built.mjs";
import { applyMigrations, PortTaken, untilAskedToEnd } from "./lib/start-platform.mjs";

const {
  port,
  state,
  var: variables = [],
} = readOptions({ var: { type: "string", multiple: true } }, { port: 8787 });
const vars = Object.fromEntries(variables.map((given) => given.split(/=(.*)/s, 2)));
const asked = untilAskedToEnd();
let server;
try {
  for (const needed of [port, port + 1]) if (await isPortTaken(needed)) throw new PortTaken(needed);
  await applyMigrations(state);
  await buildWorker();
  server = await serveBuilt({ port, state: state && `${state}/v3`, vars });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
console.log(`StratosMesh  ${server.url}  (the built Worker)
${server.cronUrls.map((url) => `  Cron     curl "${url}"`).join("\n")}
Ctrl-C stops it.`);
await asked;
await server.stop();
process.exit(0);
